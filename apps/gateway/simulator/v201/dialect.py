"""The 2.0.1 dialect: the tables of this package behind the neutral interface."""

from uuid import uuid4

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import BootAnswer
from apps.gateway.simulator.evse import Evse, Status, Transaction
from apps.gateway.simulator.local_list import LocalRules
from apps.gateway.simulator.physics import Sample
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v201 import (
    customer,
    device_model,
    local_lists,
    messages,
    monitoring,
    network,
    reservations,
    smart_charging,
    tariffs,
)
from apps.gateway.simulator.v201.answers import HANDLERS


class Dialect201:
    version = "2.0.1"
    subprotocol = "ocpp2.0.1"
    handlers = {**HANDLERS, **local_lists.HANDLERS, **customer.HANDLERS, **network.HANDLERS, **tariffs.HANDLERS}

    def new_settings(self, station: Station) -> dict:
        return device_model.new_device_model(station)

    def boot(self, station: Station, reason: str) -> Message:
        return messages.boot(station, reason)

    def boot_answer(self, payload: dict) -> BootAnswer:
        return BootAnswer(payload["status"], payload["interval"])

    def wire_status(self, evse: Evse) -> str:
        return messages.CONNECTOR_STATUS.get(evse.status, "Occupied")

    def statuses(self, station: Station, evse: Evse) -> list[Message]:
        notices = [messages.status(station, evse)]
        return [*notices, messages.problem_event(station, evse)] if evse.status == Status.FAULTED else notices

    def station_status(self, station: Station) -> list[Message]:
        return []

    def local_rules(self, station: Station) -> LocalRules:
        return local_lists.rules(station)

    def authorize(self, token: str) -> Message:
        return messages.authorize(token)

    def token_status(self, payload: dict) -> str | None:
        return payload.get("idTokenInfo", {}).get("status")

    def token_group(self, payload: dict) -> str | None:
        return payload.get("idTokenInfo", {}).get("groupIdToken", {}).get("idToken")

    def reservation_over(self, number: int, status: str) -> list[Message]:
        return [reservations.status_update(number, status)]

    def started(self, station: Station, evse: Evse, transaction: Transaction) -> list[Message]:
        transaction.id = str(uuid4())
        return [messages.started(station, evse, transaction, evse.meter.read())]

    def state_changed(self, station: Station, evse: Evse, transaction: Transaction) -> list[Message]:
        return [messages.state_changed(station, evse, transaction)]

    def needs(self, station: Station, evse: Evse) -> list[Message]:
        return smart_charging.needs(station, evse)

    def metered(self, station: Station, evse: Evse, sample: Sample, *, context: str) -> Message:
        return messages.metered(station, evse, sample, context)

    async def measured(self, station: Station, evse: Evse, sample: Sample) -> None:
        power = device_model.key({"name": "EVSE", "evse": {"id": evse.number}}, {"name": "Power"})
        await monitoring.change(station, power, str(sample.power_w))

    def stopped(self, station: Station, evse: Evse, transaction: Transaction) -> list[Message]:
        return [messages.stopped(station, evse, transaction, evse.meter.read())]

    def complete(self, payload: dict, transaction: Transaction | None) -> dict:
        return payload

    def assumed_answer(self, action: str) -> dict:
        return {}


DIALECT = Dialect201()
