"""Stations whose clock is wrong."""

from datetime import UTC, datetime, timedelta

from apps.gateway.simulator import clock
from apps.gateway.simulator.misbehaviour.payloads import PayloadMisbehaviour

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOCAL = timedelta(hours=2)


class WrongClock(PayloadMisbehaviour):
    """Rewrites every `timestamp` and `generatedAt`, however deep."""

    def change(self, action: str, payload: dict) -> None:
        for name, value in payload.items():
            if name in ("timestamp", "generatedAt"):
                payload[name] = self.tell(clock.parse(value))
            elif isinstance(value, dict):
                self.change(action, value)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):
                        self.change(action, item)

    def tell(self, at: datetime) -> str:
        raise NotImplementedError


class Clock1970(WrongClock):
    name = "clock-1970"
    sentence = "The clock was never set: time begins in 1970 when the station powers up."

    def __init__(self) -> None:
        self.powered_up_at = clock.now()

    def tell(self, at: datetime) -> str:
        return clock.stamp(EPOCH + max(timedelta(0), at - self.powered_up_at))


class ClockFuture(WrongClock):
    name = "clock-future"
    sentence = "The clock is about 73 years ahead."

    def tell(self, at: datetime) -> str:
        return clock.stamp(at + timedelta(days=73 * 365))


class ClockLocalAsZ(WrongClock):
    name = "clock-local-as-z"
    sentence = "Local time, two hours ahead of UTC, is stamped Z."

    def tell(self, at: datetime) -> str:
        return clock.stamp(at + LOCAL)


class ClockShortOffset(WrongClock):
    name = "clock-short-offset"
    sentence = "Local time with the offset +02, without minutes, which RFC 3339 does not allow."

    def tell(self, at: datetime) -> str:
        return (at + LOCAL).strftime("%Y-%m-%dT%H:%M:%S") + "+02"


KINDS = (Clock1970, ClockFuture, ClockLocalAsZ, ClockShortOffset)
