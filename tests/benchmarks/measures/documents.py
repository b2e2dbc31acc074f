"""How many e-invoices are written and judged, and how many PDF made, by what one core works: its own time and that of
the process that checks, whatever else the machine does."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import django
import psutil

from tests.benchmarks.context import Context
from tests.benchmarks.figures import Figure

AT = datetime(2026, 4, 2, 9, tzinfo=UTC)
LINES_OF_A_RESIDENT, LINES_OF_TWO_PAGES = 8, 22


async def measure(context: Context) -> None:
    """From what was read of an invoice to bytes; the database is measured with the runs."""
    django.setup()
    from apps.invoicing.documents.cii import xml_of
    from apps.invoicing.documents.pages import page_context
    from apps.invoicing.documents.pdf import render_pdf
    from apps.invoicing.documents.schematron import en16931
    from apps.invoicing.documents.verdict import judge
    from tests.benchmarks.invoices import content_of

    resident = content_of(LINES_OF_A_RESIDENT, kind="resident")
    fleet = content_of(LINES_OF_TWO_PAGES, kind="fleet")
    xml = xml_of(resident)
    verdict = judge(xml)
    if verdict != {"xsd": "valid", "schematron": "valid", "messages": []}:
        raise RuntimeError(f"the invoice of the benchmark is not valid: {verdict}")
    many = context.scale.documents
    checked = _per_second(lambda: judge(xml_of(resident)), many)
    one = _per_second(lambda: render_pdf("invoice.html", page_context(resident), at=AT, xml=xml), many // 4)
    two = _per_second(lambda: render_pdf("invoice.html", page_context(fleet), at=AT, xml=xml), many // 8)
    en16931.close()
    context.add(
        Figure("documents_xml", "e-invoices written and judged by XSD and schematron", checked, "/s", 75,
               more_is_better=True),
        Figure("documents_pdf_1", "PDF of one page", one * 60, "/min", 540, more_is_better=True),
        Figure("documents_pdf_2", "PDF of two pages", two * 60, "/min", 240, more_is_better=True),
    )  # fmt: skip


def _per_second(do: Callable[[], object], how_many: int) -> float:
    for _ in range(3):
        do()
    begun_s = _worked_s()
    for _ in range(how_many):
        do()
    return how_many / (_worked_s() - begun_s)


def _worked_s() -> float:
    """CPU time of this process and its children, in s."""
    children = (child.cpu_times() for child in psutil.Process().children())
    return time.process_time() + sum(times.user + times.system for times in children)
