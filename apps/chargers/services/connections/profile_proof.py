"""A connection with the wanted security profile proves that the charger has it: from now on nothing less is let in."""

from collections.abc import Sequence
from datetime import datetime

from apps.chargers.choices import UNFINISHED_CHANGES, ProfileChangeState
from apps.core.db.rowsets import is_any_of, parameter, run

_DONE = "The charger came back with the new security profile. Nothing less is accepted from now on."
_UNFINISHED = ", ".join(f"'{state.value}'" for state in UNFINISHED_CHANGES)


def finish_profile_changes(station_ids: Sequence[int], *, at: datetime) -> None:
    """Require of these stations what they came with, and end the changes that led there. Two statements, or none."""
    if not station_ids:
        return
    matches, ids = is_any_of(sorted(station_ids))
    run(
        "UPDATE chargers_chargingstation SET security_profile = wanted_security_profile,"
        f" wanted_security_profile = NULL WHERE id {matches} AND wanted_security_profile IS NOT NULL",
        [ids],
    )
    run(
        "UPDATE chargers_securityprofilechange SET state = %s, ended_at = %s, explanation = %s"
        f" WHERE station_id {matches} AND state IN ({_UNFINISHED})",
        [ProfileChangeState.DONE.value, parameter(at), _DONE, ids],
    )
