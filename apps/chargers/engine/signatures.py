"""Signatures over firmware files: SHA-256, RSA-PSS (or PKCS #1 v1.5) or ECDSA, base64 as OCPP sends them."""

import base64
import binascii

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

_HASH = Prehashed(hashes.SHA256())
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO)
_SIGN_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)


class UnreadableSignature(ValueError):
    """The certificate or the signature cannot be read; the text says which and why."""


def read_certificate(pem: str) -> x509.Certificate:
    """The first certificate of a PEM. Raises ``UnreadableSignature``."""
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise UnreadableSignature("The certificate is not a PEM.") from error


def is_signed_by(certificate: str, *, signature: str, sha256: str) -> bool:
    """Whether ``signature`` over a file with this digest (hex) was made with the key of ``certificate`` (PEM)."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableSignature("The signature is not base64.") from error
    key = read_certificate(certificate).public_key()
    digest = bytes.fromhex(sha256)
    if isinstance(key, rsa.RSAPublicKey):
        return _verifies(lambda: key.verify(raw, digest, _PSS, _HASH)) or _verifies(
            lambda: key.verify(raw, digest, padding.PKCS1v15(), _HASH)
        )
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _verifies(lambda: key.verify(raw, digest, ec.ECDSA(_HASH)))
    raise UnreadableSignature("The certificate's key is neither RSA nor elliptic curve.")


def sign_digest(key_pem: bytes, *, sha256: str) -> str:
    """A signature over a file with this digest (hex), by a private key without a password."""
    key = serialization.load_pem_private_key(key_pem, password=None)
    digest = bytes.fromhex(sha256)
    if isinstance(key, rsa.RSAPrivateKey):
        return base64.b64encode(key.sign(digest, _SIGN_PSS, _HASH)).decode()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return base64.b64encode(key.sign(digest, ec.ECDSA(_HASH))).decode()
    raise UnreadableSignature("The key is neither RSA nor elliptic curve.")


def _verifies(check) -> bool:
    try:
        check()
    except InvalidSignature:
        return False
    return True
