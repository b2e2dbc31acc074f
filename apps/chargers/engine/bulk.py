"""Operations that can be asked of many stations: what each becomes for one station of one version. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.chargers.messages.commands import (
    ChangeAvailability,
    ClearCache,
    Command,
    GetBaseReport,
    GetVariables,
    RawCall,
    Reset,
    SetVariables,
    TriggerMessage,
    UnlockConnector,
)

OCPP16 = "ocpp1.6"
Arguments = Mapping[str, Any]


def build_for_station(kind: str, arguments: Arguments, *, protocol: str, new_request_id: Callable[[], int]) -> Command:
    """The command of ``kind`` (a value of ``BulkKind``) for a station that speaks ``protocol``.

    ``arguments`` are those of the neutral command; ``read_variables`` takes none. ``KeyError`` for an unknown kind or
    a missing argument, ``TypeError`` for one too many.
    """
    if kind == "read_variables":
        return GetVariables() if protocol == OCPP16 else GetBaseReport(request_id=new_request_id())
    if kind == "set_variable":
        return SetVariables(variables=(dict(arguments),))
    return _KINDS[kind](**arguments)


_KINDS: dict[str, Callable[..., Command]] = {
    "reset": Reset,
    "availability": ChangeAvailability,
    "trigger": TriggerMessage,
    "clear_cache": ClearCache,
    "unlock": UnlockConnector,
    "raw_call": RawCall,
}
