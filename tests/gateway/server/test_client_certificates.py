"""Reading the certificate that a proxy passes on."""

from base64 import b64encode
from urllib.parse import quote

import pytest

from apps.gateway.server.client_certificates import read_forwarded_certificates
from tests.support.pki import issue

CA = issue("CA", is_ca=True)
OWN = issue("CP1", issuer=CA)
PEM = OWN.pem.decode()
BARE = b64encode(OWN.der).decode()


@pytest.mark.parametrize(
    "value",
    [
        quote(PEM),
        quote(PEM, safe=""),
        BARE,
        quote(BARE, safe=""),
        f'Hash=0123;Cert="{quote(PEM, safe="")}";Subject="CN=CP1"',
        f'By=spiffe://proxy;Hash=0123;Chain="{quote(PEM, safe="")}"',
    ],
    ids=["nginx", "every character", "traefik", "traefik escaped", "envoy", "envoy chain"],
)
def test_every_way_of_writing_a_certificate_is_read(value):
    assert read_forwarded_certificates([value]) == (OWN.der,)


def test_a_chain_keeps_its_order():
    chain = quote(PEM + CA.pem.decode())
    assert read_forwarded_certificates([chain]) == (OWN.der, CA.der)


def test_of_repeated_headers_the_one_of_the_proxy_counts():
    forged = quote(issue("forged").pem.decode())
    assert read_forwarded_certificates([forged, quote(PEM)]) == (OWN.der,)


@pytest.mark.parametrize("value", ["", " ", "(null)", "not base64!", "x" * 40_000, "-----BEGIN CERTIFICATE-----"])
def test_what_cannot_be_read_is_no_certificate(value):
    assert read_forwarded_certificates([value] if value else []) == ()
