"""What a version of OCPP has to provide for the neutral station."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.evse import Evse, Transaction
from apps.gateway.simulator.local_list import LocalRules
from apps.gateway.simulator.physics import Sample

if TYPE_CHECKING:
    from apps.gateway.simulator.station import Station


@dataclass(frozen=True)
class Reply:
    """The answer to a CALL and what the station does after it was sent."""

    payload: dict
    then: Callable[[], Awaitable[object]] | None = None


@dataclass(frozen=True)
class BootAnswer:
    """`status` is Accepted, Pending or Rejected; `interval_s` the heartbeat interval, or the wait before a retry."""

    status: str
    interval_s: int


Handler = Callable[["Station", dict], Reply]


class Dialect(Protocol):
    """Words and shapes of one version. Without state: what a station remembers is in `Station`."""

    version: str
    subprotocol: str
    handlers: dict[str, Handler]

    def new_settings(self, station: "Station") -> dict:
        """The configuration keys or the device model of a new station."""

    def boot(self, station: "Station", reason: str) -> Message: ...

    def boot_answer(self, payload: dict) -> BootAnswer: ...

    def wire_status(self, evse: Evse) -> str:
        """The status as this version says it."""

    def statuses(self, station: "Station", evse: Evse) -> list[Message]:
        """The notifications of one EVSE's present status."""

    def station_status(self, station: "Station") -> list[Message]:
        """The notification for the station as a whole, where the version has one."""

    def local_rules(self, station: "Station") -> LocalRules:
        """How the station is to decide about tokens by itself."""

    def authorize(self, token: str) -> Message: ...

    def token_status(self, payload: dict) -> str | None:
        """The status of the token in an answer, None where it carries none."""

    def token_group(self, payload: dict) -> str | None:
        """The group of the token in an answer, None where it carries none."""

    def reservation_over(self, number: int, status: str) -> list[Message]:
        """The news that a reservation ended by itself, where the version has it."""

    def started(self, station: "Station", evse: Evse, transaction: Transaction) -> list[Message]: ...

    def state_changed(self, station: "Station", evse: Evse, transaction: Transaction) -> list[Message]:
        """The transaction event of a new charging state, where the version has one."""

    def needs(self, station: "Station", evse: Evse) -> list[Message]:
        """What the car asks for by ISO 15118, where it and the version can say it."""

    def metered(self, station: "Station", evse: Evse, sample: Sample, *, context: str) -> Message: ...

    async def measured(self, station: "Station", evse: Evse, sample: Sample) -> None:
        """What was measured changes variables that monitors may watch, where the version has them."""

    def stopped(self, station: "Station", evse: Evse, transaction: Transaction) -> list[Message]: ...

    def complete(self, payload: dict, transaction: Transaction | None) -> dict:
        """Fill in what was unknown when the message was made (1.6: the transaction id)."""

    def assumed_answer(self, action: str) -> dict:
        """What the station goes on with when a message is deliberately not sent."""
