"""Writing down what shall be asked of which stations."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.chargers.choices import BulkKind, CommandOrigin
from apps.chargers.engine.bulk import build_for_station
from apps.chargers.engine.masking import mask_secrets
from apps.chargers.models import BulkItem, BulkOperation, ChargingStation
from apps.chargers.services.bulk.pages import nudge_operation, wake_steps
from apps.chargers.services.commands.enqueueing import MAX_DEADLINE_S
from apps.core.audit import record_audit
from apps.core.db.rowsets import holds_nul
from apps.core.errors import DomainError

MAX_STATIONS = 5_000


class UnableToBegin(DomainError):
    code = "unable_to_begin_bulk"
    message = "This cannot be asked of these stations."


def begin_bulk(
    *,
    kind: str,
    arguments: Mapping[str, Any],
    station_ids: Iterable[int],
    actor,
    origin: CommandOrigin,
    at: datetime,
    skips_offline: bool = False,
    wait_s: int = 600,
    address: str | None = None,
) -> BulkOperation:
    """An operation over those of ``station_ids`` on which ``actor`` may do it; it is carried out in steps.

    ``wait_s``: how long stations that are offline are waited for, unless they are skipped. All stations are of one
    organisation. Secrets are set station by station, never in bulk. Raises ``UnableToBegin``.
    """
    arguments = dict(arguments)
    _check(kind, arguments, wait_s)
    operation = BulkOperation(
        kind=kind, arguments=arguments, skips_offline=skips_offline, origin=origin, requested_by=actor, created_at=at,
        deadline_at=at + timedelta(seconds=wait_s),
    )  # fmt: skip
    allowed = ChargingStation.objects.in_use().visible_to(actor, operation.needed_action)
    stations = allowed.filter(pk__in=list(station_ids)).order_by("identity").select_related("site__organisation")
    chosen = list(stations[: MAX_STATIONS + 1])
    if not chosen:
        raise UnableToBegin("None of these stations may be asked this by you.", field="stations")
    if len(chosen) > MAX_STATIONS:
        raise UnableToBegin(f"At most {MAX_STATIONS} stations at once.", field="stations")
    if len({station.site.organisation_id for station in chosen}) > 1:
        raise UnableToBegin("These stations belong to several organisations.", field="stations")
    with transaction.atomic():
        operation.organisation = chosen[0].site.organisation
        operation.save()
        BulkItem.objects.bulk_create([BulkItem(operation=operation, station=station) for station in chosen], 1000)
        record_audit(
            actor=actor,
            action="bulk.begun",
            subject=operation,
            organisation=operation.organisation,
            changes={"stations": [None, len(chosen)], **{name: [None, value] for name, value in arguments.items()}},
            address=address,
        )
        nudge_operation(operation)
        wake_steps()
    return operation


def _check(kind: str, arguments: dict[str, Any], wait_s: int) -> None:
    if kind not in BulkKind.values:
        raise UnableToBegin("There is no such operation.", field="kind")
    if not 1 <= wait_s <= MAX_DEADLINE_S:
        raise UnableToBegin(f"Offline stations are waited for 1 to {MAX_DEADLINE_S} seconds.", field="wait_s")
    if holds_nul(arguments):
        raise UnableToBegin("NUL characters cannot be sent.", field="arguments")
    if mask_secrets(arguments) != arguments:
        raise UnableToBegin("A secret is set station by station, not in bulk.", field="arguments")
    if kind == BulkKind.APPLY_TEMPLATES:
        if arguments:
            raise UnableToBegin("Templates are applied without arguments.", field="arguments")
        return
    try:
        build_for_station(kind, arguments, protocol="", new_request_id=lambda: 1)
    except (KeyError, TypeError) as error:
        raise UnableToBegin(f"The arguments do not fit the operation: {error}.", field="arguments") from error
