"""What events of security weigh: which are critical, which want a person to look. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CRITICAL = frozenset(
    {
        "FirmwareUpdated",
        "SettingSystemTime",
        "StartupOfTheDevice",
        "ResetOrReboot",
        "SecurityLogWasCleared",
        "MemoryExhaustion",
        "TamperDetectionActivated",
        "MaintenanceLoginAccepted",
        "MaintenanceLoginFailed",
    }
)
"""The critical ones of the specification's list (1.6 security white paper §5, OCPP 2.0.1 appendix 1): always told."""
ROUTINE = frozenset({"FirmwareUpdated", "SettingSystemTime", "StartupOfTheDevice", "ResetOrReboot"})
"""Critical by the list, yet part of every day: stored and announced, but nobody is called to look."""
SUSPICIOUS = frozenset(
    {
        "FailedToAuthenticateAtCsms",
        "CsmsFailedToAuthenticate",
        "AttemptedReplayAttacks",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidCsmsCertificate",
        "InvalidCentralSystemCertificate",
        "InvalidChargingStationCertificate",
        "InvalidChargePointCertificate",
        "InvalidTLSVersion",
        "InvalidTLSCipherSuite",
    }
)
"""Told though not critical; a charger that sends one of these has met somebody, or something, that is wrong."""
OWN = frozenset({"DowngradeRefused", "CertificateRefused", "PasswordRefused"})
"""Noticed by us at the door."""


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """``type`` in the charger's words, or one of ``OWN``; ``count`` how many times it stands for."""

    station_id: int
    type: str
    occurred_at: datetime
    received_at: datetime
    info: str = ""
    count: int = 1
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_critical(self) -> bool:
        return self.type in CRITICAL

    @property
    def wants_attention(self) -> bool:
        """Whether it belongs into the queue of what needs a person."""
        return self.type in SUSPICIOUS or self.type in OWN or (self.is_critical and self.type not in ROUTINE)
