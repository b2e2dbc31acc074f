"""The stages after the number: documents, mail, payment. Each can be repeated without harm."""

from collections.abc import Callable
from datetime import datetime

from apps.invoicing.choices import ItemStage
from apps.invoicing.services.collecting import collect
from apps.invoicing.services.documents import make_pdf, make_xml
from apps.invoicing.services.mailing import send_invoice

STEPS: dict[ItemStage, Callable[..., object]] = {
    ItemStage.FINALISED: make_xml,
    ItemStage.XML_MADE: make_pdf,
    ItemStage.PDF_MADE: send_invoice,
    ItemStage.SENT: collect,
}


def take_step(stage: ItemStage, *, invoice_id: int, at: datetime) -> None:
    """What follows ``stage`` for one invoice. Raises what its service raises."""
    STEPS[stage](invoice_id=invoice_id, at=at)
