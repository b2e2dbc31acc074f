"""TLS of our own: key pairs, suites, and renewal without a restart.

Which client certificate is good is not decided here. Every client is asked for one and may have none; whoever presents
one proves in the handshake that he holds its key, and the application judges the chain at the upgrade, where the
station is known and can be told why it is refused.
"""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from zope.interface import implementer

logger = logging.getLogger(__name__)

CIPHERS = ":".join(
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    ]
).encode()
"""TLS 1.2 as OCPP 2.0.1 A00.FR.318 lists it, and ECDHE with RSA; TLS 1.3 has suites of its own."""
LOOK_EVERY_S = 5.0
"""How often, at most, the files are looked at for a renewal."""


class TlsFilesUnusable(ValueError):
    """A certificate or key that cannot be read or does not belong to the other; the text says which."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """PEM files: a certificate, followed by those of its issuers, and its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """Where to listen with TLS, and as whom. Several pairs: one per kind of key, such as RSA and EC."""

    pairs: tuple[KeyPair, ...]
    port: int = 0


@implementer(IOpenSSLServerConnectionCreator)
class TlsContexts:
    """Makes the TLS side of connections; reads the files anew when they change. Raises ``TlsFilesUnusable``."""

    def __init__(self, pairs: tuple[KeyPair, ...]) -> None:
        self._pairs = pairs
        self._read_at = self._versions()
        self._context = build_context(pairs)
        self._looked_at_s = time.monotonic()

    def serverConnectionForTLS(self, protocol: Any) -> SSL.Connection:
        """Called by Twisted for each connection."""
        if time.monotonic() - self._looked_at_s > LOOK_EVERY_S:
            self.reload_if_changed()
        return SSL.Connection(self._context, None)

    def reload_if_changed(self) -> None:
        """Take renewed files; a pair that cannot be used leaves the old one in force. Open connections stay."""
        self._looked_at_s = time.monotonic()
        versions = self._versions()
        if versions == self._read_at:
            return
        self._read_at = versions
        try:
            self._context = build_context(self._pairs)
        except TlsFilesUnusable as error:
            logger.error("The renewed TLS certificate cannot be used, the old one stays: %s", error)
        else:
            logger.info("The TLS certificate was read anew.")

    def _versions(self) -> list[tuple[int, int]]:
        """What changes when a file does; a file that is being replaced counts as changed."""
        found = []
        for path in (path for pair in self._pairs for path in (pair.certificate, pair.key)):
            try:
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_ino))
            except OSError:
                found.append((0, 0))
        return found


def build_context(pairs: tuple[KeyPair, ...]) -> SSL.Context:
    """TLS 1.2 and newer with these pairs. Raises ``TlsFilesUnusable``."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(CIPHERS)
    # Without resumption every connection shows its whole chain, and chargers reconnect rarely.
    context.set_options(
        SSL.OP_NO_TICKET | SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE
    )
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_verify(SSL.VERIFY_PEER, _let_the_application_judge)
    for pair in pairs:
        try:
            context.use_certificate_chain_file(str(pair.certificate))
            context.use_privatekey_file(str(pair.key))
            context.check_privatekey()
        except (SSL.Error, OSError) as error:
            raise TlsFilesUnusable(f"{pair.certificate} with {pair.key}: {describe_error(error)}") from error
    return context


def describe_error(error: BaseException) -> str:
    """OpenSSL's own words for what went wrong, such as ``unsupported protocol``."""
    stack = error.args[0] if error.args else ""
    if isinstance(error, SSL.Error) and isinstance(stack, list):
        return "; ".join(str(entry[-1]) for entry in stack if entry[-1]) or "unreadable"
    return str(error) or type(error).__name__


def certificates_of(connection: SSL.Connection) -> tuple[bytes, ...]:
    """The client's certificates in DER, its own first; empty where it showed none, or one that cannot be read."""
    try:
        own = connection.get_peer_certificate(as_cryptography=True)
        if own is None:
            return ()
        others = connection.get_peer_cert_chain(as_cryptography=True) or []  # at a server without the client's own
    except ValueError:
        return ()
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in (own, *others))


def _let_the_application_judge(*_: Any) -> bool:
    return True
