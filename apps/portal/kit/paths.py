"""Reading a value by its path, as columns and attributes name it."""

from django_tables2 import A


def read_path(obj, path: str):
    """``"site.name"`` or ``"site__name"`` of ``obj``; ``None`` where a step is missing or the path is empty."""
    return A(path.replace(".", "__")).resolve(obj, quiet=True) if path else None
