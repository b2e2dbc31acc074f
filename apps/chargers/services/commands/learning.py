"""What the answer to a command teaches about its station."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.chargers.choices import CommandState
from apps.chargers.engine.masking import holds_password, is_password_variable
from apps.chargers.services.commands.settlement import Settlement
from apps.chargers.services.pictures import refresh_status
from apps.chargers.services.variables import store_variables_of_many
from apps.core.db.rowsets import is_any_of, rows_from, run

_TAKES_EFFECT_LATER = "RebootRequired"


@dataclass(frozen=True, slots=True)
class SettledCommand:
    """A command with its ``settlement``; ``arguments`` are masked."""

    id: int
    station_id: int
    name: str
    arguments: dict[str, Any]
    awaits: str
    settlement: Settlement

    @property
    def was_accepted(self) -> bool:
        return self.settlement.state is CommandState.ACCEPTED

    @property
    def sets_password(self) -> bool:
        return holds_password(self.arguments)

    @property
    def password_was_accepted(self) -> bool:
        result = self.settlement.result
        taken = result is not None and any(is_password_variable(report.variable) for report in result.variables)
        return taken or self.was_accepted


def stations_to_lock(commands: Sequence[SettledCommand]) -> list[int]:
    """Stations whose own rows the answers will change."""
    concerned = (c for c in commands if c.sets_password or _changes_availability(c) or _raised_profile(c))
    return sorted({c.station_id for c in concerned})


def learn_from_answers(commands: Sequence[SettledCommand]) -> None:
    """Store learnt variables, finish changes of password, remember the availability that was agreed."""
    learnt = [
        (command.station_id, report, command.settlement.at)
        for command in commands
        if command.settlement.result is not None
        for report in command.settlement.result.variables
    ]
    if learnt:
        store_variables_of_many(learnt)
    _finish_password_changes([command for command in commands if command.sets_password])
    _remember_availability([command for command in commands if _changes_availability(command)])
    _remember_wanted_profiles([(c.station_id, profile) for c in commands if (profile := _raised_profile(c))])


def _finish_password_changes(commands: Sequence[SettledCommand]) -> None:
    """Accepted: the new password is the password. Refused: it is forgotten. Not known: either opens the door."""
    told = [command for command in commands if command.settlement.result is not None]
    at_once = [c.station_id for c in told if c.settlement.result.status != _TAKES_EFFECT_LATER]
    accepted = {c.station_id for c in told if c.password_was_accepted}
    promoted = [pk for pk in at_once if pk in accepted]
    forgotten = [pk for pk in at_once if pk not in accepted]
    if promoted:
        matches, ids = is_any_of(promoted)
        run(
            "UPDATE chargers_chargingstation SET password_hash = pending_password_hash, pending_password_hash = ''"
            f" WHERE id {matches} AND pending_password_hash <> ''",
            [ids],
        )
    if forgotten:
        matches, ids = is_any_of(forgotten)
        run(f"UPDATE chargers_chargingstation SET pending_password_hash = '' WHERE id {matches}", [ids])


def _changes_availability(command: SettledCommand) -> bool:
    """Whether it spoke of a whole EVSE or station: one connector of several says nothing about its EVSE."""
    is_asked = command.was_accepted and command.name == "ChangeAvailability"
    return is_asked and command.arguments.get("connector_id") is None


def _remember_availability(commands: Sequence[SettledCommand]) -> None:
    if not commands:
        return
    source, parameters = rows_from(
        "v",
        {"station": "bigint", "evse": "integer", "operative": "boolean"},
        [(c.station_id, c.arguments.get("evse_id", 0), c.arguments["operative"]) for c in commands],
    )
    run(
        f"UPDATE chargers_evse SET wanted_operative = (v.operative = true) FROM {source}"
        " WHERE chargers_evse.station_id = v.station AND (v.evse = 0 OR chargers_evse.number = v.evse)",
        parameters,
    )
    refresh_status(sorted({c.station_id for c in commands}), max(c.settlement.at for c in commands))


def _raised_profile(command: SettledCommand) -> int:
    """The security profile that a 1.6 charger agreed to (security white paper, A05); 0 where this was not asked."""
    if not command.was_accepted or command.name != "SetVariables":
        return 0
    values = (item.get("value") for item in command.arguments["variables"] if item.get("variable") == "SecurityProfile")
    return next((int(value) for value in values if value in ("1", "2", "3")), 0)


def _remember_wanted_profiles(raised: Sequence[tuple[int, int]]) -> None:
    """The charger's next connection with this profile proves it; from then on nothing less is let in."""
    if not raised:
        return
    source, parameters = rows_from("v", {"station": "bigint", "profile": "integer"}, raised)
    run(
        f"UPDATE chargers_chargingstation SET wanted_security_profile = v.profile FROM {source}"
        " WHERE chargers_chargingstation.id = v.station AND chargers_chargingstation.security_profile < v.profile",
        parameters,
    )
