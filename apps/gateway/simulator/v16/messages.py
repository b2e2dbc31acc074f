"""Requests of a 1.6 charge point, made from the neutral station."""

from apps.gateway.simulator import clock
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.evse import Evse, Transaction
from apps.gateway.simulator.physics import Sample
from apps.gateway.simulator.station import Station


def boot(station: Station, reason: str) -> Message:
    """1.6 has no boot reason."""
    spec = station.spec
    return Message(
        "BootNotification",
        {
            "chargePointVendor": spec.vendor[:20],
            "chargePointModel": spec.model[:20],
            "chargePointSerialNumber": spec.serial_number,
            "firmwareVersion": station.firmware[:50],
            "meterType": "DC meter" if spec.kind == "dc" else "MID 3-phase",
        },
    )


def status(station: Station, evse: Evse) -> Message:
    payload = {
        "connectorId": evse.number,
        "errorCode": evse.error_code,
        "status": str(evse.status),
        "timestamp": station.now(),
    }
    return Message("StatusNotification", payload)


def station_status(station: Station) -> Message:
    """Connector 0 is the charge point as a whole; it knows only Available, Unavailable and Faulted."""
    word = "Available" if station.operative else "Unavailable"
    payload = {"connectorId": 0, "errorCode": "NoError", "status": word, "timestamp": station.now()}
    return Message("StatusNotification", payload)


def authorize(token: str) -> Message:
    return Message("Authorize", {"idTag": token})


def start_transaction(evse: Evse, transaction: Transaction) -> Message:
    payload = {
        "connectorId": evse.number,
        "idTag": transaction.token or "",
        "meterStart": int(transaction.meter_start_wh),
        "timestamp": clock.stamp(transaction.started_at),
    }
    if transaction.reservation_id is not None:
        payload["reservationId"] = transaction.reservation_id

    def remember(answer: dict) -> None:
        transaction.id, transaction.answer = answer.get("transactionId"), answer

    return Message("StartTransaction", payload, transaction, remember)


def meter_values(station: Station, evse: Evse, sample: Sample, context: str) -> Message:
    payload: dict = {"connectorId": evse.number, "meterValue": [meter_value(station.now(), sample, context)]}
    if evse.transaction is not None:
        payload["transactionId"] = evse.transaction.id
    return Message("MeterValues", payload, evse.transaction)


def stop_transaction(station: Station, transaction: Transaction, sample: Sample) -> Message:
    payload = {
        "transactionId": transaction.id,
        "meterStop": int(transaction.meter_stop_wh or 0),
        "timestamp": clock.stamp(transaction.stopped_at or clock.now()),
        "reason": transaction.stop_reason or "Local",
        "transactionData": [meter_value(station.now(), sample, "Transaction.End")],
    }
    if transaction.token:
        payload["idTag"] = transaction.token
    return Message("StopTransaction", payload, transaction)


def meter_value(timestamp: str, sample: Sample, context: str) -> dict:
    """Energy, power, current and voltage per phase, temperature, and the state of charge where known."""

    def value(measurand: str, number: float, unit: str, **more: str) -> dict:
        return (
            {"value": f"{number:g}" if number < 1e5 else str(number), "context": context, "format": "Raw"}
            | {
                "measurand": measurand,
                "unit": unit,
                "location": "Outlet",
            }
            | more
        )

    one_line = len(sample.current_a) == 1
    sampled = [
        value("Energy.Active.Import.Register", sample.energy_wh, "Wh"),
        value("Power.Active.Import", sample.power_w, "W"),
    ]
    for line, (current_a, voltage_v) in enumerate(zip(sample.current_a, sample.voltage_v, strict=True), start=1):
        sampled.append(value("Current.Import", current_a, "A", **({} if one_line else {"phase": f"L{line}"})))
        sampled.append(value("Voltage", voltage_v, "V", **({} if one_line else {"phase": f"L{line}-N"})))
    sampled.append(value("Temperature", sample.temperature_c, "Celsius", location="Body"))
    if sample.soc_percent is not None:
        sampled.append(value("SoC", sample.soc_percent, "Percent", location="EV"))
    return {"timestamp": timestamp, "sampledValue": sampled}


def firmware_status(status: str) -> Message:
    return Message("FirmwareStatusNotification", {"status": status})


def diagnostics_status(status: str) -> Message:
    return Message("DiagnosticsStatusNotification", {"status": status})
