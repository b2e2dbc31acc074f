"""The client's certificate as proxies pass it on: a header with PEM, in the ways that are in use.

nginx (``$ssl_client_escaped_cert``) and HAProxy write percent-encoded PEM; Traefik (``X-Forwarded-Tls-Client-Cert``)
the base64 without its frame, several separated by commas; Envoy (``X-Forwarded-Client-Cert``) fields such as
``Cert="…";Chain="…"``.
"""

import binascii
import re
import ssl
from base64 import b64decode
from collections.abc import Sequence
from urllib.parse import unquote

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_ENVOY_FIELD = re.compile(r'\b(Cert|Chain)="([^"]*)"')
MAX_HEADER_CHARACTERS = 32_768
MAX_CERTIFICATES = 8


def read_forwarded_certificates(values: Sequence[str]) -> tuple[bytes, ...]:
    """Certificates in DER, the client's own first; empty where the header is absent, empty or cannot be read.

    Only the last value counts where a header is repeated: the trusted proxy wrote it.
    """
    value = values[-1].strip() if values else ""
    if not value or len(value) > MAX_HEADER_CHARACTERS:
        return ()
    fields = dict(_ENVOY_FIELD.findall(value.rpartition("Hash=")[2] if "Hash=" in value else value))
    if fields:
        value = fields.get("Chain") or fields.get("Cert", "")
    text = unquote(value)
    try:
        if "BEGIN" in text:
            found = [ssl.PEM_cert_to_DER_cert(pem) for pem in _PEM.findall(text)]
        else:
            found = [b64decode("".join(part.split()), validate=True) for part in text.split(",") if part.strip()]
    except (ValueError, binascii.Error):
        return ()
    return tuple(found[:MAX_CERTIFICATES])
