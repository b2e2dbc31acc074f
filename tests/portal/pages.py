"""Reading pages as people do: words of cells, buttons and their reasons."""

import re
from html import unescape


def words(html: str) -> str:
    """The text of a piece of HTML, spaces made one."""
    text = re.sub(r"<svg.*?</svg>|<script.*?</script>|<style.*?</style>", " ", html, flags=re.S)
    return re.sub(r"[\s\u00a0]+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def rows(page: str) -> list[list[str]]:
    """The words of every cell of every row within table bodies."""
    found = []
    for body in re.findall(r"<tbody>(.*?)</tbody>", page, flags=re.S):
        for row in re.findall(r"<tr.*?>(.*?)</tr>", body, flags=re.S):
            found.append([words(cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row, flags=re.S)])
    return found


def reason_of(page: str, label: str) -> str | None:
    """Why the button ``label`` is off; ``None`` where it can be used. Raises where there is no such button."""
    for piece in re.findall(r'<button type="button" class="btn[^"]*cn-off".*?</button>', page, flags=re.S):
        said = words(piece)
        if said.startswith(f"{label} : "):
            return said.removeprefix(f"{label} : ")
    for piece in re.findall(r'<span class="dropdown-item cn-off".*?</small>', page, flags=re.S):
        said = words(piece)
        if said.startswith(f"{label} "):
            return said.removeprefix(f"{label} ")
    for piece in re.findall(r"<a class=\"(?:btn|dropdown-item)[^>]*>.*?</a>", page, flags=re.S):
        if words(piece) == label:
            return None
    raise LookupError(f"There is no button {label!r}.")
