"""What a 1.6 charge point answers: one function per action, in the order of the feature profiles."""

from apps.gateway.simulator import background
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.evse import Evse, Status
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v16 import configuration, messages, smart_charging

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
    if payload["vendorId"] != station.spec.vendor:
        return Reply({"status": "UnknownVendorId"})
    return Reply({"status": "Accepted", "data": payload.get("data", "")})


def remote_start_transaction(station: Station, payload: dict) -> Reply:
    candidates = [evse for evse in _evses(station, payload.get("connectorId")) or [] if evse.is_free]
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


# --- Firmware and diagnostics -------------------------------------------------------------------------


def update_firmware(station: Station, payload: dict) -> Reply:
    words = ["Downloading", "Downloaded", "Installing", "Installed"]
    location, retrieve_at = payload["location"], payload["retrieveDate"]
    notice = messages.firmware_status
    return Reply({}, lambda: background.update_firmware(station, location, retrieve_at, words, notice))


def get_diagnostics(station: Station, payload: dict) -> Reply:
    notices = [messages.diagnostics_status(word) for word in ("Uploading", "Uploaded")]
    name = f"{station.spec.identity}-diagnostics.txt"
    return Reply({"fileName": name}, lambda: background.tell_in_steps(station, notices))


# --- Local list, reservation --------------------------------------------------------------------------


def get_local_list_version(station: Station, payload: dict) -> Reply:
    return Reply({"listVersion": station.local_list_version})


def send_local_list(station: Station, payload: dict) -> Reply:
    entries = {entry["idTag"]: entry.get("idTagInfo") for entry in payload.get("localAuthorizationList", [])}
    if payload["updateType"] == "Differential" and payload["listVersion"] <= station.local_list_version:
        return Reply({"status": "VersionMismatch"})
    if payload["updateType"] == "Full":
        station.local_list = {}
    station.local_list = {tag: info for tag, info in (station.local_list | entries).items() if info}
    station.local_list_version = payload["listVersion"]
    return Reply(ACCEPTED)


def reserve_now(station: Station, payload: dict) -> Reply:
    evse = station.evses.get(payload["connectorId"])
    if evse is None:
        return Reply(REJECTED)
    if evse.status in (Status.FAULTED, Status.UNAVAILABLE):
        return Reply({"status": str(evse.status)})
    if evse.status != Status.AVAILABLE and evse.reservation_id != payload["reservationId"]:
        return Reply({"status": "Occupied"})
    reservation_id = payload["reservationId"]
    evse.reservation_id, evse.reserved_for = reservation_id, payload["idTag"]

    async def hold() -> None:
        await station.change_status(evse, Status.RESERVED)
        await background.sleep_until(payload["expiryDate"])
        if evse.reservation_id == reservation_id:
            await _release(station, evse)

    return Reply(ACCEPTED, hold)


def cancel_reservation(station: Station, payload: dict) -> Reply:
    for evse in station.evses.values():
        if evse.reservation_id == payload["reservationId"]:
            return Reply(ACCEPTED, lambda evse=evse: _release(station, evse))
    return Reply(REJECTED)


async def _release(station: Station, evse: Evse) -> None:
    evse.reservation_id = evse.reserved_for = None
    await station.change_status(evse, evse.resting_status())


HANDLERS: dict[str, Handler] = {
    "CancelReservation": cancel_reservation,
    "ChangeAvailability": change_availability,
    "ChangeConfiguration": change_configuration,
    "ClearCache": clear_cache,
    "ClearChargingProfile": smart_charging.clear_charging_profile,
    "DataTransfer": data_transfer,
    "GetCompositeSchedule": smart_charging.get_composite_schedule,
    "GetConfiguration": get_configuration,
    "GetDiagnostics": get_diagnostics,
    "GetLocalListVersion": get_local_list_version,
    "RemoteStartTransaction": remote_start_transaction,
    "RemoteStopTransaction": remote_stop_transaction,
    "ReserveNow": reserve_now,
    "Reset": reset,
    "SendLocalList": send_local_list,
    "SetChargingProfile": smart_charging.set_charging_profile,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
    "UpdateFirmware": update_firmware,
}
