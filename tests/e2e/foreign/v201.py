"""A 2.0.1 charger with one EVSE, on the ``ocpp`` library's ChargePoint."""

import itertools
import uuid
from dataclasses import dataclass

from ocpp.routing import after, on
from ocpp.v201 import ChargePoint, call, call_result, datatypes

from tests.e2e.foreign.line import Firmware, Line, now

EVSE = {"id": 1, "connector_id": 1}
OCPP, SAMPLED = {"name": "OCPPCommCtrlr"}, {"name": "SampledDataCtrlr"}


@dataclass
class Variable:
    component: dict
    name: str
    value: str
    mutability: str = "ReadWrite"


class Charger201(Firmware, ChargePoint):
    """Everything is told at once; ``call`` raises what the central system answers with CALLERROR."""

    subprotocol = "ocpp2.0.1"

    def __init__(self, url: str, identity: str, password: str) -> None:
        line = Line(url, identity, password, self.subprotocol)
        super().__init__(identity, line, response_timeout=10)
        self.install(line)
        self.variables = [
            Variable(OCPP, "HeartbeatInterval", "300"),
            Variable(SAMPLED, "TxUpdatedInterval", "60"),
            Variable({"name": "ChargingStation"}, "Model", "Model F", "ReadOnly"),
        ]

    # --- what it tells ------------------------------------------------------------------------------

    async def ask(self, request):
        return await self.call(request, suppress=False)

    async def boot(self) -> None:
        station = datatypes.ChargingStationType("Foreign", "Model F", firmware_version="6.1")
        answer = await self.ask(call.BootNotification(station, "PowerUp"))
        assert answer.status == "Accepted"

    async def tell_status(self, status: str) -> None:
        word = status if status in {"Available", "Unavailable", "Faulted"} else "Occupied"
        await self.ask(call.StatusNotification(now(), word, EVSE["id"], EVSE["connector_id"]))

    async def heartbeat(self) -> str:
        return (await self.ask(call.Heartbeat())).current_time

    async def authorise(self, card: str) -> str:
        return (await self.ask(call.Authorize(datatypes.IdTokenType(card, "ISO14443")))).id_token_info["status"]

    async def start_charging(self, card: str, *, remote_start_id: int | None = None) -> str:
        """Returns the verdict on the card."""
        await self.tell_status("Occupied")
        self.transaction_id = str(uuid.uuid4())
        self._seq_no = itertools.count()
        answer = await self._event(
            "Started",
            "RemoteStart" if remote_start_id else "Authorized",
            id_token=datatypes.IdTokenType(card, "ISO14443"),
            meter_value=[self._values("Transaction.Begin")],
            evse=datatypes.EVSEType(**EVSE),
            remote_start_id=remote_start_id,
        )
        return answer.id_token_info["status"]

    async def tell_meter(self, energy_wh: int, power_w: int, current_a: float) -> None:
        self.register_wh = energy_wh
        line = self._values("Sample.Periodic", power_w, current_a)
        if self.transaction_id is None:
            await self.ask(call.MeterValues(EVSE["id"], [line]))
        else:
            await self._event("Updated", "MeterValuePeriodic", meter_value=[line])

    async def stop_charging(self, *, reason: str = "Local") -> None:
        trigger = {"Remote": "RemoteStop", "ImmediateReset": "ResetCommand"}.get(reason, "StopAuthorized")
        await self._event("Ended", trigger, meter_value=[self._values("Transaction.End")], stopped_reason=reason)
        self.transaction_id = None
        await self.tell_status("Available")

    async def transfer(self, vendor: str) -> str:
        return (await self.ask(call.DataTransfer(vendor, data="x"))).status

    async def tell_rest(self) -> None:
        """The notices that belong to no session."""
        event = {
            "event_id": 1, "timestamp": now(), "trigger": "Alerting", "actual_value": "true",
            "event_notification_type": "HardWiredNotification", "component": {"name": "Connector"},
            "variable": {"name": "Problem"},
        }  # fmt: skip
        await self.ask(call.NotifyEvent(now(), 0, [event]))
        await self.ask(call.FirmwareStatusNotification("Installed", request_id=1))
        await self.ask(call.LogStatusNotification("Uploaded", request_id=2))
        await self.ask(call.SecurityEventNotification("SettingSystemTime", now(), tech_info="by hand"))

    async def _event(self, kind: str, trigger: str, *, remote_start_id=None, stopped_reason=None, **parts):
        state = None if kind == "Ended" else "Charging"
        info = datatypes.TransactionType(
            self.transaction_id, charging_state=state, remote_start_id=remote_start_id, stopped_reason=stopped_reason
        )
        return await self.ask(call.TransactionEvent(kind, now(), trigger, next(self._seq_no), info, **parts))

    def _values(self, context: str, power_w: int = 0, current_a: float = 0) -> datatypes.MeterValueType:
        rows = [
            (float(self.register_wh), "Energy.Active.Import.Register", "Wh", None),
            (float(power_w), "Power.Active.Import", "W", None),
            (float(current_a), "Current.Import", "A", "L1"),
        ]
        values = [
            datatypes.SampledValueType(value, context, measurand, phase, unit_of_measure={"unit": unit})
            for value, measurand, unit, phase in rows
        ]
        return datatypes.MeterValueType(now(), values)

    # --- what it obeys ------------------------------------------------------------------------------

    @on("RequestStartTransaction")
    def on_request_start(self, id_token: dict, remote_start_id: int, evse_id: int | None = None):
        return call_result.RequestStartTransaction("Rejected" if self.transaction_id else "Accepted")

    @after("RequestStartTransaction")
    async def after_request_start(self, id_token: dict, remote_start_id: int, evse_id: int | None = None):
        if self.transaction_id is None:
            await self.start_charging(id_token["id_token"], remote_start_id=remote_start_id)
        self.asked.append("RequestStartTransaction")

    @on("RequestStopTransaction")
    def on_request_stop(self, transaction_id: str):
        return call_result.RequestStopTransaction("Accepted" if transaction_id == self.transaction_id else "Rejected")

    @after("RequestStopTransaction")
    async def after_request_stop(self, transaction_id: str):
        if transaction_id == self.transaction_id:
            await self.stop_charging(reason="Remote")
        self.asked.append("RequestStopTransaction")

    @on("Reset")
    def on_reset(self, type: str, evse_id: int | None = None):
        return call_result.Reset("Accepted")

    @after("Reset")
    async def after_reset(self, type: str, evse_id: int | None = None):
        await self.restart()
        self.asked.append(f"Reset {type}")

    @on("UnlockConnector")
    def on_unlock(self, evse_id: int, connector_id: int):
        self.asked.append(f"UnlockConnector {evse_id}")
        return call_result.UnlockConnector("Unlocked" if evse_id == EVSE["id"] else "UnknownConnector")

    @on("TriggerMessage")
    def on_trigger(self, requested_message: str, evse: dict | None = None):
        known = {"Heartbeat", "StatusNotification", "MeterValues", "BootNotification"}
        return call_result.TriggerMessage("Accepted" if requested_message in known else "NotImplemented")

    @after("TriggerMessage")
    async def after_trigger(self, requested_message: str, evse: dict | None = None):
        if requested_message == "Heartbeat":
            await self.heartbeat()
        elif requested_message == "StatusNotification":
            await self.tell_status("Available" if self.operative else "Unavailable")
        elif requested_message == "MeterValues":
            await self.tell_meter(self.register_wh, 0, 0)
        elif requested_message == "BootNotification":
            await self.boot()
        self.asked.append(f"TriggerMessage {requested_message}")

    @on("ChangeAvailability")
    def on_change_availability(self, operational_status: str, evse: dict | None = None):
        self.operative = operational_status == "Operative"
        return call_result.ChangeAvailability("Accepted")

    @after("ChangeAvailability")
    async def after_change_availability(self, operational_status: str, evse: dict | None = None):
        await self.tell_status("Available" if self.operative else "Unavailable")
        self.asked.append(f"ChangeAvailability {operational_status}")

    @on("GetVariables")
    def on_get_variables(self, get_variable_data: list[dict]):
        return call_result.GetVariables([self._read_variable(item) for item in get_variable_data])

    @on("SetVariables")
    def on_set_variables(self, set_variable_data: list[dict]):
        return call_result.SetVariables([self._write_variable(item) for item in set_variable_data])

    def _find(self, item: dict) -> Variable | None:
        name, of = item["variable"]["name"], item["component"]["name"]
        return next((row for row in self.variables if (row.name, row.component["name"]) == (name, of)), None)

    def _read_variable(self, item: dict) -> dict:
        found = self._find(item)
        result = {"component": item["component"], "variable": item["variable"], "attribute_status": "UnknownVariable"}
        return result if found is None else result | {"attribute_status": "Accepted", "attribute_value": found.value}

    def _write_variable(self, item: dict) -> dict:
        found = self._find(item)
        status = "UnknownVariable" if found is None else "Rejected" if found.mutability == "ReadOnly" else "Accepted"
        if status == "Accepted":
            found.value = item["attribute_value"]
        return {"component": item["component"], "variable": item["variable"], "attribute_status": status}

    @on("GetBaseReport")
    def on_get_base_report(self, request_id: int, report_base: str):
        return call_result.GetBaseReport("Accepted")

    @after("GetBaseReport")
    async def after_get_base_report(self, request_id: int, report_base: str):
        """One variable in each part."""
        for seq_no, row in enumerate(self.variables):
            data = {
                "component": row.component,
                "variable": {"name": row.name},
                "variable_attribute": [{"type": "Actual", "value": row.value, "mutability": row.mutability}],
            }
            is_last = seq_no == len(self.variables) - 1
            await self.ask(call.NotifyReport(request_id, now(), seq_no, [data], tbc=not is_last))
        self.asked.append(f"GetBaseReport {report_base}")

    @on("ClearCache")
    def on_clear_cache(self):
        return call_result.ClearCache("Accepted")

    @on("DataTransfer")
    def on_data_transfer(self, vendor_id: str, message_id: str | None = None, data=None):
        return call_result.DataTransfer("Accepted", data=f"{message_id}: {data}")
