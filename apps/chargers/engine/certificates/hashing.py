"""Hash data: how OCPP and OCSP name a certificate (RFC 6960 §4.1.1, OCPP CertificateHashDataType)."""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALGORITHMS: dict[str, type[hashes.HashAlgorithm]] = {
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
MAX_SERIAL_DIGITS = 40


@dataclass(frozen=True, slots=True)
class CertificateHash:
    """Hexadecimal, in lower case; ``serial_number`` without leading zeros."""

    algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    @classmethod
    def normal(
        cls, algorithm: str, issuer_name_hash: str, issuer_key_hash: str, serial_number: str
    ) -> "CertificateHash":
        """The same, however a charger spells it: upper case, leading zeros, ``0x``."""
        digits = serial_number.strip().casefold().removeprefix("0x")
        serial = digits.lstrip("0") or digits[:1]
        return cls(algorithm, issuer_name_hash.strip().casefold(), issuer_key_hash.strip().casefold(), serial)

    @property
    def is_readable(self) -> bool:
        """Whether it can be the hash of anything: known algorithm, right lengths, hexadecimal."""
        algorithm = ALGORITHMS.get(self.algorithm)
        if algorithm is None or len(self.serial_number) > MAX_SERIAL_DIGITS:
            return False
        length = algorithm().digest_size * 2
        texts = (self.issuer_name_hash, self.issuer_key_hash)
        return all(len(text) == length and _is_hex(text) for text in texts) and _is_hex(self.serial_number)


def hash_of(certificate: x509.Certificate, issuer: x509.Certificate, algorithm: str = "SHA256") -> CertificateHash:
    """The hash data of ``certificate``; of a root, ``issuer`` is itself."""
    return CertificateHash(
        algorithm,
        _digest(algorithm, certificate.issuer.public_bytes()),
        _digest(algorithm, key_bits(issuer)),
        f"{certificate.serial_number:x}",
    )


def is_issuer(certificate: x509.Certificate, named: CertificateHash) -> bool:
    """Whether ``certificate`` is the issuer that hash data name."""
    return (
        _digest(named.algorithm, certificate.subject.public_bytes()) == named.issuer_name_hash
        and _digest(named.algorithm, key_bits(certificate)) == named.issuer_key_hash
    )


def issuer_among(named: CertificateHash, candidates: Iterable[x509.Certificate]) -> x509.Certificate | None:
    """The certificate that issued the one named, if it is there."""
    return next((candidate for candidate in candidates if is_issuer(candidate, named)), None)


def key_bits(certificate: x509.Certificate) -> bytes:
    """The value of the key's BIT STRING, without tag, length and count of unused bits (RFC 6960)."""
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    _, content = _element(info)
    algorithm_end = _end(content)
    _, bits = _element(content[algorithm_end:])
    return bits[1:]


def _digest(algorithm: str, data: bytes) -> str:
    digest = hashes.Hash(ALGORITHMS[algorithm]())
    digest.update(data)
    return digest.finalize().hex()


def _element(data: bytes) -> tuple[int, bytes]:
    """The tag and the content of the DER element at the beginning of ``data``."""
    begin, end = _bounds(data)
    return data[0], data[begin:end]


def _end(data: bytes) -> int:
    return _bounds(data)[1]


def _bounds(data: bytes) -> tuple[int, int]:
    length, begin = data[1], 2
    if length & 0x80:
        begin += length & 0x7F
        length = int.from_bytes(data[2:begin])
    return begin, begin + length


def _is_hex(text: str) -> bool:
    return bool(text) and all(character in "0123456789abcdef" for character in text)
