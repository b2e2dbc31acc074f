"""Profiles that end by themselves, with their session or their time, and those that nobody answered for."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.chargers.choices import UNSETTLED_STATES
from apps.chargers.messages.charging_profiles import ProfilePurpose
from apps.chargers.services.commands.nudging import nudge_stations
from apps.energy.choices import ProfileState
from apps.energy.engine.schedules import Installed, has_ended
from apps.energy.models import InstalledProfile, PriorityUse
from apps.energy.services.installed import end, lock_controls
from apps.energy.services.learning import settle_unanswered
from apps.sessions.models import ChargingSession

WITH_SESSION = "It ended with its session."
AT_ITS_TIME = "Its time is over."
AT_ONCE = 500


@transaction.atomic
def end_with_session(*, session: ChargingSession, at: datetime) -> None:
    """A session's profiles die with it (2.0.1 K01, 1.6 §3.13.1)."""
    rows = InstalledProfile.objects.filter(
        station_id=session.station_id,
        purpose__in=(ProfilePurpose.TX, ProfilePurpose.PRIORITY),
        transaction_id=session.transaction_id,
    )
    PriorityUse.objects.filter(
        station_id=session.station_id, transaction_id=session.transaction_id, is_active=True
    ).update(is_active=False)
    if not rows.open().exists():
        return
    lock_controls([session.station_id])
    end(rows, ProfileState.EXPIRED, at, WITH_SESSION)
    nudge_stations([session.station_id])


@transaction.atomic
def join_profile_to_session(*, session: ChargingSession) -> None:
    """The profile that came with a remote start belongs to the session that followed."""
    rows = InstalledProfile.objects.open().filter(
        station_id=session.station_id,
        purpose=ProfilePurpose.TX,
        transaction_id="",
        evse_number__in=(0, session.evse_number),
    )
    newest = rows.order_by("-created_at").first()
    if newest is not None:
        InstalledProfile.objects.filter(pk=newest.pk, transaction_id="").update(
            transaction_id=session.transaction_id, evse_number=session.evse_number
        )


def end_what_is_over(*, at: datetime) -> int:
    """Profiles whose time has passed or whose session is gone, and commands that ended without a word. Any number may
    run beside each other."""
    over = [row for row in _timed(at) if has_ended(Installed(row.profile, row.evse_number, row.created_at), at)]
    orphans = list(_orphans())
    for row, words in [*((row, AT_ITS_TIME) for row in over), *((row, WITH_SESSION) for row in orphans)]:
        with transaction.atomic():
            lock_controls([row.station_id])
            end(InstalledProfile.objects.filter(pk=row.pk), ProfileState.EXPIRED, at, words)
            nudge_stations([row.station_id])
    for row in _unanswered():
        with transaction.atomic():
            command = row.command
            settle_unanswered(command_id=command.pk, was_sent=command.sent_at is not None, state=command.state, at=at)
    return len(over) + len(orphans)


def _timed(at: datetime):
    rows = InstalledProfile.objects.in_force()
    return [*rows.filter(valid_to__lte=at)[:AT_ONCE], *rows.filter(kind="Absolute", valid_to=None)[:AT_ONCE]]


def _orphans():
    """Profiles of sessions that are known and over."""
    sessions = ChargingSession.objects.filter(
        station_id=OuterRef("station_id"), transaction_id=OuterRef("transaction_id")
    )
    rows = InstalledProfile.objects.in_force().filter(purpose__in=(ProfilePurpose.TX, ProfilePurpose.PRIORITY))
    return rows.filter(Exists(sessions.exclude(ended_at=None)), ~Exists(sessions.open()))[:AT_ONCE]


def _unanswered():
    rows = InstalledProfile.objects.filter(state=ProfileState.ASKED).exclude(command__state__in=UNSETTLED_STATES)
    return rows.exclude(command=None).select_related("command")[:AT_ONCE]
