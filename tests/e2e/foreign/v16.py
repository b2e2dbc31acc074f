"""A 1.6 charger with one connector, on the ``ocpp`` library's ChargePoint."""

from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result

from tests.e2e.foreign.line import Firmware, Line, now

CONNECTOR = 1


class Charger16(Firmware, ChargePoint):
    """Everything is told at once; ``call`` raises what the central system answers with CALLERROR."""

    def __init__(self, url: str, identity: str, password: str) -> None:
        line = Line(url, identity, password, "ocpp1.6")
        super().__init__(identity, line, response_timeout=10)
        self.install(line)
        self.configuration = {"HeartbeatInterval": "300", "MeterValueSampleInterval": "60"}

    # --- what it tells ------------------------------------------------------------------------------

    async def ask(self, request):
        return await self.call(request, suppress=False)

    async def boot(self) -> None:
        answer = await self.ask(call.BootNotification("Model F", "Foreign", firmware_version="6.1"))
        assert answer.status == "Accepted"

    async def tell_status(self, status: str) -> None:
        await self.ask(call.StatusNotification(CONNECTOR, "NoError", status, timestamp=now()))

    async def heartbeat(self) -> str:
        return (await self.ask(call.Heartbeat())).current_time

    async def authorise(self, card: str) -> str:
        return (await self.ask(call.Authorize(card))).id_tag_info["status"]

    async def start_charging(self, card: str) -> str:
        """Returns the verdict on the card."""
        await self.tell_status("Preparing")
        answer = await self.ask(call.StartTransaction(CONNECTOR, card, self.register_wh, now()))
        self.transaction_id = answer.transaction_id
        await self.tell_status("Charging")
        return answer.id_tag_info["status"]

    async def tell_meter(self, energy_wh: int, power_w: int, current_a: float) -> None:
        self.register_wh = energy_wh
        values = [
            {"value": str(energy_wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": str(power_w), "measurand": "Power.Active.Import", "unit": "W"},
            {"value": str(current_a), "measurand": "Current.Import", "unit": "A", "phase": "L1"},
        ]
        line = {"timestamp": now(), "sampledValue": values}
        await self.ask(call.MeterValues(CONNECTOR, [line], transaction_id=self.transaction_id))

    async def stop_charging(self, *, reason: str = "Local") -> None:
        await self.ask(call.StopTransaction(self.register_wh, now(), self.transaction_id, reason=reason))
        self.transaction_id = None
        await self.tell_status("Available")

    async def transfer(self, vendor: str) -> str:
        return (await self.ask(call.DataTransfer(vendor, data="x"))).status

    async def tell_rest(self) -> None:
        """The notices that belong to no session."""
        await self.ask(call.FirmwareStatusNotification("Installed"))
        await self.ask(call.DiagnosticsStatusNotification("Uploaded"))
        await self.ask(call.LogStatusNotification("Uploaded", request_id=1))
        await self.ask(call.SignedFirmwareStatusNotification("Installed", request_id=2))
        await self.ask(call.SecurityEventNotification("SettingSystemTime", now(), tech_info="by hand"))

    # --- what it obeys ------------------------------------------------------------------------------

    @on("RemoteStartTransaction")
    def on_remote_start(self, id_tag: str, connector_id: int | None = None):
        return call_result.RemoteStartTransaction("Rejected" if self.transaction_id else "Accepted")

    @after("RemoteStartTransaction")
    async def after_remote_start(self, id_tag: str, connector_id: int | None = None):
        if self.transaction_id is None:
            await self.start_charging(id_tag)
        self.asked.append("RemoteStartTransaction")

    @on("RemoteStopTransaction")
    def on_remote_stop(self, transaction_id: int):
        return call_result.RemoteStopTransaction("Accepted" if transaction_id == self.transaction_id else "Rejected")

    @after("RemoteStopTransaction")
    async def after_remote_stop(self, transaction_id: int):
        if transaction_id == self.transaction_id:
            await self.stop_charging(reason="Remote")
        self.asked.append("RemoteStopTransaction")

    @on("Reset")
    def on_reset(self, type: str):
        return call_result.Reset("Accepted")

    @after("Reset")
    async def after_reset(self, type: str):
        await self.restart()
        self.asked.append(f"Reset {type}")

    @on("UnlockConnector")
    def on_unlock(self, connector_id: int):
        self.asked.append(f"UnlockConnector {connector_id}")
        return call_result.UnlockConnector("Unlocked" if connector_id == CONNECTOR else "NotSupported")

    @on("TriggerMessage")
    def on_trigger(self, requested_message: str, connector_id: int | None = None):
        known = {"Heartbeat", "StatusNotification", "MeterValues", "BootNotification"}
        return call_result.TriggerMessage("Accepted" if requested_message in known else "NotImplemented")

    @after("TriggerMessage")
    async def after_trigger(self, requested_message: str, connector_id: int | None = None):
        if requested_message == "Heartbeat":
            await self.heartbeat()
        elif requested_message == "StatusNotification":
            await self.tell_status("Available" if self.operative else "Unavailable")
        elif requested_message == "MeterValues":
            await self.tell_meter(self.register_wh, 0, 0)
        elif requested_message == "BootNotification":
            await self.boot()
        self.asked.append(f"TriggerMessage {requested_message}")

    @on("ExtendedTriggerMessage")
    def on_extended_trigger(self, requested_message: str, connector_id: int | None = None):
        return call_result.ExtendedTriggerMessage("Accepted")

    @after("ExtendedTriggerMessage")
    async def after_extended_trigger(self, requested_message: str, connector_id: int | None = None):
        await self.ask(call.LogStatusNotification("Idle", request_id=0))
        self.asked.append(f"ExtendedTriggerMessage {requested_message}")

    @on("ChangeAvailability")
    def on_change_availability(self, connector_id: int, type: str):
        self.operative = type == "Operative"
        return call_result.ChangeAvailability("Accepted")

    @after("ChangeAvailability")
    async def after_change_availability(self, connector_id: int, type: str):
        await self.tell_status("Available" if self.operative else "Unavailable")
        self.asked.append(f"ChangeAvailability {type}")

    @on("GetConfiguration")
    def on_get_configuration(self, key: list[str] | None = None):
        wanted = key or list(self.configuration)
        known = [
            {"key": name, "readonly": False, "value": self.configuration[name]}
            for name in wanted
            if name in self.configuration
        ]
        unknown = [name for name in wanted if name not in self.configuration]
        return call_result.GetConfiguration(known, unknown)

    @on("ChangeConfiguration")
    def on_change_configuration(self, key: str, value: str):
        if key not in self.configuration:
            return call_result.ChangeConfiguration("NotSupported")
        self.configuration[key] = value
        return call_result.ChangeConfiguration("Accepted")

    @on("ClearCache")
    def on_clear_cache(self):
        return call_result.ClearCache("Accepted")

    @on("DataTransfer")
    def on_data_transfer(self, vendor_id: str, message_id: str | None = None, data: str | None = None):
        return call_result.DataTransfer("Accepted", data=f"{message_id}: {data}")
