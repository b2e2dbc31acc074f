"""What we ask about network connection profiles: by which address and how securely a station connects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class SetNetworkProfile(Command):
    """Fill the configuration slot ``slot``; used only once NetworkConfigurationPriority names it.

    ``url`` without the station's identity, at most 512 characters; ``interface`` Wired0 … Wireless3 (2.1 also Any);
    ``ocpp_version`` a subprotocol such as ``ocpp2.0.1``; ``apn`` and ``vpn`` as in OCPP 2.x, for modems and tunnels.
    """

    name: ClassVar[str] = "SetNetworkProfile"
    announces_end: ClassVar[bool] = True
    slot: int
    url: str
    security_profile: int
    ocpp_version: str = "ocpp2.0.1"
    interface: str = "Wired0"
    message_timeout_s: int = 30
    apn: Mapping[str, Any] | None = None
    vpn: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NetworkProfileSet(Learnt):
    """The station agreed to a network profile. ``details``: apn and vpn as they were asked, secrets and all."""

    slot: int
    url: str
    security_profile: int
    ocpp_version: str
    interface: str
    details: Mapping[str, Any]


COMMANDS: tuple[type[Command], ...] = (SetNetworkProfile,)
