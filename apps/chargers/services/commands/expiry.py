"""Commands whose time has passed: found by the sweep, said in a sentence."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from apps.chargers.choices import CommandState
from apps.chargers.engine import wording
from apps.chargers.services.commands.ends import announce_ends
from apps.chargers.services.commands.nudging import nudge_stations
from apps.core.db.rowsets import fetch, is_any_of, parameter, run

_SLACK_S = 10
"""The gateway times its own calls; only what it could not settle is left for the sweep."""


@transaction.atomic
def expire_commands(now: datetime) -> int:
    """Time out what could not be sent until its deadline and what was sent and forgotten; fail empty promises.

    Compare-and-set, so sweeps may overlap. Return how many commands changed.
    """
    unanswered_since = now - timedelta(seconds=settings.OCPP_CALL_TIMEOUT_S + _SLACK_S)
    unsent = fetch(
        "UPDATE chargers_stationcommand SET state = 'timed_out', settled_at = %s, explanation = %s,"
        " sealed = '' WHERE state = 'pending' AND deadline_at <= %s RETURNING station_id, name, id",
        [parameter(now), wording.NEVER_CONNECTED, parameter(now)],
    )
    silent = fetch(
        "UPDATE chargers_stationcommand SET state = 'timed_out', settled_at = %s, explanation = %s,"
        " sealed = '' WHERE state = 'sent' AND sent_at <= %s RETURNING station_id, name, id",
        [parameter(now), wording.NO_ANSWER, parameter(unanswered_since)],
    )
    empty = _fail_empty_promises(now)
    forget_unsent_passwords([row[0] for row in unsent if row[1] in {"SetVariables", "RawCall"}])
    announce_ends(((pk, station, name, "timed_out", "") for station, name, pk in (*unsent, *silent)), at=now)
    announce_ends(((pk, station, name, CommandState.FAILED.value, "") for station, name, pk in empty), at=now)
    nudge_stations({row[0] for row in (*unsent, *silent, *empty)})
    return len(unsent) + len(silent) + len(empty)


def _fail_empty_promises(now: datetime) -> list[tuple]:
    sentences = " ".join(
        f"WHEN '{awaits}' THEN '{wording.explain_silence_after_yes(awaits)}'"
        for awaits in wording.CONFIRMATION_WINDOW_S
    )
    return fetch(
        f"UPDATE chargers_stationcommand SET state = %s, confirm_due_at = NULL, explanation = CASE awaits {sentences}"
        " ELSE explanation END WHERE state = 'accepted' AND confirm_due_at <= %s RETURNING station_id, name, id",
        [CommandState.FAILED.value, parameter(now)],
    )


def forget_unsent_passwords(station_ids: list[int]) -> None:
    """A password that never left us is no password, unless another change is under way."""
    if not station_ids:
        return
    matches, ids = is_any_of(sorted(station_ids))
    run(
        f"UPDATE chargers_chargingstation SET pending_password_hash = '' WHERE id {matches}"
        " AND pending_password_hash <> '' AND NOT EXISTS (SELECT 1 FROM chargers_stationcommand c"
        " WHERE c.station_id = chargers_chargingstation.id AND c.sealed <> '')",
        [ids],
    )
