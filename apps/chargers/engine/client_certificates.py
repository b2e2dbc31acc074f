"""Whether a charger's certificate is good for its station (security profile 3). Pure: the clock is an argument."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

NOT_READABLE = "The certificate of the charger cannot be read."
UNKNOWN_CA = "The certificate of the charger is not signed by a CA that is trusted here."


@dataclass(frozen=True, slots=True)
class CertificateVerdict:
    """``problem`` is a sentence for people, empty where the certificate is good; ``fingerprint`` SHA-256 in hex."""

    problem: str
    fingerprint: str = ""
    subject: str = ""

    @property
    def is_good(self) -> bool:
        return not self.problem


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises ``ValueError``."""
    return x509.load_pem_x509_certificates(pem)


def build_trust(roots: Iterable[x509.Certificate]) -> Store | None:
    """What chains may end in; ``None`` where nobody is trusted."""
    roots = list(roots)
    return Store(roots) if roots else None


def judge_certificate(
    chain: Sequence[bytes], *, trust: Store | None, names: Iterable[str], at: datetime
) -> CertificateVerdict:
    """Whether ``chain`` (DER, the charger's own first) ends in ``trust``, is valid at ``at`` and names the station.

    ``names``: the identity and, where known, the serial number; one of them must be the subject's common name (OCPP
    2.0.1 A00.FR.512 wants the serial number, many operators write the identity) or an alternative name.
    """
    try:
        own, *others = [x509.load_der_x509_certificate(der) for der in chain]
        found = names_of(own)
    except ValueError:
        return CertificateVerdict(NOT_READABLE)
    fingerprint = own.fingerprint(hashes.SHA256()).hex()
    problem = _time_problem(own, at) or _chain_problem(own, others, trust, at) or _name_problem(found, names)
    return CertificateVerdict(problem, fingerprint, found[0] if found else "")


def names_of(certificate: x509.Certificate) -> list[str]:
    """The common names of the subject, then the alternative DNS names and URIs. Raises ``ValueError``."""
    names = [str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return names
    return [
        *names,
        *alternative.get_values_for_type(x509.DNSName),
        *alternative.get_values_for_type(x509.UniformResourceIdentifier),
    ]


def _time_problem(own: x509.Certificate, at: datetime) -> str:
    if at >= own.not_valid_after_utc:
        return f"The certificate of the charger expired on {own.not_valid_after_utc:%Y-%m-%d}."
    if at < own.not_valid_before_utc:
        return f"The certificate of the charger is valid only from {own.not_valid_before_utc:%Y-%m-%d} on."
    return ""


def _chain_problem(own: x509.Certificate, others: Sequence[x509.Certificate], trust: Store | None, at: datetime) -> str:
    if trust is None:
        return UNKNOWN_CA
    # Certificates of chargers follow OCPP, not the rules of browsers: of their extensions none is demanded.
    leaf = ExtensionPolicy.permit_all()
    issuer = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _must_be_ca)
    builder = PolicyBuilder().store(trust).time(at.astimezone(UTC).replace(tzinfo=None))
    verifier = builder.extension_policies(ee_policy=leaf, ca_policy=issuer).build_client_verifier()
    try:
        verifier.verify(own, list(others))
    except (VerificationError, ValueError):
        return UNKNOWN_CA
    return ""


def _must_be_ca(policy: object, certificate: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("the issuer is no CA")


def _name_problem(found: Sequence[str], names: Iterable[str]) -> str:
    wanted = {name for name in names if name}
    if wanted.intersection(found):
        return ""
    whose = f"belongs to “{found[0][:60]}”" if found else "names nobody"
    return f"The certificate of the charger {whose}, not to this station."
