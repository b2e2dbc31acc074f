"""How much of what one message to a station may hold, by its own word in the device model."""

from apps.chargers.engine.splitting import MessageLimits
from apps.chargers.models import ChargingStation, DeviceVariable

_CONTROLLERS = {
    "GetVariables": "DeviceDataCtrlr",
    "SetVariables": "DeviceDataCtrlr",
    "GetReport": "DeviceDataCtrlr",
    "SetVariableMonitoring": "MonitoringCtrlr",
    "ClearVariableMonitoring": "MonitoringCtrlr",
}


def message_limits(station: ChargingStation, message: str) -> MessageLimits:
    """``ItemsPerMessage`` and ``BytesPerMessage`` of ``message`` (2.0.1 part 2, referenced variables of
    DeviceDataCtrlr and MonitoringCtrlr); in 1.6 GetConfigurationMaxKeys, and one key per ChangeConfiguration."""
    if station.protocol == "ocpp1.6":
        if message == "SetVariables":
            return MessageLimits(items=1)
        return MessageLimits(items=_number(_told(station, "ConfigurationKey", "GetConfigurationMaxKeys", "")))
    controller = _CONTROLLERS[message]
    return MessageLimits(
        items=_number(_told(station, controller, "ItemsPerMessage", message)),
        size_bytes=_number(_told(station, controller, "BytesPerMessage", message)),
    )


def _told(station: ChargingStation, component: str, variable: str, instance: str) -> list[str]:
    """Values, the strictest reading of which counts: some stations tell one number for all messages."""
    rows = DeviceVariable.objects.filter(
        station=station, component__iexact=component, variable__iexact=variable, attribute__in=("Actual", "MaxSet"),
        variable_instance__in={instance, ""},
    )  # fmt: skip
    return [value for value in rows.values_list("value", flat=True) if value]


def _number(values: list[str]) -> int:
    numbers = [int(value) for value in values if value.strip().isascii() and value.strip().isdigit()]
    return min((number for number in numbers if number > 0), default=0)
