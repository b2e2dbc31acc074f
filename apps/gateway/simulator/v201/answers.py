"""What a 2.0.1 station answers: one function per action, in the order of the functional blocks."""

from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.evse import Evse
from apps.gateway.simulator.reservations import is_open_to
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v201 import (
    certificates,
    device_model,
    display,
    messages,
    monitoring,
    reservations,
    smart_charging,
    transfers,
)

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}
TRIGGERABLE = {
    "BootNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "StatusNotification",
    "TransactionEvent",
}


def _evses(station: Station, evse_id: int | None) -> list[Evse] | None:
    """The EVSEs meant by an id: 0 and None mean all; None is returned for one that does not exist."""
    if not evse_id:
        return list(station.evses.values())
    return [station.evses[evse_id]] if evse_id in station.evses else None


# --- B Provisioning -----------------------------------------------------------------------------------


def get_variables(station: Station, payload: dict) -> Reply:
    monitoring.check_items(station, "GetVariables", payload["getVariableData"])
    return Reply({"getVariableResult": [device_model.get(station, item) for item in payload["getVariableData"]]})


def set_variables(station: Station, payload: dict) -> Reply:
    monitoring.check_items(station, "SetVariables", payload["setVariableData"])
    return Reply({"setVariableResult": [device_model.set_value(station, item) for item in payload["setVariableData"]]})


def get_base_report(station: Station, payload: dict) -> Reply:
    variables = list(station.settings.values())
    match payload["reportBase"]:
        case "ConfigurationInventory":
            variables = [variable for variable in variables if variable.mutability != "ReadOnly"]
        case "SummaryInventory":
            variables = [v for v in variables if v.name in ("Available", "AvailabilityState", "Problem")]
    return _report(station, payload["requestId"], variables)


def get_report(station: Station, payload: dict) -> Reply:
    monitoring.check_items(station, "GetReport", payload.get("componentVariable", []))
    variables = list(station.settings.values())
    if wanted := payload.get("componentVariable"):
        variables = [v for v in variables if any(device_model.matches(v, item) for item in wanted)]
    if criteria := payload.get("componentCriteria"):
        variables = [v for v in variables if v.name in criteria and v.value == "true"]
    return _report(station, payload["requestId"], variables)


def _report(station: Station, request_id: int, variables: list[device_model.Variable]) -> Reply:
    if not variables:
        return Reply({"status": "EmptyResultSet"})
    return Reply(ACCEPTED, lambda: station.notify(*device_model.reports(station, request_id, variables)))


def reset(station: Station, payload: dict) -> Reply:
    evses = _evses(station, payload.get("evseId"))
    if evses is None:
        return Reply(REJECTED)
    whole_station = "evseId" not in payload
    when_idle = payload["type"] == "OnIdle"
    busy = [evse.transaction for evse in evses if evse.transaction]

    async def carry_out() -> None:
        if when_idle:
            for transaction in busy:
                await transaction.ended.wait()
        if whole_station:
            reason = "ScheduledReset" if when_idle else "RemoteReset"
            await station.restart(stop_reason="ImmediateReset", boot_reason=reason)
        elif evses[0].transaction:
            await station.stop(evses[0], reason="ImmediateReset")

    return Reply({"status": "Scheduled"} if when_idle and busy else ACCEPTED, carry_out)


# --- C Authorisation ----------------------------------------------------------------------------------


def clear_cache(station: Station, payload: dict) -> Reply:
    return Reply(ACCEPTED)


# --- E, F Transactions and remote control -------------------------------------------------------------


def get_transaction_status(station: Station, payload: dict) -> Reply:
    answer: dict = {"messagesInQueue": len(station.delivery) > 0}
    if "transactionId" in payload:
        answer["ongoingIndicator"] = station.evse_of_transaction(payload["transactionId"]) is not None
    return Reply(answer)


