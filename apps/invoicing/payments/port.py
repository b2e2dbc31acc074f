"""What we ask of a payment provider, and what it may answer: the one port. Pure.

Every answer and every message says how the whole payment stands, never a step. So a repeated, late or overtaken one
does no harm: standings are joined (``engine.progress``), and joining them in any order gives the same.

Amounts are positive, in the currency's own unit with its usual places. ``key`` names a wish: asking again under the
same key does it once and answers as before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from apps.invoicing.engine.progress import Phase, Progress

NOTHING = Decimal(0)


class ProviderAway(Exception):
    """No answer. What was asked may have been done: ask again under the same key, or for the status."""


class ProviderRefused(Exception):
    """It was not done. ``code`` is the provider's word, the text one sentence for people."""

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


class PaymentUnknown(ProviderRefused):
    """The provider has no such payment."""


class ForgedWebhook(Exception):
    """A message without a signature of the provider."""


@dataclass(frozen=True, slots=True)
class Order:
    """A payment to begin. ``captures_at_once``: the money is taken when the customer agrees, else it is held only.

    ``method_ref``: a saved method, for ``charge``. ``return_url``: where the hosted page sends the customer afterwards.
    """

    key: str
    amount: Decimal
    currency: str
    description: str
    return_url: str = ""
    captures_at_once: bool = True
    saves_method: bool = False
    method_ref: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A card that may be charged later. ``label`` is for people: ``Visa •••• 4242``."""

    ref: str
    label: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a payment stands at the provider.

    ``fee``: what the provider keeps for itself in the same currency, ``None`` where it has not said. ``redirect_url``:
    where the customer goes on. ``key``: our own, where the provider says it.
    """

    phase: Phase
    ref: str = ""
    key: str = ""
    currency: str = ""
    authorised: Decimal = NOTHING
    captured: Decimal = NOTHING
    refunded: Decimal = NOTHING
    fee: Decimal | None = None
    failure_code: str = ""
    failure: str = ""
    method: SavedMethod | None = None
    redirect_url: str = ""

    @property
    def progress(self) -> Progress:
        return Progress(self.phase, self.authorised, self.captured, self.refunded)


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A verified message. ``standing`` ``None``: ask for the status of ``ref``, unless ``note`` says it is not for
    us.
    """

    event_id: str
    kind: str
    content: dict[str, Any]
    key: str = ""
    ref: str = ""
    standing: Standing | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something to do with a payment that exists. ``key`` as in ``Order``."""

    ref: str
    key: str
    currency: str
    amount: Decimal = field(default=NOTHING)


class PaymentProvider(Protocol):
    """Each call may raise ``ProviderAway`` and ``ProviderRefused``; none is made inside a transaction."""

    def begin(self, order: Order) -> Standing:
        """Make a hosted page (``redirect_url``), or be done at once."""

    def charge(self, order: Order) -> Standing:
        """Take the money from ``order.method_ref`` while the customer is away. A declined card is a standing."""

    def capture(self, wish: Wish) -> Standing:
        """Take ``amount`` of what is held, once; the rest is given free."""

    def release(self, wish: Wish) -> Standing:
        """Give free what is held."""

    def refund(self, wish: Wish) -> Standing:
        """Give ``amount`` back of what was taken."""

    def status(self, *, ref: str, key: str) -> Standing:
        """How it stands, found by ``ref``, or by our ``key`` where we never learnt one. Raises ``PaymentUnknown``."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> list[ProviderEvent]:
        """Verify and read. Raises ``ForgedWebhook``; ``ValueError`` for a signed body that cannot be read."""

    def read_event(self, content: dict[str, Any]) -> ProviderEvent:
        """Read again what was verified and kept."""
