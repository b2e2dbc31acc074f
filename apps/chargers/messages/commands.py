"""What we ask of a charger, by the names of OCPP 2.x; adapters turn them into each version's call.

A command is stored as ``name`` and ``arguments`` (JSON), so that it can be encoded when it is sent, in the version
that the charger speaks then.
"""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands."""

    name: ClassVar[str] = ""

    def arguments(self) -> dict[str, Any]:
        """The fields that are set, ready for JSON."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class RawCall(Command):
    """Any action with any payload, as an expert or a program gave it."""

    name: ClassVar[str] = "RawCall"
    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RequestStartTransaction(Command):
    name: ClassVar[str] = "RequestStartTransaction"
    id_token: str
    remote_start_id: int
    evse_id: int | None = None
    id_token_type: str = "Central"


@dataclass(frozen=True, slots=True)
class RequestStopTransaction(Command):
    name: ClassVar[str] = "RequestStopTransaction"
    transaction_id: str


@dataclass(frozen=True, slots=True)
class UnlockConnector(Command):
    name: ClassVar[str] = "UnlockConnector"
    evse_id: int
    connector_id: int = 1


@dataclass(frozen=True, slots=True)
class Reset(Command):
    """``type`` is ``Immediate`` (1.6 Hard) or ``OnIdle`` (1.6 Soft)."""

    name: ClassVar[str] = "Reset"
    type: str = "OnIdle"
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeAvailability(Command):
    """``evse_id`` 0 is the whole station."""

    name: ClassVar[str] = "ChangeAvailability"
    operative: bool
    evse_id: int = 0
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class TriggerMessage(Command):
    """``message`` in 2.x names: BootNotification, Heartbeat, StatusNotification, MeterValues, TransactionEvent, …"""

    name: ClassVar[str] = "TriggerMessage"
    message: str
    evse_id: int | None = None
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClearCache(Command):
    name: ClassVar[str] = "ClearCache"


@dataclass(frozen=True, slots=True)
class GetVariables(Command):
    """``variables`` are ``{component, variable, component_instance?, variable_instance?, evse_id?, attribute?}``.

    In 1.6 this is GetConfiguration of those keys; empty asks for all of them (1.6 only).
    """

    name: ClassVar[str] = "GetVariables"
    variables: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class SetVariables(Command):
    """As ``GetVariables`` with ``value``. In 1.6 exactly one: ChangeConfiguration sets one key."""

    name: ClassVar[str] = "SetVariables"
    variables: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class GetBaseReport(Command):
    """``report_base`` is ConfigurationInventory, FullInventory or SummaryInventory; 1.6 reads all keys instead."""

    name: ClassVar[str] = "GetBaseReport"
    request_id: int
    report_base: str = "FullInventory"


@dataclass(frozen=True, slots=True)
class DataTransfer(Command):
    name: ClassVar[str] = "DataTransfer"
    vendor_id: str
    message_id: str | None = None
    data: Any = None


COMMANDS: dict[str, type[Command]] = {
    command.name: command
    for command in (
        RawCall,
        RequestStartTransaction,
        RequestStopTransaction,
        UnlockConnector,
        Reset,
        ChangeAvailability,
        TriggerMessage,
        ClearCache,
        GetVariables,
        SetVariables,
        GetBaseReport,
        DataTransfer,
    )
}


def build_command(name: str, arguments: Mapping[str, Any]) -> Command:
    """The command called ``name``; ``KeyError`` for an unknown name, ``TypeError`` for wrong arguments."""
    kind = COMMANDS[name]
    unknown = set(arguments) - {f.name for f in fields(kind)}
    missing = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING} - set(arguments)
    if unknown or missing:
        raise TypeError(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}
    return kind(**values)
