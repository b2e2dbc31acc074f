"""How far bringing a station to its templates has come: what it waits for, what failed, what to do next."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from apps.chargers.choices import UNSETTLED_STATES, ProvisioningStage
from apps.chargers.models import (
    ChargingStation,
    ConfigurationDrift,
    ConfigurationTemplate,
    StationCommand,
    StationProvisioning,
)
from apps.chargers.services.provisioning_runs import MAX_ATTEMPTS
from apps.portal.kit.parts import ActionButton
from apps.portal.stations.rights import NO_EDIT, is_online, rights_on, why_unreachable

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Provisioning:
    """``failed``: settings that the charger did not take, in words; ``step``: what comes next, or what to do."""

    run: StationProvisioning | None
    stage: ProvisioningStage | None
    differences: int
    waits: str
    failed: list[str]
    step: str


def load_provisioning(request, station: ChargingStation) -> dict:
    """Of the station's page."""
    run = StationProvisioning.objects.filter(station=station).select_related("reading", "applying").first()
    drift = list(ConfigurationDrift.objects.filter(station=station).select_related("variable").order_by("pk"))
    stage = ProvisioningStage(run.stage) if run else None
    failed = [_failed(row) for row in drift if row.last_word or row.attempts >= MAX_ATTEMPTS]
    shown = Provisioning(run, stage, len(drift), _waits(run, station), failed[:SHOWN], _step(run, station, drift))
    reason = why_unreachable(station) if rights_on(request.user, station).edit else NO_EDIT
    url = reverse("portal:station-apply-templates", args=[station.pk])
    apply = ActionButton("Apply the templates", url, icon="adjustments", reason=reason, in_dialog=True)
    return {"provisioning": shown, "apply": apply if drift else None}


def _waits(run: StationProvisioning | None, station: ChargingStation) -> str:
    if run is None or run.ended_at is not None:
        return ""
    if not is_online(station):
        return "It waits for the station to come back."
    asked = Q(operation=run.applying) if run.stage == ProvisioningStage.APPLYING else Q(operation=run.reading)
    open_calls = StationCommand.objects.filter(asked, station=station, state__in=UNSETTLED_STATES)
    if run.applying_id is None and run.reading_id is None:
        return "It waits for the report of all variables."
    count = open_calls.count()
    return f"It waits for the answer to {count} call{'' if count == 1 else 's'}." if count else "The next step follows."


def _failed(row: ConfigurationDrift) -> str:
    words = "waits for a restart" if row.last_word == "RebootRequired" else f"the charger said {row.last_word}"
    tries = f", tried {row.attempts} times" if row.attempts > 1 else ""
    return f"{row.variable} = {row.wanted}: {words if row.last_word else 'no answer'}{tries}"


def _step(run: StationProvisioning | None, station: ChargingStation, drift: list[ConfigurationDrift]) -> str:
    if run is not None and run.ended_at is None:
        return ""
    if any(row.last_word == "RebootRequired" for row in drift):
        return "Reset the station: some settings count only after a restart."
    if drift and all(row.attempts >= MAX_ATTEMPTS for row in drift):
        return "We have stopped trying by ourselves. Change the template, or set the variable by hand."
    if run is not None and run.stage == ProvisioningStage.FAILED:
        return "Read all variables once the station answers; the next boot begins again."
    if drift:
        return "Apply the templates now, or wait for the next boot."
    if not station.provisioning_enabled:
        return "It does not provision by itself: we send nothing unasked. Switch it on under Settings."
    templates = ConfigurationTemplate.objects.filter(organisation=station.site.organisation_id, is_active=True)
    if run is None and not templates.exists():
        return "There is no template yet that says how stations should be set."
    return "" if run else "It begins at the next boot, where a template fits the station."
