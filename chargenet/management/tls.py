"""The options of ``serve`` and ``run`` that make them speak TLS themselves."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from apps.gateway.server import KeyPair, TlsOptions


def add_tls_arguments(parser) -> None:
    parser.add_argument(
        "--tls-cert", action="append", default=[], metavar="FILE",
        help="PEM file with the server's certificate and those of its issuers. Several: one RSA, one EC.",
    )  # fmt: skip
    parser.add_argument(
        "--tls-key", action="append", default=[], metavar="FILE", help="PEM file with its key, in the same order."
    )
    parser.add_argument("--tls-port", type=int, default=8443, help="Where TLS is spoken if a certificate is given.")
    parser.add_argument(
        "--client-ca", action="append", default=[], metavar="FILE",
        help="PEM file with CAs that sign certificates of charging stations, beside CLIENT_CA_FILES of the settings "
        "and the CAs kept in the portal.",
    )  # fmt: skip


def read_tls_options(options: dict[str, Any]) -> TlsOptions | None:
    """The pairs as given; ``None`` without any. Raises ``CommandError``."""
    certificates, keys = options["tls_cert"], options["tls_key"]
    settings.CLIENT_CA_FILES = [*settings.CLIENT_CA_FILES, *options["client_ca"]]
    if len(certificates) != len(keys):
        raise CommandError("Give one --tls-key for each --tls-cert.")
    if not certificates:
        return None
    for name in (*certificates, *keys, *options["client_ca"]):
        if not Path(name).is_file():
            raise CommandError(f"There is no file {name}.")
    pairs = tuple(KeyPair(Path(cert), Path(key)) for cert, key in zip(certificates, keys, strict=True))
    return TlsOptions(pairs, options["tls_port"])
