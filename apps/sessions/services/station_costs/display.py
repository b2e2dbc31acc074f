"""What displays show of the price for everybody before anybody charges: variables that a station may have.

2.x: ``TariffCostCtrlr`` with ``Currency``, ``TariffFallbackMessage`` and (2.1) ``OfflineTariffFallbackMessage``; 1.6:
the keys ``DefaultPriceText`` (California pricing). Only those that the station told of, may be written, and differ.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from apps.chargers.models import DeviceVariable
from apps.sessions.engine.price_texts import default_price_text, price_text
from apps.tariffs.engine.tariff import Tariff

COST_COMPONENT, CURRENCY = "TariffCostCtrlr", "Currency"
TEXTS = ("TariffFallbackMessage", "OfflineTariffFallbackMessage")
TEXTS_16 = ("DefaultPriceText", "DefaultPriceText,en")
LANGUAGES = ("", "en")
"""The texts are English: of variables with an instance per language the others are left to people."""
MAX_LENGTH = 255
"""Of a text whose length the station has not bounded."""
_SHOWN = Q(component__iexact=COST_COMPONENT, variable__in=(CURRENCY, *TEXTS), variable_instance__in=LANGUAGES)
_SHOWN_16 = Q(component="ConfigurationKey", variable__in=TEXTS_16)


def display_variables(station_ids: Iterable[int]) -> dict[int, list[DeviceVariable]]:
    """What can be set at each of these stations. One query."""
    found: dict[int, list[DeviceVariable]] = defaultdict(list)
    rows = DeviceVariable.objects.filter(_SHOWN | _SHOWN_16, station__in=list(station_ids), attribute="Actual")
    for variable in rows.exclude(mutability="ReadOnly").order_by("pk"):
        found[variable.station_id].append(variable)
    return found


def changes_of(variables: Sequence[DeviceVariable], tariff: Tariff) -> tuple[dict[str, str], ...]:
    """What ``SetVariables`` is to set so that the display tells ``tariff``; nothing where it does so already."""
    wanted = ((variable, _value(variable, tariff)) for variable in variables)
    return tuple(
        {"component": variable.component, "variable": variable.variable, "value": value}
        | ({"variable_instance": variable.variable_instance} if variable.variable_instance else {})
        for variable, value in wanted
        if value != variable.value
    )


def _value(variable: DeviceVariable, tariff: Tariff) -> str:
    if variable.variable in TEXTS_16:
        return default_price_text(tariff)
    if variable.variable == CURRENCY:
        return tariff.currency
    return price_text(tariff, int(variable.max_limit) if variable.max_limit else MAX_LENGTH)
