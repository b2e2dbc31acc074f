"""What every charger can be asked: remote control, availability, variables, data of a vendor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command


@dataclass(frozen=True, slots=True)
class RequestStartTransaction(Command):
    """``charging_profile``: a TxProfile without a transaction id, as ``profile_as_json`` writes it.

    ``written_profile``: one that somebody wrote out in the words of the version spoken then, sent to the letter.
    ``group_id_token``: whose other tokens may stop the session (2.x; 1.6 asks when such a token comes).
    """

    name: ClassVar[str] = "RequestStartTransaction"
    announces_end: ClassVar[bool] = True
    id_token: str
    remote_start_id: int
    evse_id: int | None = None
    id_token_type: str = "Central"
    charging_profile: Mapping[str, Any] | None = None
    written_profile: Mapping[str, Any] | None = None
    group_id_token: str | None = None
    group_id_token_type: str = "Central"


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
    announces_end: ClassVar[bool] = True
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
    announces_end: ClassVar[bool] = True
    variables: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class SetVariables(Command):
    """As ``GetVariables`` with ``value``. In 1.6 exactly one: ChangeConfiguration sets one key."""

    name: ClassVar[str] = "SetVariables"
    announces_end: ClassVar[bool] = True
    variables: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class GetBaseReport(Command):
    """``report_base`` is ConfigurationInventory, FullInventory or SummaryInventory; 1.6 reads all keys instead."""

    name: ClassVar[str] = "GetBaseReport"
    announces_end: ClassVar[bool] = True
    request_id: int
    report_base: str = "FullInventory"


@dataclass(frozen=True, slots=True)
class DataTransfer(Command):
    name: ClassVar[str] = "DataTransfer"
    vendor_id: str
    message_id: str | None = None
    data: Any = None


COMMANDS: tuple[type[Command], ...] = (
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
