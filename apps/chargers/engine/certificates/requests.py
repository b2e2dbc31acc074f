"""Certificate signing requests (PKCS #10) as chargers send them."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from apps.chargers.engine.certificates.reading import describe_key

MAX_CHARACTERS = 10_000
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
MIN_EC_BITS = 224  # OCPP 2.0.1 part 2, A00: at least 2048 bits of RSA or DSA, 224 of elliptic curves

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class BadRequest(ValueError):
    """The request cannot be signed; the words say why."""


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """A request that may be signed. ``common_name`` is what the charger calls itself, if anything.

    ``pem`` is the request alone, written anew, whatever stood around it.
    """

    pem: str
    public_key: PublicKey
    common_name: str
    key: str


def read_request(text: str) -> SigningRequest:
    """Read and check a request in PEM, with line ends of any kind. Raises ``BadRequest``.

    A subject without CN or O is no fault: the certificate names the station by its identity whatever was asked for.
    """
    if len(text) > MAX_CHARACTERS:
        raise BadRequest("The request is too long.")
    normal = text.replace("\r\n", "\n").replace("\\n", "\n").strip() + "\n"
    try:
        request = x509.load_pem_x509_csr(normal.encode())
        key = request.public_key()
        is_signed = request.is_signature_valid
    except Exception as error:  # the parser raises many kinds (InvalidVersion among them), and each means the same
        raise BadRequest(f"The request cannot be read: {str(error)[:200]}.") from error
    if not is_signed:
        raise BadRequest("The signature of the request does not fit its key.")
    pem = request.public_bytes(Encoding.PEM).decode()
    return SigningRequest(pem, _fit(key), _common_name(request), describe_key(key))


def _fit(key: object) -> PublicKey:
    if isinstance(key, rsa.RSAPublicKey):
        if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            raise BadRequest(f"An RSA key has {MIN_RSA_BITS} to {MAX_RSA_BITS} bits; this one has {key.key_size}.")
        return key
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.key_size < MIN_EC_BITS:
            raise BadRequest(f"An elliptic key has at least {MIN_EC_BITS} bits; this one has {key.curve.key_size}.")
        return key
    raise BadRequest("The key is neither RSA nor elliptic.")


def _common_name(request: x509.CertificateSigningRequest) -> str:
    try:
        found = request.subject.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)
    except ValueError:
        return ""
    return str(found[0].value)[:100] if found else ""
