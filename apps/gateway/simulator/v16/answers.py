"""What a 1.6 charge point answers: one function per action, in the order of the feature profiles."""

from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.evse import Evse
from apps.gateway.simulator.reservations import is_open_to
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v16 import (
    certificates,
    configuration,
    messages,
    reservations,
    smart_charging,
    tariffs,
    transfers,
)

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}


def _evses(station: Station, connector_id: int | None) -> list[Evse] | None:
    """The connectors meant by an id: 0 and None mean all; None is returned for one that does not exist."""
    if not connector_id:
        return list(station.evses.values())
    return [station.evses[connector_id]] if connector_id in station.evses else None


# --- Core ---------------------------------------------------------------------------------------------


def change_availability(station: Station, payload: dict) -> Reply:
    evses = _evses(station, payload["connectorId"])
    if evses is None:
        return Reply(REJECTED)
    operative = payload["type"] == "Operative"
    scheduled = any(evse.transaction for evse in evses)

    async def change() -> None:
        if payload["connectorId"] == 0:
            station.operative = operative
            await station.notify(messages.station_status(station))
        await station.set_operative(evses, operative=operative)

    return Reply({"status": "Scheduled"} if scheduled else ACCEPTED, change)


def change_configuration(station: Station, payload: dict) -> Reply:
    return Reply({"status": configuration.change(station, payload["key"], payload["value"])})


def get_configuration(station: Station, payload: dict) -> Reply:
    wanted = payload.get("key") or list(station.settings)
    found = [
        {"key": name, "readonly": key.readonly} | ({} if key.secret else {"value": key.value})
        for name in wanted
        if (key := station.settings.get(name))
    ]
    unknown = [name for name in wanted if name not in station.settings]
    return Reply({"configurationKey": found} | ({"unknownKey": unknown} if unknown else {}))


def clear_cache(station: Station, payload: dict) -> Reply:
    return Reply(ACCEPTED)


def data_transfer(station: Station, payload: dict) -> Reply:
    if payload["vendorId"] == certificates.PLUG_AND_CHARGE:
        return certificates.plug_and_charge(station, payload)
    if payload["vendorId"] == tariffs.VENDOR:
        return tariffs.show(station, payload)
    if payload["vendorId"] != station.spec.vendor:
        return Reply({"status": "UnknownVendorId"})
    return Reply({"status": "Accepted", "data": payload.get("data", "")})


def remote_start_transaction(station: Station, payload: dict) -> Reply:
    places = _evses(station, payload.get("connectorId")) or []
    candidates = [evse for evse in places if evse.is_free and is_open_to(station, evse, payload["idTag"])]
    if not candidates:
        return Reply(REJECTED)
    evse = next((candidate for candidate in candidates if candidate.car), candidates[0])
    if "chargingProfile" in payload:
        station.profiles.install(smart_charging.profile(evse.number, payload["chargingProfile"]))
    return Reply(ACCEPTED, lambda: station.start_remotely(evse, payload["idTag"], None))


def remote_stop_transaction(station: Station, payload: dict) -> Reply:
    evse = station.evse_of_transaction(payload["transactionId"])
    return Reply(ACCEPTED, lambda: station.stop(evse, reason="Remote")) if evse else Reply(REJECTED)


def reset(station: Station, payload: dict) -> Reply:
    kind = payload["type"]
    return Reply(ACCEPTED, lambda: station.restart(stop_reason=f"{kind}Reset", boot_reason="RemoteReset"))


def unlock_connector(station: Station, payload: dict) -> Reply:
    evse = station.evses.get(payload["connectorId"])
    if evse is None:
        return Reply({"status": "NotSupported"})
    if evse.transaction is None:
        return Reply({"status": "Unlocked"})
    return Reply({"status": "Unlocked"}, lambda: station.stop(evse, reason="UnlockCommand"))


# --- Remote trigger -----------------------------------------------------------------------------------


def trigger_message(station: Station, payload: dict) -> Reply:
    evses = _evses(station, payload.get("connectorId"))
    if evses is None:
        return Reply(REJECTED)

    async def send() -> None:
        match payload["requestedMessage"]:
            case "BootNotification":
                await station.boot("Triggered")
            case "Heartbeat":
                await station.heartbeat()
            case "StatusNotification":
                await station.notify(*(messages.status(station, evse) for evse in evses))
            case "MeterValues":
                for evse in evses:
                    await station.meter(evse, context="Trigger")
            case "FirmwareStatusNotification":
                await station.notify(messages.firmware_status("Idle"))
            case "DiagnosticsStatusNotification":
                await station.notify(messages.diagnostics_status("Idle"))

    return Reply(ACCEPTED, send)


def extended_trigger_message(station: Station, payload: dict) -> Reply:
    """The security extension's own trigger; it knows those of the core, too."""
    if payload["requestedMessage"] == "LogStatusNotification":
        return Reply({"status": "NotImplemented"})
    if payload["requestedMessage"] != "SignChargePointCertificate":
        return trigger_message(station, payload)

    async def send() -> None:
        if station.certificates.fault != "silent":
            await station.notify(certificates.sign_certificate(station))

    return Reply(ACCEPTED, send)


HANDLERS: dict[str, Handler] = {
    **certificates.HANDLERS,
    **reservations.HANDLERS,
    **transfers.HANDLERS,
    "ChangeAvailability": change_availability,
    "ChangeConfiguration": change_configuration,
    "ClearCache": clear_cache,
    "DataTransfer": data_transfer,
    "ExtendedTriggerMessage": extended_trigger_message,
    "GetConfiguration": get_configuration,
    "RemoteStartTransaction": remote_start_transaction,
    "RemoteStopTransaction": remote_stop_transaction,
    "Reset": reset,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
    **smart_charging.HANDLERS,
}
