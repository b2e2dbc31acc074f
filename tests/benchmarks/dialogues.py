"""What the chargers of the benchmark say: endless dialogues of prepared frames, one per OCPP version.

Every frame is a fact of its own: message ids count up, and so do the instants, one second per message, from some hours
ago. So everything the server acknowledged can be found in the database afterwards.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

VALUES_PER_TRANSACTION = 10
INSTANTS = 20_000
_STARTS_AGO_S = 20_000

BOOT_16 = b'[2,"boot","BootNotification",{"chargePointVendor":"Bench","chargePointModel":"B16","firmwareVersion":"1"}]'
BOOT_201 = (
    b'[2,"boot","BootNotification",{"reason":"PowerUp",'
    b'"chargingStation":{"vendorName":"Bench","model":"B201","firmwareVersion":"1"}}]'
)
HEARTBEAT = b'[2,"%d","Heartbeat",{}]'
_STATUS_16 = b'[2,"%d","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"%s","timestamp":"%s"}]'
_AUTHORIZE_16 = b'[2,"%d","Authorize",{"idTag":"%s"}]'
_START_16 = b'[2,"%d","StartTransaction",{"connectorId":1,"idTag":"%s","meterStart":%d,"timestamp":"%s"}]'
_VALUES_16 = (
    b'[2,"%d","MeterValues",{"connectorId":1,"transactionId":%s,"meterValue":[{"timestamp":"%s","sampledValue":['
    b'{"value":"%d","measurand":"Energy.Active.Import.Register","unit":"Wh"},'
    b'{"value":"7200","measurand":"Power.Active.Import","unit":"W"},'
    b'{"value":"16.2","measurand":"Current.Import","unit":"A","phase":"L1"},'
    b'{"value":"229.8","measurand":"Voltage","unit":"V","phase":"L1"}]}]}]'
)
_STOP_16 = b'[2,"%d","StopTransaction",{"transactionId":%s,"idTag":"%s","meterStop":%d,"timestamp":"%s"}]'
_STATUS_201 = b'[2,"%d","StatusNotification",{"evseId":1,"connectorId":1,"connectorStatus":"%s","timestamp":"%s"}]'
_AUTHORIZE_201 = b'[2,"%d","Authorize",{"idToken":{"idToken":"%s","type":"ISO14443"}}]'
_EVENT_201 = (
    b'[2,"%d","TransactionEvent",{"eventType":"%s","timestamp":"%s","triggerReason":"%s","seqNo":%d,'
    b'"transactionInfo":{"transactionId":"%s","chargingState":"%s"},"evse":{"id":1,"connectorId":1},%s'
    b'"meterValue":[{"timestamp":"%s","sampledValue":['
    b'{"value":%d,"measurand":"Energy.Active.Import.Register","unitOfMeasure":{"unit":"Wh"}},'
    b'{"value":7200,"measurand":"Power.Active.Import","unitOfMeasure":{"unit":"W"}},'
    b'{"value":16.2,"measurand":"Current.Import","phase":"L1"},'
    b'{"value":229.8,"measurand":"Voltage","phase":"L1"}]}]}]'
)
_TOKEN_201 = b'"idToken":{"idToken":"%s","type":"ISO14443"},'


@cache
def instants() -> list[str]:
    """ISO instants a second apart, the last one now or later only after five hours of dialogue."""
    first = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=_STARTS_AGO_S)
    return [(first + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ") for number in range(INSTANTS)]


class Dialogue:
    """The endless dialogue of one station.

    ``next_message()`` gives the action and the payload to send, ``took(answer)`` what came back; ``said_at`` is the
    instant that the last message carried. ``steps`` are the names of the messages of one round.
    """

    subprotocol = ""
    boot = b""
    steps: tuple[str, ...] = ()

    def __init__(self, number: int, *, token: str) -> None:
        self.number = number
        self.token = token.encode()
        self.serial = 0
        self.said_at = ""
        self.transaction: bytes = b"1"
        self.meter_wh = 1000
        self._step = 0
        self._messages: list[Callable[[bytes], bytes]] = [getattr(self, f"_{step}") for step in self.steps]
        self._seq = 0
        # The first transaction of a station is shorter, of each by another number, so that not all say the same.
        self._left_out = number % (VALUES_PER_TRANSACTION + 1)

    def next_message(self) -> tuple[str, bytes]:
        step = self._step
        self._step = (step + 1) % len(self.steps)
        if self._left_out and self.steps[step] == "start":
            self._step, self._left_out = self._step + self._left_out, 0
        self.serial += 1
        self.said_at = instants()[self.serial % INSTANTS]
        return self.steps[step], self._messages[step](self.said_at.encode())

    def took(self, answer: bytes) -> None:
        """Learn from an answer what later messages need."""

    def plain(self, payload: bytes) -> bytes:
        """``payload``, a template, with a message id of its own."""
        self.serial += 1
        return payload % self.serial


class Dialogue16(Dialogue):
    """Status, Authorize, Start, 10 × MeterValues with 4 samples, Stop."""

    subprotocol = "ocpp1.6"
    boot = BOOT_16
    steps = ("status", "authorize", "start", *["values"] * VALUES_PER_TRANSACTION, "stop")

    def took(self, answer: bytes) -> None:
        _, found, rest = answer.partition(b'"transactionId":')
        if found:
            self.transaction = rest.split(b"}")[0].split(b",")[0]

    def _status(self, at: bytes) -> bytes:
        state = b"Available" if (self.serial // len(self.steps)) % 2 else b"Preparing"
        return _STATUS_16 % (self.serial, state, at)

    def _authorize(self, at: bytes) -> bytes:
        return _AUTHORIZE_16 % (self.serial, self.token)

    def _start(self, at: bytes) -> bytes:
        return _START_16 % (self.serial, self.token, self.meter_wh, at)

    def _values(self, at: bytes) -> bytes:
        self.meter_wh += 2
        return _VALUES_16 % (self.serial, self.transaction, at, self.meter_wh)

    def _stop(self, at: bytes) -> bytes:
        return _STOP_16 % (self.serial, self.transaction, self.token, self.meter_wh, at)


class Dialogue201(Dialogue):
    """Status, Authorize, TransactionEvent Started, 10 × Updated with 4 samples, Ended."""

    subprotocol = "ocpp2.0.1"
    boot = BOOT_201
    steps = ("status", "authorize", "start", *["values"] * VALUES_PER_TRANSACTION, "stop")

    def _status(self, at: bytes) -> bytes:
        state = b"Available" if (self.serial // len(self.steps)) % 2 else b"Occupied"
        return _STATUS_201 % (self.serial, state, at)

    def _authorize(self, at: bytes) -> bytes:
        return _AUTHORIZE_201 % (self.serial, self.token)

    def _start(self, at: bytes) -> bytes:
        self._seq = 0
        self.transaction = b"T%d-%d" % (self.number, self.serial)
        return self._event(b"Started", b"Authorized", at, _TOKEN_201 % self.token)

    def _values(self, at: bytes) -> bytes:
        self.meter_wh += 2
        return self._event(b"Updated", b"MeterValuePeriodic", at)

    def _stop(self, at: bytes) -> bytes:
        return self._event(b"Ended", b"StopAuthorized", at)

    def _event(self, kind: bytes, trigger: bytes, at: bytes, extra: bytes = b"") -> bytes:
        seq, self._seq = self._seq, self._seq + 1
        values = (self.serial, kind, at, trigger, seq, self.transaction, b"Charging", extra, at, self.meter_wh)
        return _EVENT_201 % values


class Transactions201(Dialogue201):
    """TransactionEvents only."""

    steps = ("start", *["values"] * VALUES_PER_TRANSACTION, "stop")


class Statuses16(Dialogue16):
    """StatusNotifications only."""

    steps = ("status",)
