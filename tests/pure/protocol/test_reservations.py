"""Reservations in the words of each version."""

from datetime import UTC, datetime

import pytest

from apps.chargers.messages.commands import RawCall
from apps.chargers.messages.commands.reservations import (
    CancellationAnswered,
    CancelReservation,
    ReservationAnswered,
    ReserveNow,
)
from apps.chargers.messages.events.reservations import ReservationUpdated
from apps.chargers.messages.replies import Reply
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from tests.pure.protocol.talk import answer, call, connect, read

UNTIL = "2026-03-01T13:00:00Z"
UNTIL_AT = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("command", "in_16", "in_201"),
    [
        (ReserveNow(7, UNTIL, "TAG", "ISO14443", 2, "GROUP"),
         {"connectorId": 2, "expiryDate": UNTIL, "idTag": "TAG", "reservationId": 7, "parentIdTag": "GROUP"},
         {"id": 7, "expiryDateTime": UNTIL, "idToken": {"idToken": "TAG", "type": "ISO14443"}, "evseId": 2,
          "groupIdToken": {"idToken": "GROUP", "type": "Central"}}),
        (ReserveNow(7, UNTIL, "TAG"),
         {"connectorId": 0, "expiryDate": UNTIL, "idTag": "TAG", "reservationId": 7},
         {"id": 7, "expiryDateTime": UNTIL, "idToken": {"idToken": "TAG", "type": "ISO14443"}}),
    ],
)  # fmt: skip
@pytest.mark.ocpp(None, "ReserveNow")
def test_a_place_is_reserved(command, in_16, in_201):
    for version, payload in (("ocpp1.6", in_16), ("ocpp2.0.1", in_201), ("ocpp2.1", in_201)):
        assert read(connect(version).send_command(command, "m").text)[2:] == ["ReserveNow", payload]


@pytest.mark.ocpp("2.0.1", "ReserveNow")
def test_a_type_of_connector_can_be_wished_for_in_2x_alone():
    command = ReserveNow(7, UNTIL, "TAG", connector_type="cCCS2")
    assert read(connect("ocpp2.0.1").send_command(command, "m").text)[3]["connectorType"] == "cCCS2"
    with pytest.raises(CommandNotExpressible):
        connect("ocpp1.6").send_command(command, "m")


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"])
@pytest.mark.parametrize("status", ["Accepted", "Rejected"])
@pytest.mark.ocpp(None, "CancelReservation")
def test_cancelling_teaches_whether_it_is_gone(version, status):
    connection = connect(version)
    connection.send_command(CancelReservation(99999), "m")
    got = answer(connection, "m", {"status": status}).result
    assert (got.accepted, got.status) == (status == "Accepted", status)
    assert got.learnt == (CancellationAnswered(99999, status == "Accepted", status),)


RAW = {
    "ocpp1.6": {"connectorId": 2, "expiryDate": UNTIL, "idTag": "TAG", "reservationId": 7, "parentIdTag": "GROUP"},
    "ocpp2.0.1": {"id": 7, "expiryDateTime": UNTIL, "idToken": {"idToken": "TAG", "type": "ISO14443"}, "evseId": 2,
                  "groupIdToken": {"idToken": "GROUP", "type": "Central"}},
}  # fmt: skip


@pytest.mark.parametrize("version", list(RAW))
@pytest.mark.parametrize("status", ["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"])
@pytest.mark.ocpp(None, "ReserveNow")
def test_the_answer_to_a_raw_call_teaches_the_same(version, status):
    connection = connect(version)
    connection.send_command(RawCall("ReserveNow", RAW[version]), "m")
    got = answer(connection, "m", {"status": status}).result
    assert got.learnt == (
        ReservationAnswered(7, status == "Accepted", status, 2, "TAG", "ISO14443", "GROUP", "", UNTIL_AT),
    )


@pytest.mark.parametrize("version", list(RAW))
def test_an_expiry_that_cannot_be_read_is_none(version):
    request = RAW[version] | {next(key for key in RAW[version] if key.startswith("expiry")): "soon"}
    (learnt,) = adapter_for(version).read_result("ReserveNow", request, {"status": "Accepted"}).learnt
    assert learnt.expires_at is None


@pytest.mark.parametrize("status", ["Expired", "Removed"])
@pytest.mark.ocpp("2.0.1", "ReservationStatusUpdate")
def test_the_station_tells_that_a_reservation_is_over(status):
    connection = connect("ocpp2.0.1")
    payload = {"reservationId": 7, "reservationUpdateStatus": status}
    assert call(connection, "ReservationStatusUpdate", payload).event == ReservationUpdated(7, status)
    assert read(connection.reply("m1", Reply())) == [3, "m1", {}]


@pytest.mark.ocpp("2.1", "ReservationStatusUpdate")
def test_a_2_1_station_tells_that_nobody_came():
    payload = {"reservationId": 7, "reservationUpdateStatus": "NoTransaction"}
    assert call(connect("ocpp2.1"), "ReservationStatusUpdate", payload).event == ReservationUpdated(7, "NoTransaction")
