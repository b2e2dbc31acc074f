"""The stages after the number: documents, mail, payment. Each can be repeated without harm."""

from datetime import datetime
from importlib import import_module

from apps.core.errors import DomainError
from apps.invoicing.choices import ItemStage

_SERVICES = "apps.invoicing.services"
STEPS = {
    ItemStage.FINALISED: ("documents", "make_xml"),
    ItemStage.XML_MADE: ("documents", "make_pdf"),
    ItemStage.PDF_MADE: ("mailing", "send_invoice"),
    ItemStage.SENT: ("collecting", "collect"),
}


class StageMissing(DomainError):
    code = "stage_missing"


def take_step(stage: ItemStage, *, invoice_id: int, at: datetime) -> None:
    """What follows ``stage`` for one invoice. Raises what its service raises, ``StageMissing`` where there is none."""
    module, function = STEPS[stage]
    try:
        step = getattr(import_module(f"{_SERVICES}.{module}"), function)
    except (ModuleNotFoundError, AttributeError) as error:
        raise StageMissing(f"This installation has no service {module}.{function}.") from error
    step(invoice_id=invoice_id, at=at)
