"""The device model of a simulated 2.0.1 station: components, variables, reports."""

from dataclasses import dataclass

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v201 import network

ITEMS_PER_REPORT = 12


@dataclass
class Variable:
    """One variable of one component. `data_type` integer rejects other text; write-only values never leave."""

    component: str
    name: str
    value: str
    mutability: str = "ReadOnly"
    data_type: str = "string"
    unit: str | None = None
    evse: int | None = None
    connector: int | None = None
    instance: str | None = None
    needs_reboot: bool = False
    max_limit: int | None = None

    def component_data(self) -> dict:
        if self.evse is None:
            return {"name": self.component}
        evse = {"id": self.evse} | ({} if self.connector is None else {"connectorId": self.connector})
        return {"name": self.component, "evse": evse}

    def variable_data(self) -> dict:
        return {"name": self.name} | ({} if self.instance is None else {"instance": self.instance})

    def report_data(self) -> dict:
        attribute: dict = {"type": "Actual", "mutability": self.mutability, "persistent": True, "constant": False}
        if self.mutability != "WriteOnly":
            attribute["value"] = self.value
        about = {"dataType": self.data_type, "supportsMonitoring": self.name in ("Problem", "Temperature", "Power")}
        if self.max_limit is not None:
            about["maxLimit"] = self.max_limit
        return {
            "component": self.component_data(),
            "variable": self.variable_data(),
            "variableAttribute": [attribute],
            "variableCharacteristics": about | ({"unit": self.unit} if self.unit else {}),
        }


def new_device_model(station: Station) -> dict:
    """The variables by key (see `key`)."""
    variables = [*_controllers(station), *_station(station), *_prices(station)]
    for number in station.evses:
        variables += _evse(station, number)
    return {key(item.component_data(), item.variable_data()): item for item in variables}


def key(component: dict, variable: dict) -> tuple:
    """The identity of a variable; names are case-insensitive (2.0.1 Part 2 §4.1)."""
    evse = component.get("evse", {})
    return (
        component["name"].lower(),
        evse.get("id"),
        evse.get("connectorId"),
        variable["name"].lower(),
        variable.get("instance", "").lower(),
    )


def _setting(component: str, name: str, value: object, data_type: str = "integer", **more) -> Variable:
    return Variable(component, name, str(value), mutability="ReadWrite", data_type=data_type, **more)


def _prices(station: Station) -> list[Variable]:
    if not station.spec.shows_prices:
        return []
    return [
        _setting("TariffCostCtrlr", "Enabled", "true", "boolean", instance=instance) for instance in ("Tariff", "Cost")
    ]


