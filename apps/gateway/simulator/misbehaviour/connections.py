"""Stations that dial, boot or leave in unusual ways."""

from typing import TYPE_CHECKING
from uuid import uuid4

from apps.gateway.simulator.misbehaviour.base import Misbehaviour
from apps.gateway.simulator.misbehaviour.payloads import PayloadMisbehaviour

if TYPE_CHECKING:
    from apps.gateway.simulator.link import Link
    from apps.gateway.simulator.station import Station

BOOTS_IN_A_LOOP = 5


class StatusBeforeBoot(Misbehaviour):
    name = "status-before-boot"
    sentence = "StatusNotification comes before BootNotification."

    async def on_connected(self, station: "Station") -> None:
        for evse in station.evses.values():
            for message in station.dialect.statuses(station, evse):
                await station.send_extra(message.action, message.payload)


class BootPipelined(Misbehaviour):
    name = "boot-pipelined"
    sentence = "A StatusNotification follows BootNotification at once, without waiting for its answer."

    async def on_connected(self, station: "Station") -> None:
        status = station.dialect.statuses(station, station.evses[1])[0]
        for message in (station.dialect.boot(station, "PowerUp"), status):
            await station.link.send_message([2, str(uuid4()), message.action, message.payload])


class NoBootOnReconnect(Misbehaviour):
    name = "no-boot-on-reconnect"
    sentence = "Only the first connection begins with BootNotification."

    def boots_on_reconnect(self) -> bool:
        return False


class BootLoop(Misbehaviour):
    name = "boot-loop"
    sentence = f"The station restarts right after booting, {BOOTS_IN_A_LOOP} boots in all."

    def __init__(self) -> None:
        self.boots = 0

    async def on_booted(self, station: "Station") -> None:
        self.boots += 1
        if self.boots < BOOTS_IN_A_LOOP:
            await station.restart(stop_reason="PowerLoss", boot_reason="PowerUp")


class TwoSockets(Misbehaviour):
    name = "two-sockets"
    sentence = "A second socket of the same identity is opened while the first is in use."

    def __init__(self) -> None:
        self.second: Link | None = None

    async def on_booted(self, station: "Station") -> None:
        if self.second is None:
            self.second = station.new_link()
            await self.second.open()
            station.run_in_background(self._hold(self.second))

    async def _hold(self, link: "Link") -> None:
        try:
            await link.closed.wait()
        finally:
            await link.close()


class DropWithoutClose(Misbehaviour):
    name = "drop-without-close"
    sentence = "Connections end with a TCP reset instead of a close frame."

    def closes_politely(self) -> bool:
        return False


class NoSubprotocol(Misbehaviour):
    name = "no-subprotocol"
    sentence = "The handshake offers no Sec-WebSocket-Protocol."

    def subprotocols(self, offered: list[str]) -> list[str]:
        return []


class OddSubprotocol(Misbehaviour):
    name = "odd-subprotocol"
    sentence = "The handshake offers a subprotocol nobody knows, such as ocpp2.0.1.1."

    def subprotocols(self, offered: list[str]) -> list[str]:
        return [f"{name}.1" for name in offered]


class EmptySerialUnicodeVendor(PayloadMisbehaviour):
    name = "empty-serial-unicode-vendor"
    sentence = "BootNotification has an empty serial number and a vendor of umlauts, an emoji, markup and braces."
    VENDOR = "Säule⚡<b>{{7*7}}'"

    def change(self, action: str, payload: dict) -> None:
        if action == "BootNotification" and "chargingStation" in payload:
            payload["chargingStation"] |= {"vendorName": self.VENDOR, "serialNumber": ""}
        elif action == "BootNotification":
            payload |= {"chargePointVendor": self.VENDOR, "chargePointSerialNumber": ""}


class ConnectorSeven(Misbehaviour):
    name = "connector-seven"
    sentence = "The status of connector (EVSE on 2.x) 7 is told, which does not exist."

    async def on_booted(self, station: "Station") -> None:
        if station.dialect.version == "1.6":
            status = {"connectorId": 7, "errorCode": "NoError", "status": "Available"}
        else:
            status = {"evseId": 7, "connectorId": 1, "connectorStatus": "Available"}
        await station.send_extra("StatusNotification", status | {"timestamp": station.now()})


KINDS = (
    StatusBeforeBoot,
    BootPipelined,
    NoBootOnReconnect,
    BootLoop,
    TwoSockets,
    DropWithoutClose,
    NoSubprotocol,
    OddSubprotocol,
    EmptySerialUnicodeVendor,
    ConnectorSeven,
)
