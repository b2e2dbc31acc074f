"""Signed meter values leave as they came, with the key and a verdict that is never valid by default."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apps.chargers.models import DeviceVariable
from apps.sessions.models import ChargingSession, MeterValue
from apps.sessions.selectors.signed_values import signed_values
from tests.factories.chargers import NOON
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db

METER = ec.generate_private_key(ec.SECP256R1())
KEY = METER.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()


def signed(payload: str) -> str:
    signature = METER.sign(payload.encode(), ec.ECDSA(hashes.SHA256())).hex()
    return f"OCMF|{payload}|{json.dumps({'SD': signature})}"


BEGIN = signed('{"FV":"1.0", "RD":[{"TX":"B","RV":10.0,"RI":"1-b:1.8.0","RU":"kWh"}]}')
END = signed('{"FV":"1.0", "RD":[{"TX":"E","RV":22.5,"RI":"1-b:1.8.0","RU":"kWh"}]}')


@pytest.fixture
def session(db) -> ChargingSession:
    return SessionFactory(connector_number=1)


def told(session, at, container) -> None:
    MeterValue.objects.create(
        station_id=session.station_id, evse_number=1, at=at, received_at=at, session_id=session.pk, signed=[container]
    )


def key_of_station(session, variable="MeterPublicKey1", value=KEY, component="ConfigurationKey") -> None:
    DeviceVariable.objects.create(station=session.station, component=component, variable=variable, value=value)


def test_1_6_sends_the_container_as_it_is_and_tells_the_key_as_a_setting(session):
    key_of_station(session)
    told(session, NOON, {"value": BEGIN, "format": "SignedData"})
    (value,) = signed_values(session)
    assert value["data"] == BEGIN
    assert (value["format"], value["public_key"], value["verdict"]) == ("OCMF", KEY, "valid")


def test_2_x_packs_container_and_key_in_base64(session):
    key = base64.b64encode(f"oca:base16:asn1:{KEY}".encode()).decode()
    told(session, NOON, {"signedMeterData": base64.b64encode(END.encode()).decode(), "publicKey": key})
    (value,) = signed_values(session)
    assert (value["data"], value["public_key"], value["verdict"]) == (END, KEY, "valid")


def test_the_key_of_2_x_may_be_told_once_for_the_station(session):
    key_of_station(session, "PublicKey", base64.b64encode(bytes.fromhex(KEY)).decode(), "FiscalMetering")
    told(session, NOON, {"signedMeterData": END, "publicKey": ""})
    assert signed_values(session)[0]["verdict"] == "valid"


def test_they_come_in_order_of_time_and_only_those_of_the_session(session):
    told(session, NOON + timedelta(hours=1), {"value": END})
    told(session, NOON, {"value": BEGIN})
    told(SessionFactory(), NOON, {"value": BEGIN})
    assert [value["data"] for value in signed_values(session)] == [BEGIN, END]


def test_a_changed_reading_is_invalid(session):
    key_of_station(session)
    told(session, NOON, {"value": END.replace("22.5", "12.5")})
    assert signed_values(session)[0]["verdict"] == "invalid"


def test_without_a_key_nothing_is_known(session):
    told(session, NOON, {"value": END})
    assert (signed_values(session)[0]["public_key"], signed_values(session)[0]["verdict"]) == ("", "not_checked")


def test_what_is_no_ocmf_leaves_as_it_came(session):
    key_of_station(session)
    told(session, NOON, {"signedMeterData": "AP;0;3;AJ2", "encodingMethod": "ALFEN"})
    (value,) = signed_values(session)
    assert (value["data"], value["format"], value["verdict"]) == ("AP;0;3;AJ2", "ALFEN", "not_checked")


def test_a_key_that_is_none_is_not_used(session):
    key_of_station(session, value="no key!")
    told(session, NOON, {"value": END})
    assert signed_values(session)[0]["verdict"] == "not_checked"
