"""Our own authority: a root and one below it that signs, made when first needed; keys lie encrypted in the database."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.chargers.choices import CertificateKind
from apps.chargers.engine.certificates import issuing, reading
from apps.chargers.engine.certificates.requests import BadRequest, read_request
from apps.chargers.models import AuthorityKey
from apps.chargers.services.certificates.authority import AuthorityRefused, AuthorityUnavailable
from apps.chargers.services.commands.sealing import seal, unseal
from apps.core.audit import record_audit
from apps.core.errors import DomainError

NAME = "ChargeNet"


class KeyUnreadable(DomainError):
    code = "authority_key_unreadable"
    message = (
        "The key of the own certificate authority cannot be read: the server's secret key is another one than when "
        "it was made. Restore it, or start a new authority."
    )


@dataclass(frozen=True, slots=True)
class Signer:
    """An authority ready to sign."""

    certificate: x509.Certificate
    key: issuing.PrivateKey


class OwnAuthority:
    """Signs with SHA-256 and RSA PKCS #1 v1.5, or ECDSA on P-256, which ISO 15118 wants (``CertificateAuthority``)."""

    def sign_csr(self, csr_pem: str, *, identity: str, organisation: str, kind: str) -> str:
        at = timezone.now()
        try:
            request = read_request(csr_pem)
            signer = issuing_signer(algorithm_for(kind), at=at)
        except BadRequest as error:
            raise AuthorityRefused(str(error)) from error
        except KeyUnreadable as error:
            raise AuthorityUnavailable(error.message) from error
        leaf = issuing.make_leaf(
            request.public_key,
            identity=identity,
            organisation=organisation,
            kind=kind,
            issuer=signer.certificate,
            issuer_key=signer.key,
            at=at,
            days=settings.CERTIFICATE_DAYS,
        )
        return reading.to_pem([leaf, signer.certificate])


def algorithm_for(kind: str) -> issuing.Algorithm:
    """ISO 15118 knows elliptic keys only; for stations the settings say."""
    if kind != CertificateKind.STATION or settings.CERTIFICATE_AUTHORITY_ALGORITHM == "ec":
        return "ec"
    return "rsa"


def issuing_signer(algorithm: issuing.Algorithm, *, at: datetime) -> Signer:
    """The issuing authority in use, made if there is none. Raises ``KeyUnreadable``."""
    row = _in_use(AuthorityKey.Role.ISSUING, algorithm)
    if row is None:
        found_authority(algorithm=algorithm, actor=None, at=at)
        row = _in_use(AuthorityKey.Role.ISSUING, algorithm)
    assert row is not None
    return _signer(row)


def root_in_use(algorithm: issuing.Algorithm | None = None) -> AuthorityKey | None:
    """The root that stations have to know, if there is one yet."""
    return _in_use(AuthorityKey.Role.ROOT, algorithm or algorithm_for(CertificateKind.STATION))


def found_authority(*, algorithm: issuing.Algorithm, actor, at: datetime, address: str | None = None) -> AuthorityKey:
    """A root with an issuing authority below it, unless both are there; return the root's row.

    Two who found it together get the same one.
    """
    existing = root_in_use(algorithm)
    if existing is not None:
        return existing
    root_key, key = issuing.new_key(algorithm), issuing.new_key(algorithm)
    root = issuing.make_root(root_key, name=f"{NAME} root {at:%Y} {algorithm.upper()}", at=at)
    below = issuing.make_issuing(
        key.public_key(), name=f"{NAME} stations {at:%Y} {algorithm.upper()}", root=root, root_key=root_key, at=at
    )
    try:
        with transaction.atomic():
            row = _keep(AuthorityKey.Role.ROOT, algorithm, root, root_key, at)
            _keep(AuthorityKey.Role.ISSUING, algorithm, below, key, at)
            record_audit(actor=actor, action="authority.founded", subject=row, address=address)
    except IntegrityError:  # somebody else was quicker
        row = root_in_use(algorithm)  # type: ignore[assignment]
    return row


def retire_authority(
    *, algorithm: issuing.Algorithm, actor, at: datetime, address: str | None = None
) -> list[AuthorityKey]:
    """Sign no more with the authority in use; the next request founds another. What it signed stays valid.

    Return what was retired: nothing, where none is in use.
    """
    with transaction.atomic():
        rows = list(AuthorityKey.objects.select_for_update().filter(algorithm=algorithm, retired_at=None))
        for row in rows:
            row.retired_at = at
            row.save(update_fields=["retired_at"])
            record_audit(actor=actor, action="authority.retired", subject=row, address=address)
    return rows


def distrust_authority(
    *, algorithm: issuing.Algorithm, actor, at: datetime, address: str | None = None
) -> list[AuthorityKey]:
    """Let nothing open a door that retired authorities signed: their key got into wrong hands.

    Sockets that such certificates opened are closed by the gateways. Return what was distrusted only now.
    """
    with transaction.atomic():
        retired = AuthorityKey.objects.select_for_update().filter(algorithm=algorithm, distrusted_at=None)
        rows = list(retired.exclude(retired_at=None))
        for row in rows:
            row.distrusted_at = at
            row.save(update_fields=["distrusted_at"])
            record_audit(actor=actor, action="authority.distrusted", subject=row, address=address)
    return rows


def _in_use(role: AuthorityKey.Role, algorithm: issuing.Algorithm) -> AuthorityKey | None:
    return AuthorityKey.objects.filter(role=role, algorithm=algorithm, retired_at=None).first()


def _keep(
    role: AuthorityKey.Role,
    algorithm: issuing.Algorithm,
    certificate: x509.Certificate,
    key: issuing.PrivateKey,
    at: datetime,
) -> AuthorityKey:
    return AuthorityKey.objects.create(
        role=role,
        algorithm=algorithm,
        certificate=reading.to_pem([certificate]),
        sealed_key=seal({"key": issuing.key_to_pem(key)}),
        fingerprint=reading.fingerprint(certificate),
        created_at=at,
        expires_at=certificate.not_valid_after_utc,
    )


def _signer(row: AuthorityKey) -> Signer:
    opened = unseal(row.sealed_key)
    if opened is None:
        raise KeyUnreadable
    return Signer(reading.read_one(row.certificate), issuing.key_from_pem(opened["key"]))
