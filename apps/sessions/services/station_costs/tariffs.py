"""The price for everybody at stations: the default tariff of 2.1, the key DefaultPrice of 1.6, texts of displays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from apps.accounts.models import User
from apps.chargers.choices import UNSETTLED_STATES, CommandOrigin, CommandState, OcppVersion
from apps.chargers.messages.commands import Command, SetVariables
from apps.chargers.messages.commands.tariffs import ClearTariffs, GetTariffs, SetDefaultTariff
from apps.chargers.models import ChargingStation, DeviceVariable, StationCommand
from apps.chargers.services.commands import CommandRefused, announce_commands, enqueue, insert_commands
from apps.core.audit import record_audit
from apps.sessions.choices import PriceTelling
from apps.sessions.engine.price_texts import default_price
from apps.sessions.models import StationPricing
from apps.sessions.services.station_costs.display import (
    COST_COMPONENT,
    CURRENCY,
    TEXTS,
    changes_of,
    display_variables,
)
from apps.sessions.services.station_costs.stations import (
    DEFAULT_PRICE,
    DEFAULT_PRICE_16,
    KEY_COMPONENT,
    TARIFF,
    TEXT_201,
    stations_for,
)
from apps.tariffs.engine.tariff import Tariff
from apps.tariffs.engine.tariff_ocpp21 import to_ocpp21
from apps.tariffs.selectors import TariffQuestion, engine_tariffs, tariff_versions_for

DEADLINE = timedelta(minutes=2)
AFTER_FAILURE = timedelta(hours=1)
BATCH = 200


@transaction.atomic
def push_prices(*, at: datetime, limit: int = BATCH) -> int:
    """Tell stations the price for everybody where it is another than they were told last; how many were told.

    Where no tariff is assigned any more, 2.1 stations clear theirs. After a failure an hour passes.
    """
    stations = _candidates(at)
    wanted = tariff_versions_for([TariffQuestion(s.site_id, at, s.area_id) for s in stations])
    changed = [
        (station, version_id)
        for station, version_id in zip(stations, wanted, strict=True)
        if version_id != station.told_version and (version_id or station.protocol == OcppVersion.OCPP21)
    ][:limit]
    _tell(changed, at)
    return len(changed)


def push_price(
    *, station: ChargingStation, actor: User, at: datetime, origin: CommandOrigin, address: str | None = None
) -> StationCommand:
    """Tell this station now, whatever it was told before. Raises ``CommandRefused``."""
    (version_id,) = tariff_versions_for([TariffQuestion(station.site_id, at, station.area_id)])
    tariff = engine_tariffs({version_id} - {None}).get(version_id)
    if tariff is None:
        raise CommandRefused("No tariff applies at this station now. Assign one to its site first.")
    commands = _commands(station, tariff, display_variables([station.pk])[station.pk])
    if not commands:
        raise CommandRefused(
            "Stations with OCPP 2.0.1 take no tariff; they are told the cost of each session. This one has no text"
            " about prices to be set, or shows it already."
        )
    with transaction.atomic():
        asked = [
            enqueue(station=station, command=command, actor=actor, origin=origin, at=at, address=address)
            for command in commands
        ]
        _remember([(station, version_id, asked[0])], at)
    return asked[0]


def read_tariffs(
    *, station: ChargingStation, actor: User, at: datetime, origin: CommandOrigin, address: str | None = None
) -> StationCommand:
    """Ask which tariffs the station holds (2.1). Raises ``CommandRefused``."""
    _need_21(station)
    return enqueue(station=station, command=GetTariffs(), actor=actor, origin=origin, at=at, address=address)


def clear_tariffs(
    *, station: ChargingStation, actor: User, at: datetime, origin: CommandOrigin, address: str | None = None
) -> StationCommand:
    """Let the station forget every tariff (2.1). It is told again when the tariff changes or after a boot."""
    _need_21(station)
    return enqueue(station=station, command=ClearTariffs(), actor=actor, origin=origin, at=at, address=address)


def set_telling(*, station: ChargingStation, telling: str, actor: User, address: str | None = None) -> None:
    """Switch whether the station is told prices; what it refused before is tried again."""
    with transaction.atomic():
        row, _ = StationPricing.objects.get_or_create(station=station)
        before = row.telling
        row.telling, row.refused, row.next_push_at = PriceTelling(telling), {}, None
        row.save(update_fields=["telling", "refused", "next_push_at"])
        record_audit(
            actor=actor,
            action="station.price_telling_changed",
            subject=station,
            organisation=station.site.organisation,
            changes={"telling": [before, telling]},
            address=address,
        )


def forget_told_price(*, station_id: int) -> None:
    """After a boot nobody knows what the station kept: it is told again."""
    StationPricing.objects.filter(station_id=station_id).update(tariff_version=None, next_push_at=None)


def _candidates(at: datetime) -> list[ChargingStation]:
    has_key = DeviceVariable.objects.filter(
        station=OuterRef("pk"), component=KEY_COMPONENT, variable__iexact=DEFAULT_PRICE
    )
    due = Q(pricing=None) | Q(pricing__next_push_at=None) | Q(pricing__next_push_at__lte=at)
    found: list[ChargingStation] = []
    has_text = DeviceVariable.objects.filter(
        station=OuterRef("pk"), component__iexact=COST_COMPONENT, variable__in=(CURRENCY, *TEXTS)
    ).exclude(mutability="ReadOnly")
    for stations in (
        stations_for(TARIFF),
        stations_for(TEXT_201).filter(Exists(has_text)),
        stations_for(DEFAULT_PRICE_16).filter(Exists(has_key)),
    ):
        unsettled = Q(pricing__command__state__in=UNSETTLED_STATES)
        found += (
            stations.filter(due).exclude(unsettled).annotate(told_version=F("pricing__tariff_version")).order_by("pk")
        )
    return found


def _tell(changed: Sequence[tuple[ChargingStation, int | None]], at: datetime) -> None:
    tariffs = engine_tariffs({version_id for _, version_id in changed if version_id})
    shown = display_variables([station.pk for station, _ in changed])
    wanted = [
        (station.pk, command)
        for station, version_id in changed
        for command in _commands(station, tariffs.get(version_id or 0), shown[station.pk])
    ]
    commands = insert_commands(
        wanted, origin=CommandOrigin.AUTOMATION, state=CommandState.PENDING, at=at, deadline_at=at + DEADLINE
    )
    first: dict[int, StationCommand] = {}
    for command in commands:
        first.setdefault(command.station_id, command)
    _remember([(station, version_id, first.get(station.pk)) for station, version_id in changed], at)
    announce_commands(list(first))


def _commands(station: ChargingStation, tariff: Tariff | None, shown: Sequence[DeviceVariable]) -> list[Command]:
    """The one that tells the price, where the version has it, then what displays show, one setting in each."""
    if tariff is None:
        return [ClearTariffs()] if station.protocol == OcppVersion.OCPP21 else []
    price: list[Command] = []
    if station.protocol == OcppVersion.OCPP16:
        key = {"component": KEY_COMPONENT, "variable": DEFAULT_PRICE, "value": default_price(tariff)}
        price = [SetVariables((key,))]
    elif station.protocol == OcppVersion.OCPP21:
        price = [SetDefaultTariff(0, to_ocpp21(tariff).tariff)]
    return [*price, *(SetVariables((change,)) for change in changes_of(shown, tariff))]


def _remember(told: Sequence[tuple[ChargingStation, int | None, StationCommand | None]], at: datetime) -> None:
    rows = [
        StationPricing(station=station, tariff_version_id=version_id, command=command, told_at=at)
        for station, version_id, command in told
    ]
    fields = ["tariff_version", "command", "told_at"]
    StationPricing.objects.bulk_create(rows, update_conflicts=True, unique_fields=["station"], update_fields=fields)


def _need_21(station: ChargingStation) -> None:
    if station.protocol != OcppVersion.OCPP21:
        raise CommandRefused("Only stations with OCPP 2.1 hold tariffs.")
