"""What a person may do to a station, and why not, in one sentence."""

from dataclasses import dataclass

from apps.accounts.policy import Action
from apps.chargers.models import ChargingStation

NO_COMMANDS = "Your role may look at this station, but not control it."
NO_EDIT = "Your role may look at this station, but not change it."
NO_RAW_CALL = "Only operators and technicians may send raw calls."
NO_RESERVE = "Only operators, site managers and support may reserve."
RETIRED = "The station is retired."
REJECTED = "The station is rejected; accept it first, under Settings."
OFFLINE = "The station is offline: nothing reaches it now."


@dataclass(frozen=True, slots=True)
class StationRights:
    """What one person may do to one station."""

    command: bool
    raw_call: bool
    edit: bool
    journal: bool
    reserve: bool


def rights_on(user, station: ChargingStation) -> StationRights:
    """The rights of ``user`` on ``station``, each asked of the scope."""
    row = ChargingStation.objects.filter(pk=station.pk)
    actions = (
        Action.STATION_COMMAND,
        Action.STATION_RAW_CALL,
        Action.STATION_EDIT,
        Action.JOURNAL_VIEW,
        Action.RESERVATION_EDIT,
    )
    return StationRights(*(row.visible_to(user, action).exists() for action in actions))


def is_online(station: ChargingStation) -> bool:
    connection = getattr(station, "connection", None)
    return connection is not None and connection.is_online


def why_not_command(station: ChargingStation, rights: StationRights, *, now: bool = False) -> str:
    """Why nothing can be asked of ``station``; ``now``: it makes no sense later, so the station must be online."""
    if not rights.command:
        return NO_COMMANDS
    return why_unreachable(station, now=now)


def why_unreachable(station: ChargingStation, *, now: bool = False) -> str:
    """The same, whoever asks."""
    if station.retired_at is not None:
        return RETIRED
    if station.registration == "Rejected":
        return REJECTED
    return OFFLINE if now and not is_online(station) else ""
