"""Tables of documents: columns and rows of ready texts, drawn by ``templates/documents/rows.html``."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` in mm, one of those that the style sheet knows; 0 takes what is left."""

    head: str
    width: int = 0
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    details: str = ""
    is_number: bool = False
    span: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """``style``: empty, ``head`` (of a group) or ``sum``."""

    cells: Sequence[Cell]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[Column]
    rows: list[Row] = field(default_factory=list)

    def add(self, *texts: str | tuple[str, str], style: str = "") -> None:
        """A row of plain texts; a pair is a text and the small print below it."""
        cells = []
        for column, text in zip(self.columns, texts, strict=True):
            text, details = text if isinstance(text, tuple) else (text, "")
            cells.append(Cell(text, details, column.is_number))
        self.rows.append(Row(cells, style))

    def add_heading(self, text: str) -> None:
        self.rows.append(Row([Cell(text, span=len(self.columns))], "head"))
