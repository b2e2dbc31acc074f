"""Who is connected where: the newest socket wins, and nobody is offline who is not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chargers.choices import ConnectionEventKind, StationStatus
from apps.chargers.models import ConnectionEvent, GatewayProcess, StationCommand, StationConnection
from apps.chargers.services.connections import (
    ClosedConnection,
    LastSeen,
    NewConnection,
    SupersededConnection,
    close_gateway,
    open_gateway,
    register_connections,
    release_connection,
    release_connections,
    renew_lease,
    sweep_connections,
    touch_last_seen,
)
from apps.core.models import OutboxEvent
from tests.factories.chargers import NOON, CommandFactory, GatewayFactory, OnlineStationFactory, StationFactory

pytestmark = pytest.mark.django_db


def socket_of(station, connection_id, at=NOON, **fields):
    return NewConnection(station.pk, connection_id, fields.pop("protocol", "ocpp1.6"), at, **fields)


def outbox_names():
    return list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))


def test_first_connection_brings_the_station_online():
    station, gateway = StationFactory(evses=1), GatewayFactory()

    superseded = register_connections(
        [socket_of(station, 7, remote_address="10.0.0.9", offered_protocols="ocpp2.0.1,ocpp1.6", is_tls=True)],
        gateway_id=gateway.pk,
    )

    station.refresh_from_db()
    row = station.connection
    assert superseded == []
    assert (row.is_online, row.connection_id, row.gateway_id, row.reconnects) == (True, 7, gateway.pk, 0)
    assert (row.protocol, row.remote_address, row.is_tls, row.connected_at) == ("ocpp1.6", "10.0.0.9", True, NOON)
    assert (station.protocol, station.status, station.status_since) == ("ocpp1.6", StationStatus.AVAILABLE, NOON)
    event = ConnectionEvent.objects.get()
    assert (event.kind, event.at, event.offered_protocols) == ("connected", NOON, "ocpp2.0.1,ocpp1.6")
    announced = OutboxEvent.objects.get()
    assert (announced.name, announced.subject_id) == ("station.online", station.pk)
    assert announced.payload == {
        "organisation_id": station.site.organisation_id,
        "site_id": station.site_id,
        "at": "2026-03-14T12:00:00+00:00",
        "protocol": "ocpp1.6",
    }


def test_a_redial_takes_over_and_the_old_socket_is_reported_for_closing():
    station = OnlineStationFactory()
    old, elsewhere = station.connection, GatewayFactory()

    superseded = register_connections([socket_of(station, 99, protocol="ocpp2.0.1")], gateway_id=elsewhere.pk)

    old_gateway = old.gateway
    assert superseded == [SupersededConnection(station.pk, old.connection_id, old_gateway.channel)]
    station.refresh_from_db()
    row = StationConnection.objects.get(pk=station.pk)
    assert (row.connection_id, row.gateway_id, row.reconnects) == (99, elsewhere.pk, 1)
    assert station.protocol == "ocpp2.0.1"
    assert outbox_names() == []


def test_of_two_sockets_in_one_batch_the_last_wins():
    station, gateway = StationFactory(), GatewayFactory()

    superseded = register_connections([socket_of(station, 1), socket_of(station, 2)], gateway_id=gateway.pk)

    assert superseded == [SupersededConnection(station.pk, 1, None)]
    assert StationConnection.objects.get().connection_id == 2


def test_closing_an_older_socket_changes_nothing():
    station = OnlineStationFactory()

    assert release_connection(station_id=station.pk, connection_id=1, reason="closed", at=NOON) is False

    row = StationConnection.objects.get()
    assert (row.offline_due_at, row.connection_id) == (None, station.connection.connection_id)
    assert ConnectionEvent.objects.count() == 0


def test_a_lost_socket_makes_offline_only_after_the_grace(settings):
    settings.OCPP_OFFLINE_GRACE_S = 20
    station = OnlineStationFactory()
    socket = station.connection.connection_id

    assert release_connection(station_id=station.pk, connection_id=socket, reason="ping timeout", at=NOON) is True
    sweep_connections(NOON + timedelta(seconds=19))

    row = StationConnection.objects.get()
    assert (row.is_online, row.offline_due_at) == (True, NOON + timedelta(seconds=20))
    assert (row.connection_id, row.gateway_id, row.disconnect_reason) == (None, None, "ping timeout")

    assert sweep_connections(NOON + timedelta(seconds=20)) == 1

    station.refresh_from_db()
    assert (station.status, station.status_since) == (StationStatus.OFFLINE, NOON + timedelta(seconds=20))
    assert StationConnection.objects.get().is_online is False
    kinds = list(ConnectionEvent.objects.order_by("pk").values_list("kind", "reason"))
    assert kinds == [("disconnected", "ping timeout"), ("offline", "ping timeout")]
    event = OutboxEvent.objects.get()
    assert event.name == "station.offline"
    assert event.payload["since"] == "2026-03-14T12:00:00+00:00"
    assert sweep_connections(NOON + timedelta(seconds=30)) == 0


def test_who_comes_back_within_the_grace_was_never_offline():
    station, gateway = OnlineStationFactory(), GatewayFactory(lease_until=NOON + timedelta(hours=1))
    release_connection(station_id=station.pk, connection_id=station.connection.connection_id, reason="closed", at=NOON)

    register_connections([socket_of(station, 50, NOON + timedelta(seconds=5))], gateway_id=gateway.pk)
    assert sweep_connections(NOON + timedelta(minutes=5)) == 0

    station.refresh_from_db()
    assert station.status == StationStatus.AVAILABLE
    assert outbox_names() == []


def test_stations_of_a_dead_gateway_are_disconnected_and_then_offline(settings):
    settings.OCPP_OFFLINE_GRACE_S = 20
    station = OnlineStationFactory()
    gateway = station.connection.gateway
    command = CommandFactory(station=station, state="sent", sent_at=NOON)

    sweep_connections(gateway.lease_until)

    row = StationConnection.objects.get()
    assert (row.is_online, row.connection_id, row.disconnect_reason) == (True, None, "gateway lost")
    assert row.offline_due_at == gateway.lease_until + timedelta(seconds=20)
    assert not GatewayProcess.objects.exists()
    command.refresh_from_db()
    assert command.state == "failed"
    assert sweep_connections(gateway.lease_until + timedelta(seconds=20)) == 1


def test_a_station_that_moved_to_another_gateway_survives_the_death_of_its_first():
    station = OnlineStationFactory()
    first = station.connection.gateway
    second = GatewayFactory(lease_until=NOON + timedelta(hours=1))
    register_connections([socket_of(station, 77, NOON + timedelta(seconds=3))], gateway_id=second.pk)

    sweep_connections(first.lease_until)
    sweep_connections(first.lease_until + timedelta(minutes=10))

    row = StationConnection.objects.get()
    assert (row.is_online, row.connection_id, row.gateway_id) == (True, 77, second.pk)
    assert outbox_names() == []


def test_a_renewed_lease_keeps_the_stations_and_a_lost_one_says_so():
    gateway_id = GatewayFactory.build().pk
    open_gateway(gateway_id=gateway_id, channel="gateway.1", host="host", pid=4, at=NOON)
    station = OnlineStationFactory(connection__gateway_id=gateway_id, connection__gateway=None)
    StationConnection.objects.update(gateway=gateway_id)

    assert renew_lease(gateway_id=gateway_id, at=NOON + timedelta(seconds=15)) is True
    sweep_connections(NOON + timedelta(seconds=25))
    assert StationConnection.objects.get().connection_id == station.connection.connection_id

    sweep_connections(NOON + timedelta(seconds=35))
    assert StationConnection.objects.get().connection_id is None
    assert renew_lease(gateway_id=gateway_id, at=NOON + timedelta(seconds=36)) is False


def test_a_gateway_that_closes_leaves_its_stations_within_the_grace():
    station = OnlineStationFactory()

    close_gateway(gateway_id=station.connection.gateway_id, at=NOON)

    row = StationConnection.objects.get()
    assert (row.is_online, row.connection_id) == (True, None)
    assert not GatewayProcess.objects.exists()


def test_a_command_under_way_fails_with_its_socket():
    station = OnlineStationFactory()
    sent = CommandFactory(station=station, state="sent", sent_at=NOON)
    waiting = CommandFactory(station=station)

    release_connections([ClosedConnection(station.pk, station.connection.connection_id, "closed", NOON)])

    sent.refresh_from_db()
    waiting.refresh_from_db()
    assert (sent.state, sent.error_code) == ("failed", "connection lost")
    assert sent.explanation == "The connection was lost before the charger answered."
    assert waiting.state == "pending"


def test_signs_of_life_are_written_for_many_at_once():
    one, two = OnlineStationFactory(), OnlineStationFactory()
    later = NOON + timedelta(seconds=9)

    assert touch_last_seen({one.pk: LastSeen(later, 12.5, 2), two.pk: LastSeen(later)}) == 2
    touch_last_seen({one.pk: LastSeen(later, None, 1)})

    row = StationConnection.objects.get(station=one)
    assert (row.last_seen_at, row.rtt_ms, row.frames_rejected) == (later, 12.5, 3)
    assert StationConnection.objects.get(station=two).rtt_ms is None


@pytest.mark.parametrize("how_many", [1, 50])
def test_connecting_costs_a_constant_number_of_statements(how_many):
    gateway = GatewayFactory()
    stations = [StationFactory() for _ in range(how_many)]
    sockets = [socket_of(station, 100 + n) for n, station in enumerate(stations)]

    with CaptureQueriesContext(connection) as asked:
        register_connections(sockets, gateway_id=gateway.pk)

    locks = 1 if connection.vendor == "postgresql" else 0
    statements = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == 7 + locks
    assert ConnectionEvent.objects.filter(kind=ConnectionEventKind.CONNECTED).count() == how_many
    assert StationCommand.objects.count() == 0
