"""The 2.1 dialect: that of 2.0.1 with the handlers of the new blocks."""

from typing import ClassVar

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler
from apps.gateway.simulator.evse import Evse, Transaction
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v21 import battery_swap, der, dynamic_charging, streams, tariffs
from apps.gateway.simulator.v201.dialect import Dialect201


class Dialect21(Dialect201):
    version = "2.1"
    subprotocol = "ocpp2.1"
    handlers: ClassVar[dict[str, Handler]] = {
        **Dialect201.handlers,
        **battery_swap.HANDLERS,
        **der.HANDLERS,
        **dynamic_charging.HANDLERS,
        **streams.HANDLERS,
        **tariffs.HANDLERS,
    }

    def stopped(self, station: Station, evse: Evse, transaction: Transaction) -> list[Message]:
        (message,) = super().stopped(station, evse, transaction)
        details = tariffs.cost_details(station, transaction)
        if details is not None:
            message.payload["costDetails"] = details
        return [message]


DIALECT = Dialect21()
