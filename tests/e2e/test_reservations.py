"""Reservations through the whole product: asked by a program, held by a station, used, cancelled, over."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.choices import CommandOrigin
from apps.drivers.models import IdToken
from apps.sessions.models import Reservation
from apps.sessions.services.reservations import cancel_reservation, reserve
from tests.e2e.network import CARD
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
BOTH = pytest.mark.parametrize("version", ["1.6", "2.0.1"])


@pytest.fixture
def station(network, version):
    return network.enrol(protocol=f"ocpp{version}")


@pytest.fixture
async def charger(network, station, version):
    async with network.dial(station, version=version) as powered:
        await powered.boot()
        yield powered


async def ask(network, station, *, hold_s=600, evse_number=1) -> Reservation:
    """A reservation for the driver's card, once the station has answered."""

    def do():
        now = datetime.now(UTC)
        card = IdToken.objects.select_related("driver").get(organisation=station.site.organisation, value=CARD)
        return reserve(
            station=station, card=card, expires_at=now + timedelta(seconds=hold_s), evse_number=evse_number,
            actor=network.operator, origin=CommandOrigin.PORTAL, at=now,
        )  # fmt: skip

    reservation = network.database.do(do)
    await network.settled(reservation.command)
    return network.rows(Reservation.objects.filter(pk=reservation.pk))[0]


async def until(network, reservation, state) -> Reservation:
    def stored():
        network.database.deliver_events()
        (row,) = network.rows(Reservation.objects.select_related("session").filter(pk=reservation.pk))
        return row if row.state == state else None

    return await eventually(stored, what=f"a reservation that is {state}")


@BOTH
@pytest.mark.ocpp(None, "ReserveNow")
async def test_a_reservation_is_held_and_used_by_the_session_that_follows(network, station, charger, version):
    reservation = await ask(network, station)
    assert (reservation.state, reservation.status_word) == ("held", "Accepted")
    await charger.plug_in()
    await charger.start(token=CARD)
    used = await until(network, reservation, "used")
    assert (used.session.reservation_id, used.session.token_value) == (used.number, CARD)


@BOTH
@pytest.mark.parametrize("word", ["Faulted", "Occupied", "Unavailable", "Rejected"])
async def test_what_the_station_refuses_is_not_held(network, station, charger, version, word):
    charger.on("ReserveNow", {"status": word})
    reservation = await ask(network, station)
    assert (reservation.state, reservation.status_word) == ("refused", word)


@BOTH
@pytest.mark.ocpp(None, "CancelReservation")
async def test_a_reservation_is_cancelled(network, station, charger, version):
    reservation = await ask(network, station)
    network.database.do(
        lambda: cancel_reservation(
            reservation=reservation, actor=network.operator, origin=CommandOrigin.PORTAL, at=datetime.now(UTC)
        )
    )
    await until(network, reservation, "cancelled")
    assert charger.station.holds == {}


@BOTH
@pytest.mark.ocpp(None, "CancelReservation")
async def test_cancelling_one_that_nobody_knows_is_rejected(network, api, station, charger, version):
    command = await api.command(station.identity, "CancelReservation", {"reservationId": 99999})
    assert (command["state"], command["status_word"]) == ("rejected", "Rejected")
    assert network.rows(Reservation.objects.filter(station=station)) == []


@BOTH
async def test_a_raw_call_makes_a_reservation_that_is_seen(network, api, station, charger, version):
    until_text = (datetime.now(UTC) + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    payload = {
        "1.6": {"connectorId": 1, "expiryDate": until_text, "idTag": CARD, "reservationId": 31},
        "2.0.1": {"id": 31, "expiryDateTime": until_text, "idToken": {"idToken": CARD, "type": "ISO14443"}},
    }[version]
    await api.command(station.identity, "ReserveNow", payload)
    (row,) = network.rows(Reservation.objects.filter(station=station).select_related("id_token"))
    assert (row.number, row.state, row.id_token.value) == (31, "held", CARD)


@pytest.mark.parametrize("version", ["2.0.1"])
@pytest.mark.ocpp("2.0.1", "ReservationStatusUpdate")
async def test_the_stations_own_word_frees_the_place(network, station, charger, version):
    reservation = await ask(network, station)
    await charger.fault()
    removed = await until(network, reservation, "removed")
    assert removed.status_word == "Removed"


@BOTH
async def test_silence_leaves_nothing_held(network, station, charger, version):
    charger.on("ReserveNow", lambda payload: None)  # never answers
    reservation = await ask(network, station)
    refused = await until(network, reservation, "refused")
    assert refused.explanation == "The charger did not answer in time."
