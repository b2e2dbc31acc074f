"""Requests of a 2.0.1 charging station, made from the neutral station."""

from apps.gateway.simulator import clock
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.evse import Evse, Status, Transaction
from apps.gateway.simulator.physics import Sample
from apps.gateway.simulator.station import Station

CONNECTOR_STATUS = {
    Status.AVAILABLE: "Available",
    Status.RESERVED: "Reserved",
    Status.UNAVAILABLE: "Unavailable",
    Status.FAULTED: "Faulted",
}
CHARGING_STATE = {
    Status.CHARGING: "Charging",
    Status.SUSPENDED_EV: "SuspendedEV",
    Status.SUSPENDED_EVSE: "SuspendedEVSE",
}
STOPPED_REASON = {"HardReset": "ImmediateReset", "SoftReset": "ImmediateReset", "UnlockCommand": "Other"}
STOP_TRIGGER = {
    "Local": "StopAuthorized",
    "Remote": "RemoteStop",
    "EVDisconnected": "EVCommunicationLost",
    "ImmediateReset": "ResetCommand",
    "Reboot": "ResetCommand",
    "DeAuthorized": "Deauthorized",
    "UnlockCommand": "UnlockCommand",
    "SOCLimitReached": "EnergyLimitReached",
    "StoppedByEV": "ChargingStateChanged",
}


def boot(station: Station, reason: str) -> Message:
    spec = station.spec
    about = {
        "vendorName": spec.vendor[:50],
        "model": spec.model[:20],
        "serialNumber": spec.serial_number,
        "firmwareVersion": station.firmware[:50],
    }
    return Message("BootNotification", {"reason": reason, "chargingStation": about})


def status(station: Station, evse: Evse) -> Message:
    payload = {
        "timestamp": station.now(),
        "connectorStatus": CONNECTOR_STATUS.get(evse.status, "Occupied"),
        "evseId": evse.number,
        "connectorId": 1,
    }
    return Message("StatusNotification", payload)


def problem_event(station: Station, evse: Evse) -> Message:
    """NotifyEvent with the fault and its code (2.0.1 N07)."""
    event = {
        "eventId": station.next_event_id(),
        "timestamp": station.now(),
        "trigger": "Alerting",
        "actualValue": "true",
        "techCode": evse.error_code[:50],
        "component": {"name": "Connector", "evse": {"id": evse.number, "connectorId": 1}},
        "variable": {"name": "Problem"},
        "eventNotificationType": "HardWiredNotification",
    }
    return Message("NotifyEvent", {"generatedAt": station.now(), "seqNo": 0, "eventData": [event]})


def authorize(token: str) -> Message:
    return Message("Authorize", {"idToken": id_token(token)})


def id_token(token: str | None) -> dict:
    """A card by default; None is a start without authorisation, by button."""
    if token is None:
        return {"idToken": "", "type": "NoAuthorization"}
    return {"idToken": token, "type": "ISO14443"}


def started(station: Station, evse: Evse, transaction: Transaction, sample: Sample) -> Message:
    payload = _event(
        station, evse, transaction, "Started", "Authorized" if transaction.token else "ChargingStateChanged"
    )
    payload["idToken"] = id_token(transaction.token)
    payload["transactionInfo"]["chargingState"] = "EVConnected" if evse.car else "Idle"
    payload["meterValue"] = [meter_value(payload["timestamp"], sample, "Transaction.Begin")]
    if transaction.remote_start_id is not None:
        payload["triggerReason"] = "RemoteStart"
        payload["transactionInfo"]["remoteStartId"] = transaction.remote_start_id
    if transaction.reservation_id is not None:
        payload["reservationId"] = transaction.reservation_id

    def remember(answer: dict) -> None:
        transaction.answer = answer

    return Message("TransactionEvent", payload, transaction, remember)


def state_changed(station: Station, evse: Evse, transaction: Transaction) -> Message:
    payload = _event(station, evse, transaction, "Updated", "ChargingStateChanged")
    return Message("TransactionEvent", payload, transaction)


