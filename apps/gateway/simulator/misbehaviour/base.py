"""The hooks by which a misbehaving station differs from a good one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from apps.gateway.simulator.dialect import Reply
from apps.gateway.simulator.physics import Sample
from apps.gateway.simulator.spec import VERSIONS

if TYPE_CHECKING:
    from apps.gateway.simulator.evse import Evse
    from apps.gateway.simulator.station import Station

OF_2 = ("2.0.1", "2.1")


@dataclass(frozen=True)
class Outgoing:
    """A request about to be sent. The answer to an `extra` one is ignored, whatever it is."""

    action: str
    payload: dict
    extra: bool = False


class Misbehaviour:
    """One deviation of one station. Every hook does by default what a good station does."""

    name: ClassVar[str]
    sentence: ClassVar[str]
    versions: ClassVar[tuple[str, ...]] = VERSIONS

    def subprotocols(self, offered: list[str]) -> list[str]:
        """The names offered in the handshake."""
        return offered

    def boots_on_reconnect(self) -> bool:
        return True

    def closes_politely(self) -> bool:
        """False: planned disconnects cut the TCP connection without a close frame."""
        return True

    async def on_connected(self, station: "Station") -> None:
        """After the handshake, before BootNotification."""

    async def on_booted(self, station: "Station") -> None:
        """After every accepted BootNotification."""

    async def disturb(self, station: "Station") -> None:
        """After every accepted BootNotification and every Heartbeat."""

    def starting(self, station: "Station", evse: "Evse") -> None:
        """Before a transaction reads its first register value."""

    def sample(self, station: "Station", evse: "Evse", sample: Sample) -> Sample:
        """What the meter is said to have read."""
        return sample

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        """The requests sent in place of one request."""
        return [outgoing]

    async def answer(self, station: "Station", action: str, reply: Reply) -> Reply | None:
        """The answer to the central system's request; None: never."""
        return reply