def request_start_transaction(station: Station, payload: dict) -> Reply:
    token, group = payload["idToken"]["idToken"], payload.get("groupIdToken", {}).get("idToken")
    places = _evses(station, payload.get("evseId")) or []
    candidates = [evse for evse in places if evse.is_free and is_open_to(station, evse, token, group)]
    if not candidates:
        return Reply(REJECTED)
    evse = next((candidate for candidate in candidates if candidate.car), candidates[0])
    if "chargingProfile" in payload:
        station.profiles.install(smart_charging.profile(evse.number, payload["chargingProfile"]))
    return Reply(ACCEPTED, lambda: station.start_remotely(evse, token, payload["remoteStartId"]))


def request_stop_transaction(station: Station, payload: dict) -> Reply:
    evse = station.evse_of_transaction(payload["transactionId"])
    return Reply(ACCEPTED, lambda: station.stop(evse, reason="Remote")) if evse else Reply(REJECTED)


def unlock_connector(station: Station, payload: dict) -> Reply:
    evse = station.evses.get(payload["evseId"])
    if evse is None or payload["connectorId"] != 1:
        return Reply({"status": "UnknownConnector"})
    return Reply({"status": "OngoingAuthorizedTransaction" if evse.transaction else "Unlocked"})


def trigger_message(station: Station, payload: dict) -> Reply:
    evses = _evses(station, payload.get("evse", {}).get("id"))
    if evses is None:
        return Reply(REJECTED)
    wanted = payload["requestedMessage"]
    if wanted in certificates.KINDS:
        return Reply(ACCEPTED, lambda: certificates.ask_for_certificate(station, wanted))
    if wanted not in TRIGGERABLE:
        return Reply({"status": "NotImplemented"})
    if wanted == "TransactionEvent":
        evses = [evse for evse in evses if evse.transaction]
        if not evses:
            return Reply(REJECTED)

    async def send() -> None:
        match wanted:
            case "BootNotification":
                await station.boot("Triggered")
            case "Heartbeat":
                await station.heartbeat()
            case "StatusNotification":
                await station.notify(*(messages.status(station, evse) for evse in evses))
            case "MeterValues" | "TransactionEvent":
                for evse in evses:
                    await station.meter(evse, context="Trigger")
            case "FirmwareStatusNotification":
                await station.notify(messages.firmware_status("Idle", None))
            case "LogStatusNotification":
                await station.notify(messages.log_status("Idle", None))

    return Reply(ACCEPTED, send)


# --- G Availability -----------------------------------------------------------------------------------


def change_availability(station: Station, payload: dict) -> Reply:
    evses = _evses(station, payload.get("evse", {}).get("id"))
    if evses is None:
        return Reply(REJECTED)
    operative = payload["operationalStatus"] == "Operative"
    if "evse" not in payload:
        station.operative = operative
    scheduled = any(evse.transaction for evse in evses)
    answer = {"status": "Scheduled"} if scheduled else ACCEPTED
    return Reply(answer, lambda: station.set_operative(evses, operative=operative))


# --- P Data transfer ----------------------------------------------------------------------------------


def data_transfer(station: Station, payload: dict) -> Reply:
    if payload["vendorId"] != station.spec.vendor:
        return Reply({"status": "UnknownVendorId"})
    return Reply({"status": "Accepted"} | ({"data": payload["data"]} if "data" in payload else {}))


HANDLERS: dict[str, Handler] = {
    **certificates.HANDLERS,
    **display.HANDLERS,
    **monitoring.HANDLERS,
    **reservations.HANDLERS,
    **transfers.HANDLERS,
    "ChangeAvailability": change_availability,
    "ClearCache": clear_cache,
    "DataTransfer": data_transfer,
    "GetBaseReport": get_base_report,
    "GetReport": get_report,
    "GetTransactionStatus": get_transaction_status,
    "GetVariables": get_variables,
    "RequestStartTransaction": request_start_transaction,
    "RequestStopTransaction": request_stop_transaction,
    "Reset": reset,
    "SetVariables": set_variables,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
    **smart_charging.HANDLERS,
}
