"""What stations' own facts set going, after their commit."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.chargers.choices import CommandState
from apps.chargers.events import (
    CERTIFICATE_REQUESTED,
    COMMAND_ENDED,
    DEVICE_MODEL_TOLD,
    QUIRKS_CHANGED,
    STATION_BOOTED,
    TEMPLATE_CHANGED,
)
from apps.chargers.messages.commands import CertificateSigned
from apps.chargers.messages.commands.display import SetDisplayMessage
from apps.chargers.models import StationCommand
from apps.chargers.services import display
from apps.chargers.services.certificates import end_certificate_command
from apps.chargers.services.configuration_templates import find_drift_of_organisation
from apps.chargers.services.firmware.progress import end_unasked_update, join_boot
from apps.chargers.services.firmware.publishing import end_unasked_publication
from apps.chargers.services.logs.progress import end_unasked_log
from apps.chargers.services.provisioning_runs import begin_run, continue_run, note_answers
from apps.chargers.services.quirk_profiles import resolve_quirks_of_organisation
from apps.chargers.services.security.profile_steps import STEPS, advance_profile_change, note_boot_during_change
from apps.core.models import OutboxEvent
from apps.core.outbox import subscribe
from apps.core.wake import wake

_MOVES_RUNS = frozenset({"GetVariables", "SetVariables", "GetBaseReport"})


@subscribe(STATION_BOOTED)
def provision_after_boot(event: OutboxEvent) -> None:
    begin_run(station_id=event.subject_id, booted_at=datetime.fromisoformat(event.payload["at"]), at=timezone.now())


@subscribe(COMMAND_ENDED)
def go_on_provisioning(event: OutboxEvent) -> None:
    if event.payload["name"] in _MOVES_RUNS:
        now = timezone.now()
        note_answers(command_id=event.payload["command_id"], at=now)
        continue_run(station_id=event.subject_id, at=now)


@subscribe(DEVICE_MODEL_TOLD)
def go_on_with_what_was_read(event: OutboxEvent) -> None:
    continue_run(station_id=event.subject_id, at=timezone.now())


@subscribe(TEMPLATE_CHANGED)
def compare_with_templates(event: OutboxEvent) -> None:
    find_drift_of_organisation(event.payload["organisation_id"], at=timezone.now())


@subscribe(QUIRKS_CHANGED)
def work_out_quirks(event: OutboxEvent) -> None:
    resolve_quirks_of_organisation(event.payload["organisation_id"])


_ENDS = {
    "UpdateFirmware": end_unasked_update,
    "PublishFirmware": end_unasked_publication,
    "GetLog": end_unasked_log,
}
_WITHOUT_ANSWER = frozenset({"failed", "timed_out", "superseded"})


@subscribe(COMMAND_ENDED)
def end_what_was_not_asked(event: OutboxEvent) -> None:
    """A command that got no answer leaves its row as one that was never asked."""
    end = _ENDS.get(event.payload["name"])
    if end is None or event.payload["state"] not in _WITHOUT_ANSWER:
        return
    command = StationCommand.objects.filter(pk=event.payload["command_id"]).first()
    if command is not None:
        end(command_id=command.pk, explanation=command.explanation, at=datetime.fromisoformat(event.payload["at"]))


@subscribe(STATION_BOOTED)
def join_boot_to_update(event: OutboxEvent) -> None:
    join_boot(
        station_id=event.subject_id,
        firmware_version=event.payload.get("firmware_version", ""),
        at=datetime.fromisoformat(event.payload["at"]),
    )


@subscribe(COMMAND_ENDED)
def note_failed_display_message(event: OutboxEvent) -> None:
    if event.payload["name"] == SetDisplayMessage.name and event.payload["state"] != CommandState.ACCEPTED:
        at = datetime.fromisoformat(event.payload["at"])
        display.note_unanswered(command_id=event.payload["command_id"], at=at)


@subscribe(CERTIFICATE_REQUESTED)
def sign_soon(event: OutboxEvent) -> None:
    """The authority may take its time, which a transaction must not; the beat asks again if this is lost."""
    from apps.chargers.tasks import sign_certificates

    transaction.on_commit(lambda: wake(sign_certificates))


@subscribe(COMMAND_ENDED)
def send_certificate_again(event: OutboxEvent) -> None:
    if event.payload["name"] == CertificateSigned.name:
        end_certificate_command(
            command_id=event.payload["command_id"],
            state=event.payload["state"],
            at=_instant(event),
        )


@subscribe(COMMAND_ENDED)
def take_next_step_of_profile(event: OutboxEvent) -> None:
    if event.payload["name"] in STEPS:
        advance_profile_change(command_id=event.payload["command_id"], at=_instant(event))


@subscribe(STATION_BOOTED)
def look_at_profile_after_boot(event: OutboxEvent) -> None:
    note_boot_during_change(station_id=event.subject_id, at=_instant(event))


def _instant(event: OutboxEvent) -> datetime:
    return datetime.fromisoformat(event.payload["at"])
