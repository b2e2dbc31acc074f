"""The 1.6 dialect: the tables of this package behind the neutral interface."""

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import BootAnswer
from apps.gateway.simulator.evse import Evse, Transaction
from apps.gateway.simulator.local_list import LocalRules
from apps.gateway.simulator.physics import Sample
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v16 import configuration, local_lists, messages
from apps.gateway.simulator.v16.answers import HANDLERS

UNKNOWN_TRANSACTION_ID = -1  # errata 3.18: for a transaction whose start was never answered


class Dialect16:
    version = "1.6"
    subprotocol = "ocpp1.6"
    handlers = {**HANDLERS, **local_lists.HANDLERS}

    def new_settings(self, station: Station) -> dict:
        return configuration.new_keys(station)

    def boot(self, station: Station, reason: str) -> Message:
        return messages.boot(station, reason)

    def boot_answer(self, payload: dict) -> BootAnswer:
        return BootAnswer(payload["status"], payload["interval"])

    def wire_status(self, evse: Evse) -> str:
        return str(evse.status)

    def statuses(self, station: Station, evse: Evse) -> list[Message]:
        return [messages.status(station, evse)]

    def station_status(self, station: Station) -> list[Message]:
        return [messages.station_status(station)]

    def local_rules(self, station: Station) -> LocalRules:
        return local_lists.rules(station)

    def authorize(self, token: str) -> Message:
        return messages.authorize(token)

    def token_status(self, payload: dict) -> str | None:
        return payload.get("idTagInfo", {}).get("status")

    def token_group(self, payload: dict) -> str | None:
        return payload.get("idTagInfo", {}).get("parentIdTag")

    def reservation_over(self, number: int, status: str) -> list[Message]:
        return []

    def started(self, station: Station, evse: Evse, transaction: Transaction) -> list[Message]:
        return [messages.start_transaction(evse, transaction)]

    def state_changed(self, station: Station, evse: Evse, transaction: Transaction) -> list[Message]:
        return []

    def needs(self, station: Station, evse: Evse) -> list[Message]:
        return []

    def metered(self, station: Station, evse: Evse, sample: Sample, *, context: str) -> Message:
        return messages.meter_values(station, evse, sample, context)

    async def measured(self, station: Station, evse: Evse, sample: Sample) -> None:
        """1.6 has no monitors."""

    def stopped(self, station: Station, evse: Evse, transaction: Transaction) -> list[Message]:
        return [messages.stop_transaction(station, transaction, evse.meter.read())]

    def complete(self, payload: dict, transaction: Transaction | None) -> dict:
        if transaction is None or "transactionId" not in payload or payload["transactionId"] is not None:
            return payload
        return payload | {"transactionId": UNKNOWN_TRANSACTION_ID if transaction.id is None else transaction.id}

    def assumed_answer(self, action: str) -> dict:
        return {"transactionId": UNKNOWN_TRANSACTION_ID} if action == "StartTransaction" else {}


DIALECT = Dialect16()
