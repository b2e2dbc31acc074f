"""A statement as the file that was asked for: PDF, XLSX or CSV."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from django.http import Http404, HttpResponse

from apps.invoicing.documents.sheets import Sheet, Value, sheet_pdf
from apps.portal.kit.export import CONTENT_TYPES, csv_pieces

_FORMATS = {"money": "#,##0.00", "kwh": "#,##0.000", "date": "yyyy-mm-dd"}


def sheet_response(sheet: Sheet, kind: str, *, at: datetime) -> HttpResponse:
    match kind:
        case "pdf":
            content, content_type = sheet_pdf(sheet, at=at), "application/pdf"
        case "xlsx":
            content, content_type = _xlsx(sheet), CONTENT_TYPES["xlsx"]
        case "csv":
            content, content_type = b"".join(csv_pieces(_plain_rows(sheet))), CONTENT_TYPES["csv"]
        case _:
            raise Http404
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{sheet.name}.{kind}"'
    return response


def _plain_rows(sheet: Sheet) -> list[list[Value]]:
    """Energy in kWh; days as ISO has them."""
    kinds = [kind for _, kind in sheet.columns]
    rows = [[_plain(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in (*sheet.rows, sheet.total)]
    return [list(sheet.heads), *rows]


def _plain(value: Value, kind: str) -> Value:
    if kind == "kwh" and isinstance(value, int):
        return Decimal(value) / 1000
    return value.isoformat() if isinstance(value, date) else value


def _xlsx(sheet: Sheet) -> bytes:
    import xlsxwriter  # most processes never need it

    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, sheet.heads, book.add_format({"bold": True}))
        page.freeze_panes(1, 0)
        for column, (_, kind) in enumerate(sheet.columns):
            page.set_column(column, column, 36 if kind == "text" else 16)
            form = book.add_format({"num_format": _FORMATS.get(kind, "General")})
            for number, row in enumerate((*sheet.rows, sheet.total), start=1):
                value = row[column]
                if isinstance(value, date):
                    page.write_datetime(number, column, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001  (a day)
                else:
                    page.write(number, column, _plain(value, kind), form)
    return output.getvalue()
