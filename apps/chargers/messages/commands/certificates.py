"""What we ask about certificates of stations and vehicles."""

from dataclasses import dataclass
from typing import ClassVar

from apps.chargers.messages.commands.base import Command


@dataclass(frozen=True, slots=True)
class CertificateSigned(Command):
    """The chain (PEM, leaf first) that a station asked us to sign. ``request_id`` only exists in 2.1.

    ``certificate_type``: ChargingStationCertificate, V2GCertificate, V2G20Certificate (2.1).
    """

    name: ClassVar[str] = "CertificateSigned"
    announces_end: ClassVar[bool] = True
    certificate_chain: str
    certificate_type: str = "ChargingStationCertificate"
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class InstallCertificate(Command):
    """``certificate_type``: CSMSRootCertificate, ManufacturerRootCertificate, V2GRootCertificate, MORootCertificate,
    OEMRootCertificate (2.1). In 1.6 the last three travel as DataTransfer of the Plug & Charge extension.
    """

    name: ClassVar[str] = "InstallCertificate"
    certificate_type: str
    certificate: str


@dataclass(frozen=True, slots=True)
class GetInstalledCertificateIds(Command):
    """Of the types named, or of all (in 1.6 exactly one); V2GCertificateChain is a type to ask for, too."""

    name: ClassVar[str] = "GetInstalledCertificateIds"
    certificate_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteCertificate(Command):
    """The hash data as the station told them. ``certificate_type`` is for people, and for 1.6 to choose the way."""

    name: ClassVar[str] = "DeleteCertificate"
    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str
    certificate_type: str | None = None


COMMANDS: tuple[type[Command], ...] = (
    CertificateSigned,
    InstallCertificate,
    GetInstalledCertificateIds,
    DeleteCertificate,
)
