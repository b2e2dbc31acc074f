"""One EVSE of a simulated station: its state, its meter and the transaction running on it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from apps.gateway.simulator.physics import Car, Meter


class Status(StrEnum):
    """The nine states of OCPP 1.6; 2.x folds the middle ones into `Occupied`."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


@dataclass
class Transaction:
    """One transaction, from start to the delivery of its last message.

    `id` is chosen by the central system on 1.6 (None until it answered) and by the station on 2.x; `answer` is
    the payload that answered the start, None until then (offline for instance).
    """

    evse: int
    token: str | None
    started_at: datetime
    meter_start_wh: float
    id: int | str | None = None
    remote_start_id: int | None = None
    reservation_id: int | None = None
    seq_no: int = 0
    answer: dict | None = None
    stopped_at: datetime | None = None
    stop_reason: str | None = None
    meter_stop_wh: float | None = None
    tariff: dict | None = None

    def __post_init__(self) -> None:
        self.ended = asyncio.Event()

    def next_seq_no(self) -> int:
        """The seqNo of the next event, from 0 (OCPP 2.0.1 E01.FR.07)."""
        self.seq_no += 1
        return self.seq_no - 1


@dataclass
class Evse:
    """`number` counts from 1 and is the connectorId on 1.6; `reported` is the status last sent, in wire words."""

    number: int
    meter: Meter
    status: Status = Status.AVAILABLE
    error_code: str = "NoError"
    transaction: Transaction | None = None
    reported: str | None = None
    operative: bool = True

    def __post_init__(self) -> None:
        self.transaction_begun = asyncio.Event()

    @property
    def car(self) -> Car | None:
        return self.meter.car

    @property
    def is_free(self) -> bool:
        return self.transaction is None and self.status in (Status.AVAILABLE, Status.PREPARING, Status.RESERVED)

    def resting_status(self) -> Status:
        """The state without a transaction."""
        if self.error_code != "NoError":
            return Status.FAULTED
        if not self.operative:
            return Status.UNAVAILABLE
        return Status.PREPARING if self.car else Status.AVAILABLE