def metered(station: Station, evse: Evse, sample: Sample, context: str) -> Message:
    """A transaction event inside a transaction, MeterValues outside."""
    transaction = evse.transaction
    if transaction is None:
        value = meter_value(station.now(), sample, context)
        return Message("MeterValues", {"evseId": evse.number, "meterValue": [value]})
    trigger = {"Trigger": "Trigger", "Sample.Clock": "MeterValueClock"}.get(context, "MeterValuePeriodic")
    payload = _event(station, evse, transaction, "Updated", trigger)
    payload["meterValue"] = [meter_value(payload["timestamp"], sample, context)]
    return Message("TransactionEvent", payload, transaction)


def stopped(station: Station, evse: Evse, transaction: Transaction, sample: Sample) -> Message:
    reason = transaction.stop_reason or "Local"
    payload = _event(station, evse, transaction, "Ended", "StopAuthorized")
    wire_reason = STOPPED_REASON.get(reason, reason)
    payload["triggerReason"] = STOP_TRIGGER.get(reason) or STOP_TRIGGER.get(wire_reason) or "AbnormalCondition"
    payload["transactionInfo"] |= {"stoppedReason": wire_reason, "chargingState": "EVConnected" if evse.car else "Idle"}
    payload["meterValue"] = [meter_value(payload["timestamp"], sample, "Transaction.End")]
    if transaction.token and reason == "Local":
        payload["idToken"] = id_token(transaction.token)
    return Message("TransactionEvent", payload, transaction)


def _event(station: Station, evse: Evse, transaction: Transaction, event_type: str, trigger_reason: str) -> dict:
    at = {"Started": transaction.started_at, "Ended": transaction.stopped_at}.get(event_type) or clock.now()
    info: dict = {"transactionId": transaction.id}
    if state := CHARGING_STATE.get(evse.status):
        info["chargingState"] = state
    payload = {
        "eventType": event_type,
        "timestamp": clock.stamp(at),
        "triggerReason": trigger_reason,
        "seqNo": transaction.next_seq_no(),
        "transactionInfo": info,
        "evse": {"id": evse.number, "connectorId": 1},
    }
    return payload | ({} if station.connected else {"offline": True})


def meter_value(timestamp: str, sample: Sample, context: str) -> dict:
    """Energy, power, current and voltage per phase, and the state of charge where known."""

    def value(measurand: str, number: float, unit: str, **more: str) -> dict:
        shape = {"value": number, "context": context, "measurand": measurand, "location": "Outlet"}
        return shape | {"unitOfMeasure": {"unit": unit, "multiplier": 0}} | more

    one_line = len(sample.current_a) == 1
    sampled = [
        value("Energy.Active.Import.Register", sample.energy_wh, "Wh"),
        value("Power.Active.Import", sample.power_w, "W"),
    ]
    for line, (current_a, voltage_v) in enumerate(zip(sample.current_a, sample.voltage_v, strict=True), start=1):
        sampled.append(value("Current.Import", current_a, "A", **({} if one_line else {"phase": f"L{line}"})))
        sampled.append(value("Voltage", voltage_v, "V", **({} if one_line else {"phase": f"L{line}-N"})))
    if sample.soc_percent is not None:
        sampled.append(value("SoC", sample.soc_percent, "Percent", location="EV"))
    return {"timestamp": timestamp, "sampledValue": sampled}


def firmware_status(status: str, request_id: int | None) -> Message:
    """`requestId` is mandatory unless the status is Idle (L01.FR.20)."""
    return Message("FirmwareStatusNotification", _with_request(status, request_id))


def log_status(status: str, request_id: int | None) -> Message:
    return Message("LogStatusNotification", _with_request(status, request_id))


def _with_request(status: str, request_id: int | None) -> dict:
    return {"status": status} | ({} if request_id is None else {"requestId": request_id})
