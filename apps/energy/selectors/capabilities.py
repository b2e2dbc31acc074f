"""What a station can take of profiles."""

from apps.chargers.models import ChargingStation, DeviceVariable
from apps.energy.engine.capabilities import VARIABLES, Capabilities, overrule, read_capabilities
from apps.energy.models import ChargingControl

_COMPONENTS = ("ConfigurationKey", "SmartChargingCtrlr")


def capabilities_of(station: ChargingStation, evse_number: int) -> Capabilities:
    """From the station's variables, its EVSEs, and what people know better. Three queries."""
    rows = DeviceVariable.objects.filter(station=station, component__in=_COMPONENTS, attribute="Actual")
    values = {
        f"{component}.{variable}".lower(): value or _most(most)
        for component, variable, value, most in rows.values_list("component", "variable", "value", "max_limit")
        if f"{component}.{variable}".lower() in VARIABLES
    }
    evses = [evse for evse in station.evses.all() if evse_number in (0, evse.number)]
    known = read_capabilities(
        values,
        phases=max((evse.phases for evse in evses), default=3),
        is_dc=bool(evses) and all(evse.is_dc for evse in evses),
    )
    control = ChargingControl.objects.filter(station=station).first()
    if control is None:
        return known
    return overrule(
        known, max_stack_level=control.max_stack_level, max_periods=control.max_periods, unit=control.rate_unit
    )


def _most(max_limit: float | None) -> str:
    return "" if max_limit is None else str(int(max_limit))
