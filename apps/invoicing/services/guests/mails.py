"""What guests are told by e-mail: the way back to the visit, and how it ended. Receipts are mailed as bills are."""

from datetime import datetime
from smtplib import SMTPException

import structlog
from django.core.mail import EmailMessage

from apps.invoicing.choices import GuestState
from apps.invoicing.models import GuestVisit
from apps.invoicing.services.guests.links import new_link

log = structlog.get_logger(__name__)

_STARTED = """Hello,

charging at {place} is being started. Follow it, stop it and get the receipt here:

{link}

The link opens once and within a day. {amount} are authorised; only what you charge is taken.

{issuer}
"""
_AGAIN = """Hello,

here is the new link to your charging at {place}:

{link}

It opens once and within a day.

{issuer}
"""
_GIVEN_BACK = """Hello,

your charging at {place} came to nothing: {why}.
Nothing was charged. The {amount} that were authorised are released; your bank shows that within a few days.

{issuer}
"""


def send_link(visit: GuestVisit, *, at: datetime, again: bool = False) -> None:
    """The way back to the visit, in a link of its own."""
    link = f"{visit.base_url}/q/link/{new_link(visit, at=at)}/"
    _send(visit, f"Charging at {visit.site}", _AGAIN if again else _STARTED, link=link)


def send_end(visit: GuestVisit, *, at: datetime) -> None:
    """Why nothing came of it, where something was authorised. A visit that was paid ends with its receipt."""
    if visit.authorised_at is None or visit.state in (GuestState.PAID, GuestState.UNPAID):
        return
    label = visit.state_choice.label
    _send(visit, f"Nothing charged at {visit.site}", _GIVEN_BACK, why=label[0].lower() + label[1:])


def _send(visit: GuestVisit, subject: str, text: str, **words: str) -> None:
    body = text.format(
        place=f"{visit.site}, {visit.evse.station}",
        amount=f"{visit.hold_amount:.2f} {visit.currency}",
        issuer=visit.issuer.name,
        **words,
    )
    try:
        EmailMessage(subject, body, to=[visit.email], reply_to=[visit.issuer.email]).send()
    except (OSError, SMTPException):  # the page shows the same; whoever lost it asks for another link
        log.warning("guest.mail_failed", visit_id=visit.pk, exc_info=True)
