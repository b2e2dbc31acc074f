"""A message on a station's display, in the shape of OCPP 2.x MessageInfoType."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DisplayText:
    """One wording. ``format`` is ASCII, HTML, URI, UTF8 or (2.1) QRCODE; ``language`` RFC 5646, ``""`` if not told."""

    content: str
    format: str = "UTF8"
    language: str = ""


@dataclass(frozen=True, slots=True)
class DisplayContent:
    """What is shown and when. ``state`` ``""``: in any state; instants half-open, ``None``: from now on, for ever.

    ``extra`` holds the same in further languages (2.1). ``transaction_id``: only during that transaction.
    """

    number: int
    priority: str
    text: DisplayText
    state: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    transaction_id: str = ""
    extra: tuple[DisplayText, ...] = ()
