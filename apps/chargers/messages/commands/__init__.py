"""What we ask of a charger, by the names of OCPP 2.x; adapters turn them into each version's call.

A command is stored as ``name`` and ``arguments`` (JSON), so that it can be encoded when it is sent, in the version
that the charger speaks then. One module per functional block; a class is entered in its module's ``COMMANDS``.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from apps.chargers.messages.commands import (
    battery_swap,
    certificates,
    core,
    customer,
    der,
    device_model,
    diagnostics,
    display,
    dynamic_charging,
    firmware,
    local_lists,
    monitoring,
    network,
    reservations,
    smart_charging,
    streams,
    tariffs,
    transactions,
)
from apps.chargers.messages.commands.base import Command, RawCall
from apps.chargers.messages.commands.certificates import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
)
from apps.chargers.messages.commands.core import (
    ChangeAvailability,
    ClearCache,
    DataTransfer,
    GetBaseReport,
    GetVariables,
    RequestStartTransaction,
    RequestStopTransaction,
    Reset,
    SetVariables,
    TriggerMessage,
    UnlockConnector,
)
from apps.chargers.messages.commands.diagnostics import GetLog
from apps.chargers.messages.commands.firmware import PublishFirmware, UnpublishFirmware, UpdateFirmware
from apps.chargers.messages.commands.smart_charging import (
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    SetChargingProfile,
)

__all__ = [
    "COMMANDS",
    "CertificateSigned",
    "ChangeAvailability",
    "ClearCache",
    "ClearChargingProfile",
    "Command",
    "DataTransfer",
    "DeleteCertificate",
    "GetBaseReport",
    "GetChargingProfiles",
    "GetCompositeSchedule",
    "GetInstalledCertificateIds",
    "GetLog",
    "GetVariables",
    "InstallCertificate",
    "PublishFirmware",
    "RawCall",
    "RequestStartTransaction",
    "RequestStopTransaction",
    "Reset",
    "SetChargingProfile",
    "SetVariables",
    "TriggerMessage",
    "UnlockConnector",
    "UnpublishFirmware",
    "UpdateFirmware",
    "build_command",
]

COMMANDS: dict[str, type[Command]] = {
    command.name: command
    for block in (
        battery_swap,
        certificates,
        core,
        customer,
        der,
        device_model,
        diagnostics,
        display,
        dynamic_charging,
        firmware,
        local_lists,
        monitoring,
        network,
        reservations,
        smart_charging,
        streams,
        tariffs,
        transactions,
    )
    for command in (RawCall, *block.COMMANDS)
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
