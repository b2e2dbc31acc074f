"""Celery entry: what chargers do by not doing anything."""

from celery import shared_task
from django.utils import timezone

from apps.chargers.services.bulk import run_bulk_operations
from apps.chargers.services.campaigns import driving
from apps.chargers.services.certificates import expire_certificates, renew_expiring, sign_requested
from apps.chargers.services.commands import expire_commands
from apps.chargers.services.connections import sweep_connections
from apps.chargers.services.files.retention import remove_old_files
from apps.chargers.services.firmware.progress import end_silent_updates
from apps.chargers.services.logs.progress import end_silent_logs
from apps.chargers.services.provisioning_runs import end_forgotten_runs
from apps.chargers.services.reports import give_up_reports
from apps.chargers.services.security.profile_steps import expire_profile_changes


@shared_task
def sweep() -> None:
    """Find dead gateways, stations gone too long, and what is past its time. Harmless beside itself."""
    now = timezone.now()
    sweep_connections(now)
    expire_commands(now)
    give_up_reports(now)
    end_forgotten_runs(now)
    expire_profile_changes(now)
    run_bulk_operations(now)


@shared_task
def sign_certificates() -> None:
    """Sign what stations asked for. Harmless beside itself."""
    sign_requested(at=timezone.now())


@shared_task
def renew_certificates() -> None:
    """Hourly: ask for requests where certificates expire soon, and mark those that have. Harmless beside itself."""
    now = timezone.now()
    expire_certificates(at=now)
    renew_expiring(at=now)


@shared_task
def drive_campaigns() -> None:
    """One step of every running firmware campaign. Harmless beside itself."""
    driving.drive_campaigns(timezone.now())


@shared_task
def tidy_transfers() -> None:
    """Give up transfers that fell silent; remove files that are too old. Harmless beside itself."""
    now = timezone.now()
    end_silent_updates(now)
    end_silent_logs(now)
    remove_old_files(now)


@shared_task
def run_bulk() -> None:
    """The next step of the bulk operations; the sweep takes those that follow."""
    run_bulk_operations(timezone.now())
