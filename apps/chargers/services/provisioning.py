"""Boots: what a station says of itself, whether it is let in, and what we ask of it afterwards."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers import events
from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.engine.text import clip
from apps.chargers.facts import Fact
from apps.chargers.messages.commands import Command, GetBaseReport, GetVariables
from apps.chargers.messages.events import BootNotified
from apps.chargers.messages.replies import BootReply, RegistrationStatus
from apps.chargers.services.boot_rows import BootPicture, load_boot_pictures, update_booted_stations
from apps.chargers.services.commands import Confirmation, announce_commands, confirm_commands, insert_commands
from apps.chargers.services.notices import Notice, insert_notices
from apps.chargers.services.pictures import nudge_pages
from apps.chargers.services.quirk_profiles import resolve_quirks
from apps.core import outbox
from apps.core.ids import reserve_numbers

WAITING_INTERVAL_S = 60
"""How soon a station that is not accepted may ask again."""
JITTER = 0.1
PROVISIONING_PAUSE = timedelta(hours=1)
"""Some models restart when they are asked for everything: ask by ourselves at most once in this time."""
PROVISIONING_DEADLINE = timedelta(minutes=5)


@transaction.atomic(savepoint=False)
def record_boots(facts: Sequence[Fact[BootNotified]]) -> list[BootReply]:
    """Store BootNotifications of many stations, at most one of each, and answer by the station's registration.

    Accepted gets the station's heartbeat interval ± 10 %, so that a storm does not come back as one (exactly
    the interval where provisioning is switched off). A changed serial
    number means replaced hardware and is noted, as is a changed firmware. Resets that waited for a boot are confirmed.
    Where provisioning is switched on and the device model is empty or the firmware changed, it is asked for.
    """
    if not facts:
        return []
    at = max(fact.received_at for fact in facts)
    stations = [fact.station.station_id for fact in facts]
    pictures = load_boot_pictures(stations, asked_since=at - PROVISIONING_PAUSE)
    booted = [fact for fact in facts if fact.station.station_id in pictures]
    update_booted_stations(booted)
    outbox.record_many(_booted_event(fact, pictures[fact.station.station_id]) for fact in booted)
    notices = [notice for fact in booted for notice in _changes(fact, pictures[fact.station.station_id])]
    if notices:
        insert_notices(notices)
    confirm_commands([Confirmation(fact.station.station_id, events.STATION_BOOTED) for fact in booted], at=at)
    pictures = _with_quirks(booted, pictures)
    _provision([fact for fact in booted if pictures[fact.station.station_id].wants_provisioning(fact.event)], at)
    nudge_pages(picture.station for picture in pictures.values())
    return [_answer(fact, pictures.get(fact.station.station_id)) for fact in facts]


def _with_quirks(facts: Sequence[Fact[BootNotified]], pictures: dict[int, BootPicture]) -> dict[int, BootPicture]:
    """The pictures with the habits of what the stations now say they are; open sockets learn of them."""
    changed = [f.station.station_id for f in facts if pictures[f.station.station_id].kind_changed(f.event)]
    found = resolve_quirks(changed)
    return {pk: replace(picture, quirks=found.get(pk, picture.quirks)) for pk, picture in pictures.items()}


def _answer(fact: Fact[BootNotified], picture: BootPicture | None) -> BootReply:
    registration = RegistrationStatus(picture.station.registration) if picture else RegistrationStatus.REJECTED
    interval_s = WAITING_INTERVAL_S
    if registration is RegistrationStatus.ACCEPTED and picture:
        jitter = JITTER if picture.provisioning_enabled else 0
        interval_s = max(1, round(picture.heartbeat_interval_s * random.uniform(1 - jitter, 1 + jitter)))
    return BootReply(status=registration, current_time=fact.received_at, interval_s=interval_s)


def _booted_event(fact: Fact[BootNotified], picture: BootPicture) -> outbox.Event:
    boot = fact.event
    return outbox.Event(
        events.STATION_BOOTED,
        picture.station.pk,
        {
            "organisation_id": picture.station.organisation_id,
            "site_id": picture.station.site_id,
            "at": fact.received_at.isoformat(),
            "reason": clip(boot.reason, 40),
            "firmware_version": clip(boot.firmware_version, 80) or picture.firmware_version,
            "firmware_before": picture.firmware_version,
            "firmware_changed": picture.firmware_changed(boot),
            "serial_number": clip(boot.serial_number, 80) or picture.serial_number,
            "serial_before": picture.serial_number,
            "serial_changed": picture.serial_changed(boot),
        },
    )


def _changes(fact: Fact[BootNotified], picture: BootPicture) -> list[Notice]:
    boot, pk, at = fact.event, picture.station.pk, fact.received_at
    notices = []
    if picture.serial_changed(boot):
        title = f"Hardware replaced: serial number {picture.serial_number} → {boot.serial_number}"
        details = {"before": picture.serial_number, "after": boot.serial_number}
        notices.append(Notice(pk, "hardware", title, at, at, details=details))
    if picture.firmware_changed(boot):
        title = f"Firmware {picture.firmware_version} → {boot.firmware_version}"
        details = {"before": picture.firmware_version, "after": boot.firmware_version}
        notices.append(Notice(pk, "firmware", title, at, at, details=details))
    return notices


def _provision(facts: Sequence[Fact[BootNotified]], at: datetime) -> None:
    """Ask for the whole device model: a base report in 2.x, all configuration keys in 1.6."""
    if not facts:
        return
    request_ids = iter(reserve_numbers("ocpp_request", how_many=len(facts)))
    insert_commands(
        [(fact.station.station_id, _inventory(fact, next(request_ids))) for fact in facts],
        origin=CommandOrigin.AUTOMATION,
        state=CommandState.PENDING,
        at=at,
        deadline_at=at + PROVISIONING_DEADLINE,
    )
    announce_commands([fact.station.station_id for fact in facts])


def _inventory(fact: Fact[BootNotified], request_id: int) -> Command:
    return GetVariables() if fact.station.protocol == "ocpp1.6" else GetBaseReport(request_id=request_id)
