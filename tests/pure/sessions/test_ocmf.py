"""Signed meter values: the verdict, and the energy they state."""

import json
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apps.sessions.engine.ocmf import UnreadableOcmf, Verdict, answer_ocmf, energy_kwh, read_ocmf, verify
from tests.pure.tariffs.vectors import cases

KEY = ec.derive_private_key(7, ec.SECP256R1())
OTHER = ec.derive_private_key(8, ec.SECP256R1())
READINGS = [
    {"TM": "2026-03-29T01:00:00,000+0100 S", "TX": "B", "RV": 10.5, "RI": "1-b:1.8.0", "RU": "kWh", "ST": "G"},
    {"TM": "2026-03-29T03:30:00,000+0200 S", "TX": "E", "RV": 12.25, "ST": "G"},
]


def container(readings=READINGS, *, key=KEY, algorithm=None, **signature) -> str:
    payload = json.dumps({"FV": "1.0", "PG": "T1", "RD": readings})
    signed = key.sign(payload.encode(), ec.ECDSA(hashes.SHA256())).hex()
    section = {"SD": signed, **({"SA": algorithm} if algorithm else {}), **signature}
    return f"OCMF|{payload}|{json.dumps(section)}"


def public(key=KEY) -> str:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()


@pytest.mark.parametrize("case", cases("ocmf.jsonl"))
def test_a_published_container_is_judged_as_its_case_says(case):
    answer = answer_ocmf(case)

    assert answer["signature"] in {case["expect"]["signature"], *case.get("accept", ())}
    if "energy_kwh" in case["expect"]:
        assert Decimal(answer["energy_kwh"]) == Decimal(case["expect"]["energy_kwh"])


def test_the_signature_of_the_key_is_valid_and_of_another_is_not():
    signed = read_ocmf(container())
    assert verify(signed, public()) is Verdict.VALID
    assert verify(signed, public(OTHER)) is Verdict.INVALID


def test_a_raw_point_is_a_key_too():
    numbers = KEY.public_key().public_numbers()
    raw = f"{numbers.x:064x}{numbers.y:064x}"
    assert verify(read_ocmf(container()), raw) is Verdict.VALID
    assert verify(read_ocmf(container()), f"04{raw}") is Verdict.VALID


def test_one_digit_changed_makes_it_invalid():
    assert verify(read_ocmf(container().replace("12.25", "11.25")), public()) is Verdict.INVALID


@pytest.mark.parametrize("key", ["", "00", "zz", "3059", public()[:-2]])
def test_a_broken_key_proves_nothing(key):
    assert verify(read_ocmf(container()), key) is Verdict.INVALID


@pytest.mark.parametrize("algorithm", ["RSA-2048-SHA256", "ECDSA-secp192k1-SHA256", "ECDSA-secp256r1-MD5", "x"])
def test_what_cannot_be_checked_is_not_called_valid(algorithm):
    assert verify(read_ocmf(container(algorithm=algorithm)), public()) is Verdict.UNSUPPORTED


def test_a_key_on_another_curve_than_stated_is_invalid():
    assert verify(read_ocmf(container(algorithm="ECDSA-secp384r1-SHA256")), public()) is Verdict.INVALID


def test_the_energy_is_the_end_minus_the_begin_of_the_first_register():
    others = [{"TX": "B", "RV": 1, "RI": "1-b:2.8.0", "RU": "kWh"}, {"TX": "E", "RV": 9}]
    assert energy_kwh(read_ocmf(container([*READINGS, *others]))) == Decimal("1.75")


def test_watt_hours_become_kilowatt_hours():
    readings = [{"TX": "B", "RV": 500, "RI": "1-b:1.8.0", "RU": "Wh"}, {"TX": "E", "RV": 1750}]
    assert energy_kwh(read_ocmf(container(readings))) == Decimal("1.25")


@pytest.mark.parametrize(
    "readings",
    [
        None,
        "RD",
        [],
        [1, None],
        READINGS[:1],
        [{"TX": "B", "RV": "10", "RU": "kWh"}, {"TX": "E", "RV": 12}],
        [{"TX": "B", "RV": 10, "RU": "mOhm"}, {"TX": "E", "RV": 12}],
    ],
)
def test_without_both_readings_no_energy_is_told(readings):
    assert energy_kwh(read_ocmf(container(readings))) is None


@pytest.mark.parametrize(
    "text",
    ["", "OCMF", "OCMF|{}", "XML|{}|{}", "OCMF|{|{}", "OCMF|[]|{}", 'OCMF|{}|"x"', "OCMF|" + "[" * 100_000 + "|{}"],
)
def test_what_is_no_container_is_refused(text):
    with pytest.raises(UnreadableOcmf):
        read_ocmf(text)
