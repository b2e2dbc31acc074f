"""Numbers that commands carry."""

from apps.core.ids import reserve_numbers


def new_remote_start_number() -> int:
    """A number for a remote start, never given twice."""
    return reserve_numbers("remote_start", how_many=1)[0]