def _controllers(station: Station) -> list[Variable]:
    retries = {"instance": "TransactionEvent"}
    return [
        _setting("OCPPCommCtrlr", "HeartbeatInterval", station.heartbeat_interval_s, unit="s"),
        _setting("OCPPCommCtrlr", "WebSocketPingInterval", round(station.ping_interval_s or 0), unit="s"),
        _setting("OCPPCommCtrlr", "MessageAttempts", station.delivery.attempts, **retries),
        _setting("OCPPCommCtrlr", "MessageAttemptInterval", round(station.delivery.retry_interval_s), **retries),
        _setting("OCPPCommCtrlr", "OfflineThreshold", 60, unit="s"),
        _setting("OCPPCommCtrlr", "ResetRetries", 3),
        _setting("OCPPCommCtrlr", "NetworkConfigurationPriority", "0", "SequenceList", needs_reboot=True),
        Variable("DeviceDataCtrlr", "ItemsPerMessage", "16", data_type="integer", instance="GetReport"),
        Variable("DeviceDataCtrlr", "ItemsPerMessage", "16", data_type="integer", instance="GetVariables"),
        Variable("DeviceDataCtrlr", "ItemsPerMessage", "16", data_type="integer", instance="SetVariables"),
        Variable("MonitoringCtrlr", "ItemsPerMessage", "8", data_type="integer", instance="SetVariableMonitoring"),
        Variable("MonitoringCtrlr", "ItemsPerMessage", "8", data_type="integer", instance="ClearVariableMonitoring"),
        _setting("SampledDataCtrlr", "TxUpdatedInterval", round(station.meter_interval_s), unit="s"),
        _setting("SampledDataCtrlr", "TxUpdatedMeasurands", "Energy.Active.Import.Register,SoC", "MemberList"),
        _setting("AlignedDataCtrlr", "Interval", 0, unit="s"),
        _setting("TxCtrlr", "EVConnectionTimeOut", 60, unit="s"),
        _setting("TxCtrlr", "StopTxOnInvalidId", "true", "boolean"),
        _setting("TxCtrlr", "TxStartPoint", "Authorized", "MemberList"),
        _setting("TxCtrlr", "TxStopPoint", "Authorized,EVConnected", "MemberList"),
        _setting("AuthCtrlr", "LocalPreAuthorize", "false", "boolean"),
        _setting("AuthCacheCtrlr", "Enabled", "true", "boolean"),
        _setting("LocalAuthListCtrlr", "Enabled", "true", "boolean"),
        _setting("AuthCtrlr", "LocalAuthorizeOffline", "true", "boolean"),
        _setting("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "true", "boolean"),
        Variable("LocalAuthListCtrlr", "Entries", "0", data_type="integer", max_limit=500),
        Variable("LocalAuthListCtrlr", "ItemsPerMessage", "50", data_type="integer"),
        Variable("LocalAuthListCtrlr", "BytesPerMessage", "20000", data_type="integer"),
        _setting("DisplayMessageCtrlr", "Enabled", "true", "boolean"),
        Variable("DisplayMessageCtrlr", "SupportedFormats", "ASCII,UTF8,URI", data_type="MemberList"),
        Variable("DisplayMessageCtrlr", "SupportedPriorities", "NormalCycle,InFront", data_type="MemberList"),
        _setting("ReservationCtrlr", "Enabled", "true", "boolean"),
        Variable("ReservationCtrlr", "NonEvseSpecific", "true", data_type="boolean"),
        _setting("SmartChargingCtrlr", "Enabled", "true", "boolean"),
        Variable("SmartChargingCtrlr", "ProfileStackLevel", "10", data_type="integer"),
        Variable("SmartChargingCtrlr", "PeriodsPerSchedule", "24", data_type="integer"),
        Variable("SmartChargingCtrlr", "RateUnit", "A,W", data_type="MemberList"),
        _setting("SecurityCtrlr", "OrganizationName", "ChargeNet", "string"),
        Variable("SecurityCtrlr", "Identity", station.spec.identity),
        Variable("SecurityCtrlr", "SecurityProfile", "1" if station.password else "0", data_type="integer"),
        Variable("SecurityCtrlr", "BasicAuthPassword", "", "WriteOnly"),
    ]


def _station(station: Station) -> list[Variable]:
    spec = station.spec
    return [
        Variable("ChargingStation", "VendorName", spec.vendor),
        Variable("ChargingStation", "Model", spec.model),
        Variable("ChargingStation", "SerialNumber", spec.serial_number),
        Variable("ChargingStation", "AvailabilityState", "Available", data_type="OptionList"),
        Variable("ChargingStation", "Available", "true", data_type="boolean"),
        Variable("ChargingStation", "Problem", "false", data_type="boolean"),
        Variable("ChargingStation", "SupplyPhases", str(spec.phases), data_type="integer"),
        Variable("Controller", "FirmwareVersion", spec.firmware),
    ]


def plug_of(station: Station) -> str:
    """The type of every connector of the station."""
    return "cCCS2" if station.spec.kind == "dc" else "sType2"


def _evse(station: Station, number: int) -> list[Variable]:
    power_w = str(round(station.spec.outlet.max_power_w))
    return [
        Variable("EVSE", "Available", "true", data_type="boolean", evse=number),
        Variable("EVSE", "AvailabilityState", "Available", data_type="OptionList", evse=number),
        Variable("EVSE", "Power", power_w, data_type="decimal", unit="W", evse=number),
        Variable("EVSE", "SupplyPhases", str(station.spec.phases), data_type="integer", evse=number),
        Variable("Connector", "ConnectorType", plug_of(station), evse=number, connector=1),
        Variable("Connector", "Available", "true", data_type="boolean", evse=number, connector=1),
        Variable("Connector", "Problem", "false", data_type="boolean", evse=number, connector=1),
    ]


def matches(variable: Variable, wanted: dict) -> bool:
    """Whether a ComponentVariable of a request means this one; a variable left out means all of the component."""
    component = wanted["component"]
    return (
        variable.component.lower() == component["name"].lower()
        and component.get("evse", {}).get("id") in (None, variable.evse)
        and wanted.get("variable", {}).get("name", variable.name).lower() == variable.name.lower()
    )


def get(station: Station, item: dict) -> dict:
    """One GetVariableResult."""
    answer = {"component": item["component"], "variable": item["variable"]}
    variable = station.settings.get(key(item["component"], item["variable"]))
    if variable is None:
        names = {name for name, *_ in station.settings}
        known = item["component"]["name"].lower() in names
        return answer | {"attributeStatus": "UnknownVariable" if known else "UnknownComponent"}
    if item.get("attributeType", "Actual") != "Actual":
        return answer | {"attributeStatus": "NotSupportedAttributeType"}
    if variable.mutability == "WriteOnly":
        return answer | {"attributeStatus": "Rejected"}
    return answer | {"attributeStatus": "Accepted", "attributeValue": variable.value}


def set_value(station: Station, item: dict) -> dict:
    """One SetVariableResult."""
    answer = {"component": item["component"], "variable": item["variable"]}
    variable: Variable | None = station.settings.get(key(item["component"], item["variable"]))
    if variable is None:
        return answer | {"attributeStatus": get(station, item)["attributeStatus"]}
    value = item["attributeValue"]
    if variable.mutability == "ReadOnly" or (variable.data_type == "integer" and not value.isdigit()):
        return answer | {"attributeStatus": "Rejected"}
    if variable.name == "BasicAuthPassword" and not 16 <= len(value) <= 40:
        return answer | {"attributeStatus": "Rejected"}
    variable.value = value
    _apply(station, variable)
    return answer | {"attributeStatus": "RebootRequired" if variable.needs_reboot else "Accepted"}


def _apply(station: Station, variable: Variable) -> None:
    match variable.component, variable.name:
        case "OCPPCommCtrlr", "HeartbeatInterval":
            station.heartbeat_interval_s = int(variable.value)
        case "SampledDataCtrlr", "TxUpdatedInterval":
            station.meter_interval_s = float(variable.value)
        case "AlignedDataCtrlr", "Interval":
            station.clock_aligned_interval_s = float(variable.value)
        case "OCPPCommCtrlr", "MessageAttempts":
            station.delivery.attempts = max(1, int(variable.value))
        case "OCPPCommCtrlr", "MessageAttemptInterval":
            station.delivery.retry_interval_s = float(variable.value)
        case "OCPPCommCtrlr", "NetworkConfigurationPriority":
            network.put_first(station, variable.value)
        case "SecurityCtrlr", "BasicAuthPassword":
            station.password = variable.value  # used at the next connect


def reports(station: Station, request_id: int, variables: list[Variable]) -> list[Message]:
    """NotifyReport in parts of twelve; every part but the last says `tbc`."""
    chunks = [variables[at : at + ITEMS_PER_REPORT] for at in range(0, len(variables), ITEMS_PER_REPORT)]
    return [
        Message(
            "NotifyReport",
            {
                "requestId": request_id,
                "generatedAt": station.now(),
                "tbc": seq_no < len(chunks) - 1,
                "seqNo": seq_no,
                "reportData": [variable.report_data() for variable in chunk],
            },
        )
        for seq_no, chunk in enumerate(chunks)
    ]
