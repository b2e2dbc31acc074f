"""A small world of certificates for tests: authorities, leaves, requests, and an OCSP responder on the loopback."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from apps.chargers.engine.certificates import issuing, reading
from apps.chargers.engine.certificates.hashing import hash_of
from apps.chargers.messages.certificates import HashData

EMAID = "DE83DUIEN83QGZD"


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def request_pem(key=None, *, common_name: str = "whatever", names: bool = True) -> str:
    """A request as a charger makes it; ``names=False``: with an empty subject."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if names else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def weak_request_pem() -> str:
    """With a key of 1024 bits."""
    return request_pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))


def of_version_two(pem: str) -> str:
    """The request with 2 in its version field, as a real charger sends it; its signature no longer fits."""
    der = x509.load_pem_x509_csr(pem.encode()).public_bytes(Encoding.DER)
    at = der.index(b"\x02\x01\x00")
    text = base64.encodebytes(der[:at] + b"\x02\x01\x02" + der[at + 3 :]).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n"


@dataclass
class Authority:
    """A certificate with its key, which issues others."""

    certificate: x509.Certificate
    key: issuing.PrivateKey

    @property
    def pem(self) -> str:
        return reading.to_pem([self.certificate])

    @classmethod
    def root(cls, name: str = "Root", at: datetime | None = None) -> "Authority":
        key = issuing.new_key("ec")
        return cls(issuing.make_root(key, name=name, at=at or now()), key)

    def below(self, name: str = "Below") -> "Authority":
        key = issuing.new_key("ec")
        made = issuing.make_issuing(
            key.public_key(), name=name, root=self.certificate, root_key=self.key, at=now()
        )  # fmt: skip
        return Authority(made, key)

    def contract(
        self, name: str = EMAID, *, ocsp_url: str = "", valid_from: datetime | None = None, days: int = 100
    ) -> x509.Certificate:
        """A contract certificate; ``ocsp_url`` goes into its authority information access."""
        begin = valid_from or now() - timedelta(hours=1)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.certificate.subject)
            .public_key(issuing.new_key("ec").public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        )
        if ocsp_url:
            place = x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url)
            )  # fmt: skip
            builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def revocation_list(self, *revoked: x509.Certificate, days: int = 1) -> bytes:
        """A list (DER) that is due for renewal in so many days."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now() - timedelta(days=30))
            .next_update(now() + timedelta(days=days))
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(now())
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def hash_data(certificate: x509.Certificate, issuer: Authority, algorithm: str = "SHA256") -> HashData:
    found = hash_of(certificate, issuer.certificate, algorithm)
    return HashData(found.algorithm, found.issuer_name_hash, found.issuer_key_hash, found.serial_number)


def ocsp_json(certificate: x509.Certificate, issuer: Authority, url: str) -> dict:
    """OCSPRequestDataType."""
    data = hash_data(certificate, issuer)
    return {
        "hashAlgorithm": data.algorithm,
        "issuerNameHash": data.issuer_name_hash,
        "issuerKeyHash": data.issuer_key_hash,
        "serialNumber": data.serial_number,
        "responderURL": url,
    }


@dataclass
class Responder:
    """An OCSP responder. ``revoked`` and ``unknown`` are serial numbers; ``answer`` replaces all it would say.

    ``silent`` is an event: while it is not set, nothing is answered.
    """

    issuer: Authority
    url: str = ""
    revoked: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    signer: Authority | None = None
    answer: bytes | None = None
    questions: list[bytes] = field(default_factory=list)
    certificates: dict[int, x509.Certificate] = field(default_factory=dict)
    next_update: timedelta | None = timedelta(hours=1)
    may_speak: threading.Event = field(default_factory=threading.Event)

    def know(self, *certificates: x509.Certificate) -> None:
        for certificate in certificates:
            self.certificates[certificate.serial_number] = certificate

    def respond(self, question: bytes) -> bytes:
        self.questions.append(question)
        if self.answer is not None:
            return self.answer
        asked = ocsp.load_der_ocsp_request(question)
        serial = asked.serial_number
        if serial in self.revoked:
            status, when = ocsp.OCSPCertStatus.REVOKED, now() - timedelta(days=1)
        else:
            status = ocsp.OCSPCertStatus.UNKNOWN if serial in self.unknown else ocsp.OCSPCertStatus.GOOD
            when = None
        signer = self.signer or self.issuer
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=self.certificates[serial],
            issuer=self.issuer.certificate,
            algorithm=asked.hash_algorithm,
            cert_status=status,
            this_update=now() - timedelta(minutes=1),
            next_update=None if self.next_update is None else now() + self.next_update,
            revocation_time=when,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)


@contextmanager
def responding(issuer: Authority) -> Iterator[Responder]:
    """A responder that listens on the loopback."""
    responder = Responder(issuer)
    responder.may_speak.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            responder.may_speak.wait(30)
            body = responder.respond(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/ocsp-response")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    responder.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield responder
    finally:
        responder.may_speak.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
