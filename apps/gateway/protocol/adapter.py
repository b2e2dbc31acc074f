"""What one version of OCPP is to us: four tables from its messages to the neutral language, and its schemas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any

from apps.chargers.messages.commands import Command, RawCall
from apps.chargers.messages.events import ChargerEvent
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.errors import CommandNotExpressible, ErrorCode
from apps.gateway.protocol.results import read_status
from apps.gateway.protocol.schemas import Schemas

Payload = dict[str, Any]
Decoder = Callable[[Payload, datetime], ChargerEvent]
ReplyEncoder = Callable[[Any], Payload]
CommandEncoder = Callable[[Any], tuple[str, Payload]]
ResultDecoder = Callable[[Payload, Payload], CommandResult]

# The versions we speak, best first, and the package that speaks each.
VERSIONS = {"ocpp2.1": "v21", "ocpp2.0.1": "v201", "ocpp1.6": "v16"}

_INVITED = {
    "CustomerInformation": frozenset({"NotifyCustomerInformation"}),
    "GetChargingProfiles": frozenset({"ReportChargingProfiles"}),
    "GetDERControl": frozenset({"ReportDERControl"}),
    "GetDiagnostics": frozenset({"DiagnosticsStatusNotification"}),
    "GetMonitoringReport": frozenset({"NotifyMonitoringReport"}),
    "GetLog": frozenset({"LogStatusNotification"}),
    "PublishFirmware": frozenset({"PublishFirmwareStatusNotification"}),
    "SignedUpdateFirmware": frozenset({"SignedFirmwareStatusNotification"}),
    "UpdateFirmware": frozenset({"FirmwareStatusNotification"}),
}


@dataclass(frozen=True, slots=True)
class Adapter:
    """One version. Tables hold functions without state.

    ``decode``: action of the charger → (valid payload, received_at) → event.
    ``encode_reply``: action of the charger → reply → payload.
    ``encode``: name of a command → command → (action, payload); raises ``CommandNotExpressible``.
    ``decode_result``: action of ours → (our payload, its valid payload) → result; others are read by ``status``.
    ``commands``: every action of the version that the central system may call.
    ``error_names``: codes that this version spells otherwise.
    ``decode_send``: as ``decode``, for what chargers send unanswered; ``has_send``: whether the version knows SEND
    and CALLRESULTERROR (2.1 does).
    """

    version: str
    schemas: Schemas
    decode: Mapping[str, Decoder]
    encode_reply: Mapping[str, ReplyEncoder]
    encode: Mapping[str, CommandEncoder]
    decode_result: Mapping[str, ResultDecoder]
    commands: frozenset[str]
    error_names: Mapping[ErrorCode, str]
    ignores_unknown_types: bool
    decode_send: Mapping[str, Decoder] = field(default_factory=dict)
    has_send: bool = False

    @property
    def known_actions(self) -> frozenset[str]:
        """Every action of this version, whoever sends it."""
        return self.schemas.actions

    def error_name(self, code: ErrorCode) -> str:
        """The name of ``code`` on the wire."""
        return self.error_names.get(code, code.value)

    def encode_command(self, command: Command) -> tuple[str, Payload]:
        """Action and payload that say ``command``; raises ``CommandNotExpressible``."""
        if isinstance(command, RawCall):
            if command.action not in self.commands:
                raise CommandNotExpressible(f"{self.version} has no call {command.action!r} to a charging station.")
            return command.action, command.payload
        encode = self.encode.get(command.name)
        if encode is None:
            raise CommandNotExpressible(f"{self.version} has nothing that says {command.name}.")
        return encode(command)

    def validate_request(self, action: str, payload: Payload) -> list[tuple[str, str]]:
        """What is wrong with a call of ours, as (field path, words); empty if nothing is."""
        if action not in self.commands:
            return [("action", f"{self.version} has no such call to a charging station")]
        return self.schemas.request_problems(action, payload)

    def read_result(self, action: str, request: Payload, response: Payload) -> CommandResult:
        """What a valid answer to ``action`` means."""
        return self.decode_result.get(action, read_status)(request, response)

    def invited_by(self, action: str, request: Payload) -> frozenset[str]:
        """What the station will send because it accepted this call of ours, also while it is Pending."""
        if action in ("TriggerMessage", "ExtendedTriggerMessage"):
            wanted = str(request.get("requestedMessage"))
            return frozenset({"SignCertificate" if wanted.startswith("Sign") else wanted})
        if action in ("GetBaseReport", "GetReport"):
            return frozenset({"NotifyReport"})
        return _INVITED.get(action, frozenset())


@lru_cache
def adapter_for(version: str) -> Adapter:
    """The adapter of a subprotocol name such as ``ocpp1.6``; ``KeyError`` for one we do not speak."""
    adapter = import_module(f"apps.gateway.protocol.{VERSIONS[version]}").ADAPTER
    assert isinstance(adapter, Adapter)
    return adapter
