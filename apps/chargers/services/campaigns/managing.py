"""Beginning a campaign, holding it, letting it go on, ending it."""

from collections.abc import Iterable
from datetime import datetime, time

from django.db import transaction

from apps.chargers.engine.waves import BadWaves, read_waves
from apps.chargers.models import CampaignStation, ChargingStation, Firmware, FirmwareCampaign
from apps.chargers.transfer_choices import CampaignState, MemberState
from apps.core import live
from apps.core.audit import record_audit
from apps.core.errors import DomainError


class CampaignRefused(DomainError):
    code = "campaign_refused"
    message = "This campaign cannot be started so."


def start_campaign(
    *, firmware: Firmware, stations: Iterable[ChargingStation], name: str, actor, at: datetime, base_url: str,
    waves: str = "", pause_s: int = 3600, halt_after_failures: int = 1, starts_at: datetime | None = None,
    ends_at: datetime | None = None, window_from: time | None = None, window_to: time | None = None,
    address: str | None = None,
) -> FirmwareCampaign:  # fmt: skip
    """Enter a campaign for ``stations`` (of one organisation); the periodic task does the rest.

    ``waves``: as in ``read_waves``. Raises ``CampaignRefused``.
    """
    chosen = sorted({station.pk: station for station in stations}.values(), key=lambda s: (s.site_id, s.identity))
    if not chosen:
        raise CampaignRefused("No station is chosen.")
    if not firmware.has_file or firmware.withdrawn_at is not None:
        raise CampaignRefused("This version has no file, or was withdrawn.", field="firmware")
    if any(station.site.organisation_id != firmware.organisation_id for station in chosen):
        raise CampaignRefused("Firmware and stations belong to different organisations.")
    if ends_at is not None and ends_at <= (starts_at or at):
        raise CampaignRefused("The end must lie after the start.", field="ends_at")
    try:
        sizes = read_waves(waves, total=len(chosen))
    except BadWaves as error:
        raise CampaignRefused(str(error), field="waves") from error
    with transaction.atomic():
        campaign = FirmwareCampaign.objects.create(
            organisation=firmware.organisation, firmware=firmware, name=name, base_url=base_url,
            wave_count=len(sizes), pause_s=pause_s, halt_after_failures=halt_after_failures,
            starts_at=starts_at or at, ends_at=ends_at, window_from=window_from, window_to=window_to,
            created_by=actor, created_at=at,
        )  # fmt: skip
        numbers = (number for number, size in enumerate(sizes, start=1) for _ in range(size))
        CampaignStation.objects.bulk_create(
            CampaignStation(campaign=campaign, station=station, wave=number)
            for station, number in zip(chosen, numbers, strict=True)
        )
        _audit(campaign, "campaign.started", actor, address, stations=[None, len(chosen)], firmware=[None, firmware])
    return campaign


def pause_campaign(*, campaign: FirmwareCampaign, actor, at: datetime, address: str | None = None) -> None:
    """Begin no further updates; those under way go on."""
    _change(
        campaign, actor, address, to=CampaignState.PAUSED, among=(CampaignState.RUNNING,), why=f"Paused by {actor}."
    )


def resume_campaign(*, campaign: FirmwareCampaign, actor, at: datetime, address: str | None = None) -> None:
    """Go on. Failures so far are forgiven: it halts again after as many new ones."""
    among = (CampaignState.PAUSED, CampaignState.HALTED)
    with transaction.atomic():
        _change(campaign, actor, address, to=CampaignState.RUNNING, among=among, why="")
        campaign.members.filter(state=MemberState.FAILED).update(counts_as_failure=False)


def cancel_campaign(*, campaign: FirmwareCampaign, actor, at: datetime, address: str | None = None) -> None:
    """Begin no further updates, for good; those under way go on and keep their rows."""
    among = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.HALTED)
    with transaction.atomic():
        _change(campaign, actor, address, to=CampaignState.CANCELLED, among=among, why=f"Cancelled by {actor}.", at=at)
        campaign.members.filter(state=MemberState.WAITING).update(
            state=MemberState.SKIPPED, ended_at=at, explanation="The campaign was cancelled."
        )


def nudge_campaign(campaign: FirmwareCampaign) -> None:
    live.nudge_on_commit(organisation_id=campaign.organisation_id, topics=[f"campaign:{campaign.pk}"])


def _change(campaign, actor, address, *, to: CampaignState, among, why: str, at: datetime | None = None) -> None:
    with transaction.atomic():
        rows = FirmwareCampaign.objects.filter(pk=campaign.pk, state__in=among)
        if not rows.update(state=to, explanation=why[:255], ended_at=at):
            raise CampaignRefused("The campaign is not in a state in which this can be done.")
        _audit(campaign, f"campaign.{to.value}", actor, address, state=[campaign.state, to.value])
        nudge_campaign(campaign)
    campaign.refresh_from_db()


def _audit(campaign: FirmwareCampaign, action: str, actor, address: str | None, **changes: list) -> None:
    record_audit(
        actor=actor, action=action, subject=campaign, organisation=campaign.organisation, changes=changes,
        address=address,
    )  # fmt: skip
