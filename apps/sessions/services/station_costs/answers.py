"""What stations answer about tariffs: what they hold now, what they refused, what failed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers.choices import CommandState
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.tariffs import DefaultTariffAnswered, TariffsCleared, TariffsListed
from apps.chargers.services.commands.nudging import nudge_stations
from apps.sessions.choices import HeldTariffState
from apps.sessions.models import StationPricing, StationTariff
from apps.sessions.services.station_costs.refusals import note_refusals
from apps.sessions.services.station_costs.tariffs import AFTER_FAILURE
from apps.tariffs.engine.tariff_ocpp21 import to_ocpp21
from apps.tariffs.models import TariffVersion
from apps.tariffs.selectors import engine_tariffs

DEFAULT = "DefaultTariff"
STATES = {
    "Accepted": HeldTariffState.HELD,
    "TooManyElements": HeldTariffState.TOO_MANY,
    "ConditionNotSupported": HeldTariffState.UNSUPPORTED,
}


@transaction.atomic(savepoint=False)
def learn_default_tariffs(lessons: Sequence[Lesson[DefaultTariffAnswered]]) -> None:
    """An accepted default takes the place of the ones before it; a refused one is kept with the station's word."""
    for lesson in lessons:
        learnt, station_id = lesson.learnt, lesson.station.station_id
        tariff_id = str(learnt.tariff["tariffId"])
        state = STATES.get(learnt.status, HeldTariffState.REJECTED)
        rows = StationTariff.objects.filter(station=station_id, kind=DEFAULT)
        if state is HeldTariffState.HELD:
            replaced = rows.filter(evse_number=learnt.evse_id) if learnt.evse_id else rows
            replaced.exclude(evse_number=learnt.evse_id, tariff_id=tariff_id).delete()
        else:
            rows.exclude(state=HeldTariffState.HELD).exclude(tariff_id=tariff_id).delete()
        version_id, losses = _ours(lesson, tariff_id)
        StationTariff.objects.update_or_create(
            station_id=station_id, evse_number=learnt.evse_id, kind=DEFAULT, tariff_id=tariff_id,
            defaults={
                "tariff_version_id": version_id, "state": state, "status_word": learnt.status[:30],
                "explanation": learnt.reason[:300], "losses": losses, "told_at": lesson.at,
            },
        )  # fmt: skip
    nudge_stations({lesson.station.station_id for lesson in lessons})


@transaction.atomic(savepoint=False)
def learn_listed_tariffs(lessons: Sequence[Lesson[TariffsListed]]) -> None:
    """What the station lists is what it holds; what it does not list, it does not hold. Refusals stay."""
    for lesson in lessons:
        learnt, station_id = lesson.learnt, lesson.station.station_id
        held = StationTariff.objects.filter(station=station_id, state=HeldTariffState.HELD)
        (held.filter(evse_number__in=(0, learnt.evse_id)) if learnt.evse_id else held).delete()
        for tariff in learnt.tariffs:
            version_id, losses = _ours(lesson, tariff.tariff_id)
            for evse in tariff.evse_ids or (0,):
                StationTariff.objects.update_or_create(
                    station_id=station_id, evse_number=evse, kind=tariff.kind, tariff_id=tariff.tariff_id,
                    defaults={
                        "tariff_version_id": version_id, "state": HeldTariffState.HELD, "status_word": "",
                        "explanation": "", "losses": losses, "told_at": lesson.at,
                    },
                )  # fmt: skip
    nudge_stations({lesson.station.station_id for lesson in lessons})


@transaction.atomic(savepoint=False)
def learn_cleared_tariffs(lessons: Sequence[Lesson[TariffsCleared]]) -> None:
    for lesson in lessons:
        learnt = lesson.learnt
        rows = StationTariff.objects.filter(station=lesson.station.station_id)
        if learnt.evse_id:
            rows = rows.filter(evse_number=learnt.evse_id)
        (rows if learnt.everything else rows.filter(tariff_id__in=learnt.tariff_ids)).delete()
    nudge_stations({lesson.station.station_id for lesson in lessons})


def note_price_command(*, command_id: int, state: str, at: datetime) -> None:
    """A command about prices ended: remember a refusal; what failed on its way is told again later."""
    if state == CommandState.ACCEPTED:
        return
    note_refusals([command_id])
    if state == CommandState.REJECTED:  # the station's last word until the price changes
        return
    told = StationPricing.objects.filter(command_id=command_id)
    told.exclude(tariff_version=None).update(tariff_version=None, next_push_at=at + AFTER_FAILURE)


def _ours(lesson: Lesson, tariff_id: str) -> tuple[int | None, list[str]]:
    """The version that we call so, and what a station was not told of it."""
    tariff_pk, _, number = tariff_id.rpartition("-")
    if not (tariff_pk.isascii() and tariff_pk.isdecimal() and number.isascii() and number.isdecimal()):
        return None, []
    if len(tariff_pk) > 18 or len(number) > 9:
        return None, []
    version = TariffVersion.objects.filter(
        tariff=int(tariff_pk), number=int(number), tariff__organisation=lesson.station.organisation_id
    ).first()
    if version is None:
        return None, []
    return version.pk, [loss.message for loss in to_ocpp21(engine_tariffs([version.pk])[version.pk]).losses]
