"""Lists as CSV and XLSX, streamed: memory does not grow with the rows."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.encoding import force_str
from django.utils.html import strip_tags
from django_tables2 import Table
from django_tables2.rows import BoundRow

from apps.core.streaming import for_server

ROWS_PER_READ = 2_000
_BYTES_PER_PIECE = 64 * 1024
_ROWS_PER_SHEET = 1_048_575  # the limit of the format, less the head
_STARTS_OF_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_response(request: HttpRequest, *, table: Table, rows: QuerySet, kind: str, name: str):
    """Every row of ``rows`` through the columns of ``table``. ``kind`` is ``csv`` or ``xlsx``."""
    cells = _cells(table, rows)
    pieces = csv_pieces(cells) if kind == "csv" else _xlsx_pieces(cells)
    response = StreamingHttpResponse(for_server(request, pieces), content_type=CONTENT_TYPES[kind])
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M")
    response["Content-Disposition"] = f'attachment; filename="{name}-{stamp}.{kind}"'
    response["X-Accel-Buffering"] = "no"
    return response


def csv_pieces(cells: Iterable[list]) -> Iterator[bytes]:
    """Rows of values as CSV for spreadsheets, in pieces; no text in it is taken for a formula."""
    lines = _Lines()
    writer = csv.writer(lines)
    yield "\ufeff".encode()  # spreadsheets read UTF-8 only behind this mark
    for row in cells:
        writer.writerow([_csv_cell(value) for value in row])
        if lines.size >= _BYTES_PER_PIECE:
            yield lines.take()
    yield lines.take()


def _cells(table: Table, rows: QuerySet) -> Iterator[list]:
    columns = [column for column in table.columns if not column.column.exclude_from_export]
    yield [force_str(getattr(column.column, "export_header", None) or column.header) for column in columns]
    for record in rows.iterator(chunk_size=ROWS_PER_READ):
        row = BoundRow(record, table=table)
        yield [_plain(row.get_cell_value(column.name)) for column in columns]


def _plain(value):
    """A value that a spreadsheet can hold: numbers stay numbers, instants become UTC."""
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return strip_tags(force_str(value)).strip()


def _csv_cell(value):
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, str) and value.startswith(_STARTS_OF_A_FORMULA):
        return f"'{value}"  # a name such as "=cmd()" must stay a name when a spreadsheet opens the file
    return value


class _Lines:
    """Where ``csv.writer`` writes to, and what is taken from there."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)

    def take(self) -> bytes:
        data = "".join(self.parts).encode()
        self.parts, self.size = [], 0
        return data


def _xlsx_pieces(cells: Iterable[list]) -> Iterator[bytes]:
    import xlsxwriter  # 0.1 s that no start should wait for

    with tempfile.TemporaryFile() as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(file, options | {"remove_timezone": True})
        head, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        rows = iter(cells)
        titles = next(rows)
        sheet, line = None, 0
        for row in rows:
            if sheet is None or line == _ROWS_PER_SHEET:
                sheet, line = _new_sheet(book, titles, head), 0
            line += 1
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(line, column, value, moment)
                else:
                    sheet.write(line, column, value)
        if sheet is None:
            _new_sheet(book, titles, head)
        book.close()
        file.seek(0)
        while piece := file.read(_BYTES_PER_PIECE):
            yield piece


def _new_sheet(book, titles: list[str], head):
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(titles) - 1, 0), 20)
    sheet.write_row(0, 0, titles, head)
    return sheet
