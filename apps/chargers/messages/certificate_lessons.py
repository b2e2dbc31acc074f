"""What answers teach of certificates; whoever asked, and over whatever version."""

from dataclasses import dataclass

from apps.chargers.messages.certificates import HashData
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class CertificateAnswered(Learnt):
    """The station took the chain that it had asked us to sign, or refused it. ``word``: what it said."""

    certificate_chain: str
    accepted: bool
    word: str


@dataclass(frozen=True, slots=True)
class CertificateInstalled(Learnt):
    """InstallCertificate was accepted."""

    certificate_type: str
    certificate: str


@dataclass(frozen=True, slots=True)
class CertificateDeleted(Learnt):
    """DeleteCertificate was accepted, or the station says that it has no such certificate."""

    hash_data: HashData


@dataclass(frozen=True, slots=True)
class InstalledCertificate:
    """One entry of an answer; ``children`` are those below the first of a chain."""

    certificate_type: str
    hash_data: HashData
    children: tuple[HashData, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificatesListed(Learnt):
    """What is installed, of the types asked for (all, where none was named)."""

    certificate_types: tuple[str, ...]
    installed: tuple[InstalledCertificate, ...]
