"""The certificates of a simulated station: a real key, real requests, and what it was given to keep."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from apps.chargers.engine.certificates.hashing import CertificateHash, hash_of
from apps.chargers.engine.certificates.reading import UnreadableCertificate, is_signed_by, read_chain

STATION = "ChargingStationCertificate"
CHAIN = "V2GCertificateChain"


class CertificateStore:
    """``fault``: what it gets wrong: ``refuses`` what it is given, ``bad-request``, ``silent`` (never asks)."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.fault = ""
        self.asked: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.chains: dict[str, list[x509.Certificate]] = {}
        self.roots: dict[str, list[x509.Certificate]] = {}

    def new_request(self, kind: str = STATION) -> str:
        """A request (PEM) for a new key, which is used once its certificate has come."""
        if self.fault == "bad-request":
            return "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"
        self.asked[kind] = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.identity)])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self.asked[kind], hashes.SHA256())
        return request.public_bytes(Encoding.PEM).decode()

    def take(self, text: str, kind: str = STATION) -> bool:
        """Whether the chain belongs to the key that was asked for; then it is used from now on."""
        key = self.asked.get(kind)
        try:
            chain = read_chain(text)
        except UnreadableCertificate:
            return False
        if self.fault == "refuses" or key is None or chain[0].public_key() != key.public_key():
            return False
        self.keys[kind], self.chains[kind] = key, chain
        return True

    def install(self, kind: str, text: str) -> str:
        """The word that the station answers."""
        if self.fault == "refuses":
            return "Rejected"
        try:
            (certificate,) = read_chain(text)
        except (UnreadableCertificate, ValueError):
            return "Failed"
        if certificate not in self.roots.setdefault(kind, []):
            self.roots[kind].append(certificate)
        return "Accepted"

    def delete(self, data: dict) -> str:
        """Likewise, for OCPP's CertificateHashDataType."""
        wanted = CertificateHash.normal(
            data["hashAlgorithm"], data["issuerNameHash"], data["issuerKeyHash"], data["serialNumber"]
        )
        for roots in self.roots.values():
            for certificate in roots:
                if wanted.is_readable and hash_of(certificate, certificate, wanted.algorithm) == wanted:
                    roots.remove(certificate)
                    return "Failed" if self.fault == "refuses" else "Accepted"
        return "NotFound"

    def listed(self, kinds: list[str] | None = None) -> list[dict]:
        """CertificateHashDataChainType of each certificate of ``kinds`` (all, where none is named)."""
        entries = [
            {"certificateType": kind, "certificateHashData": hash_data(certificate, certificate)}
            for kind, certificates in self.roots.items()
            for certificate in certificates
            if not kinds or kind in kinds
        ]
        chain = self.chains.get("V2GCertificate", [])
        if len(chain) > 1 and (not kinds or CHAIN in kinds):
            issuers = [*chain[1:], self._root_above(chain[-1])]
            own, *below = [hash_data(one, issuer) for one, issuer in zip(chain, issuers, strict=True)]
            entries.append(
                {"certificateType": CHAIN, "certificateHashData": own, "childCertificateHashData": below}
            )  # fmt: skip
        return entries

    def _root_above(self, certificate: x509.Certificate) -> x509.Certificate:
        known = [root for roots in self.roots.values() for root in roots]
        return next((root for root in known if is_signed_by(certificate, root)), certificate)


def hash_data(certificate: x509.Certificate, issuer: x509.Certificate) -> dict[str, str]:
    """CertificateHashDataType."""
    data = hash_of(certificate, issuer)
    return {
        "hashAlgorithm": data.algorithm,
        "issuerNameHash": data.issuer_name_hash,
        "issuerKeyHash": data.issuer_key_hash,
        "serialNumber": data.serial_number,
    }
