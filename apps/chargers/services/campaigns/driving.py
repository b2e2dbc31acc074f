"""One step of every running campaign. All that it knows is in rows, so it may be killed and repeated at any point."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.chargers.choices import CommandOrigin
from apps.chargers.engine.waves import is_within
from apps.chargers.models import CampaignStation, FirmwareCampaign, FirmwareUpdate
from apps.chargers.services.campaigns.managing import nudge_campaign
from apps.chargers.services.firmware.updating import update_firmware
from apps.chargers.transfer_choices import OPEN_UPDATES, CampaignState, MemberState, UpdateState
from apps.core.errors import DomainError

log = structlog.get_logger(__name__)
AT_ONCE = 50
"""Updates begun per campaign and step, so that a large wave does not ask for one file all in one instant."""


def drive_campaigns(at: datetime) -> None:
    """Each in a transaction of its own, under its lock; one that another process drives is passed over."""
    running = FirmwareCampaign.objects.filter(state=CampaignState.RUNNING, starts_at__lte=at).order_by("pk")
    for pk in list(running.values_list("pk", flat=True)):
        try:
            drive_campaign(pk, at)
        except Exception as error:  # an edge: one campaign must not hold up the others
            log.exception("campaign.step_failed", campaign=pk, error=repr(error))


@transaction.atomic
def drive_campaign(campaign_id: int, at: datetime) -> None:
    """Take in what ended, halt or go on to the next wave, begin what may begin."""
    locked = FirmwareCampaign.objects.select_for_update(of=("self",), skip_locked=True)
    campaign = locked.select_related("firmware", "organisation", "created_by").filter(
        pk=campaign_id, state=CampaignState.RUNNING
    ).first()  # fmt: skip
    if campaign is None:
        return
    before = (campaign.state, campaign.open_wave, campaign.wave_ended_at)
    changed = _take_in(campaign, at)
    if not _halt(campaign, at) and not _end(campaign, at):
        _open_next_wave(campaign, at)
        changed += _begin(campaign, at)
    campaign.save(update_fields=["state", "explanation", "open_wave", "wave_ended_at", "ended_at"])
    if changed or before != (campaign.state, campaign.open_wave, campaign.wave_ended_at):
        nudge_campaign(campaign)


def _take_in(campaign: FirmwareCampaign, at: datetime) -> int:
    """Members whose update has ended. One that could not be asked waits again; a failed one may recover by itself."""
    recovered = campaign.members.filter(state=MemberState.FAILED, update__state=UpdateState.INSTALLED)
    recovered.update(state=MemberState.SUCCEEDED, ended_at=at, explanation="")
    ended = campaign.members.filter(state=MemberState.RUNNING).exclude(update__state__in=OPEN_UPDATES)
    count = 0
    for member in ended.select_related("update__command"):
        count += 1
        update = member.update
        if update is None or _was_never_sent(update):
            member.state, member.update = MemberState.WAITING, None
        elif update.state == UpdateState.INSTALLED:
            member.state, member.ended_at = MemberState.SUCCEEDED, at
        else:
            member.state, member.ended_at = MemberState.FAILED, at
            member.explanation = " ".join(filter(None, (UpdateState(update.state).label + ".", update.detail)))[:255]
        member.save(update_fields=["state", "update", "ended_at", "explanation"])
    return count


def _was_never_sent(update: FirmwareUpdate) -> bool:
    return update.state == UpdateState.NO_ANSWER and (update.command is None or update.command.sent_at is None)


def _halt(campaign: FirmwareCampaign, at: datetime) -> bool:
    failures = campaign.members.filter(state=MemberState.FAILED, counts_as_failure=True).count()
    if failures < campaign.halt_after_failures:
        return False
    campaign.state = CampaignState.HALTED
    campaign.explanation = f"{failures} of its stations failed. Look at them, then resume or cancel."
    return True


def _end(campaign: FirmwareCampaign, at: datetime) -> bool:
    if campaign.ends_at is not None and at >= campaign.ends_at:
        campaign.members.filter(state=MemberState.WAITING).update(
            state=MemberState.SKIPPED, ended_at=at, explanation="Not reached before the end of the campaign."
        )
    if campaign.members.filter(state__in=(MemberState.WAITING, MemberState.RUNNING)).exists():
        return False
    campaign.state, campaign.ended_at, campaign.explanation = CampaignState.DONE, at, ""
    return True


def _open_next_wave(campaign: FirmwareCampaign, at: datetime) -> None:
    """The open wave has run when none of it is under way, and whoever still waits is offline; then comes the pause.

    At least one station of it must have ended: a wave that nobody was there for proves nothing.
    """
    if campaign.open_wave >= campaign.wave_count:
        return
    members = campaign.members.filter(wave=campaign.open_wave)
    is_busy = members.filter(state=MemberState.RUNNING).exists() or _reachable(members).exists()
    if is_busy or not members.filter(ended_at__isnull=False).exists():
        campaign.wave_ended_at = None
    elif campaign.wave_ended_at is None:
        campaign.wave_ended_at = at
    if campaign.wave_ended_at is not None and at >= campaign.wave_ended_at + timedelta(seconds=campaign.pause_s):
        campaign.open_wave += 1
        campaign.wave_ended_at = None


def _reachable(members):
    return members.filter(state=MemberState.WAITING, station__connection__is_online=True)


def _begin(campaign: FirmwareCampaign, at: datetime) -> int:
    """Ask the stations that are online, in an open wave, in their window, and not being updated already."""
    busy = FirmwareUpdate.objects.filter(station=OuterRef("station"), state__in=OPEN_UPDATES, replaced_by=None)
    waiting = _reachable(campaign.members.filter(wave__lte=campaign.open_wave)).exclude(Exists(busy))
    zones = waiting.order_by().values_list("station__site__time_zone", flat=True).distinct()
    open_zones = [zone for zone in zones if is_within(campaign.window_from, campaign.window_to, at=at, zone=zone)]
    chosen = waiting.filter(station__site__time_zone__in=open_zones).order_by("wave", "pk")[:AT_ONCE]
    return sum(_ask(campaign, member, at) for member in chosen.select_related("station__site__organisation"))


def _ask(campaign: FirmwareCampaign, member: CampaignStation, at: datetime) -> int:
    station = member.station
    if station.retired_at is not None:
        _skip(member, at, "The station is retired.")
    elif station.firmware_version == campaign.firmware.version:
        _skip(member, at, "It has this version already.")
    else:
        try:
            member.update = update_firmware(
                station=station, firmware=campaign.firmware, actor=campaign.created_by, at=at,
                base_url=campaign.base_url, origin=CommandOrigin.AUTOMATION,
            )  # fmt: skip
            member.state = MemberState.RUNNING
            member.save(update_fields=["update", "state"])
        except DomainError as error:
            _skip(member, at, error.message)
    return 1


def _skip(member: CampaignStation, at: datetime, why: str) -> None:
    member.state, member.ended_at, member.explanation = MemberState.SKIPPED, at, why[:255]
    member.save(update_fields=["state", "ended_at", "explanation"])
