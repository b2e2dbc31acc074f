"""Which certificates are good for a station (OCPP 2.0.1 A00, security profile 3)."""

from datetime import UTC, datetime

import pytest
from cryptography import x509

from apps.chargers.engine.client_certificates import NOT_READABLE, UNKNOWN_CA, build_trust, judge_certificate
from tests.support.pki import DAY, issue

NOW = datetime.now(UTC)
CA = issue("Charger CA", is_ca=True)
TRUST = build_trust([CA.certificate])


def problem(*chain: bytes, names=("CP1", "SN-1"), trust=TRUST, at=NOW) -> str:
    return judge_certificate(chain, trust=trust, names=names, at=at).problem


def test_the_common_name_may_be_the_identity_or_the_serial_number():
    assert problem(issue("CP1", issuer=CA).der) == ""
    assert problem(issue("SN-1", issuer=CA).der) == ""


def test_an_alternative_name_may_be_the_identity():
    own = issue("Charger", issuer=CA, alternative=(x509.DNSName("CP1"),))
    assert problem(own.der) == ""


def test_the_name_of_another_station_is_refused():
    expected = "The certificate of the charger belongs to “CP2”, not to this station."
    assert problem(issue("CP2", issuer=CA).der) == expected


def test_letters_of_another_case_are_another_name():
    assert problem(issue("cp1", issuer=CA).der) == (
        "The certificate of the charger belongs to “cp1”, not to this station."
    )


def test_an_intermediate_must_be_shown():
    intermediate = issue("Sub", issuer=CA, is_ca=True)
    own = issue("CP1", issuer=intermediate)
    assert problem(own.der, intermediate.der) == ""
    assert problem(own.der) == UNKNOWN_CA


def test_a_certificate_that_is_no_ca_signs_nothing():
    charger = issue("CP2", issuer=CA)
    forged = issue("CP1", issuer=charger)
    assert problem(forged.der, charger.der) == UNKNOWN_CA


@pytest.mark.parametrize("issuer", [None, issue("Other CA", is_ca=True)], ids=["by itself", "by another CA"])
def test_a_certificate_signed_by_somebody_else_is_refused(issuer):
    assert problem(issue("CP1", issuer=issuer).der) == UNKNOWN_CA


def test_without_any_ca_nobody_is_trusted():
    assert problem(issue("CP1", issuer=CA).der, trust=build_trust([])) == UNKNOWN_CA


def test_a_certificate_is_good_until_the_instant_it_ends():
    own = issue("CP1", issuer=CA, valid=(-DAY, DAY / 2))
    end = own.certificate.not_valid_after_utc
    assert problem(own.der, at=end - DAY / 86_400) == ""
    assert problem(own.der, at=end) == f"The certificate of the charger expired on {end:%Y-%m-%d}."


def test_a_certificate_of_the_future_is_refused_with_its_date():
    own = issue("CP1", issuer=CA, valid=(DAY / 2, DAY))
    begin = own.certificate.not_valid_before_utc
    assert problem(own.der) == f"The certificate of the charger is valid only from {begin:%Y-%m-%d} on."


def test_noise_is_no_certificate():
    assert problem(b"\x30\x03noise") == NOT_READABLE
