"""What pages ask: the network in numbers, what needs a person, why a charger cannot connect."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chargers.choices import ConnectionEventKind, StationStatus
from apps.chargers.models import ChargingStation, ConnectionEvent, Connector
from apps.chargers.selectors import (
    ExceptionKind,
    Level,
    connector_counts,
    diagnose_identity,
    exceptions_for,
    network_counts,
    station_page,
    unknown_waiting,
)
from apps.chargers.services import stations
from apps.chargers.services.connections import release_connection
from tests.factories.chargers import (
    NOON,
    CommandFactory,
    OnlineStationFactory,
    StationFactory,
    UnknownStationFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def sentences(user, identity):
    return [finding.sentence for finding in diagnose_identity(user, identity, at=LATER)]


def test_counts_cover_what_the_user_may_see(ada, sam, otto, harbour, linden_court, django_assert_num_queries):
    OnlineStationFactory(site=harbour)
    StationFactory(site=linden_court)
    StationFactory(site=linden_court, retired_at=NOON, status=StationStatus.RETIRED)

    with django_assert_num_queries(1):
        counts = network_counts(ada)

    assert (counts.total, counts.online) == (2, 1)
    assert counts.by_status[StationStatus.NEVER_SEEN] == 1
    assert network_counts(sam).total == 1
    assert network_counts(otto).total == 0
    assert connector_counts(ada) == {"Available": 2}
    assert connector_counts(otto) == {}


def test_the_queue_names_what_needs_a_person_most_urgent_first(ada, harbour):
    faulted = OnlineStationFactory(site=harbour, status=StationStatus.FAULTED)
    Connector.objects.filter(evse__station=faulted, evse__number=2).update(status="Faulted", error_code="GroundFailure")
    offline = StationFactory(site=harbour, status=StationStatus.OFFLINE)
    unknown = UnknownStationFactory(organisation=harbour.organisation, attempts=4)
    busy = OnlineStationFactory(site=harbour)
    for _ in range(3):
        CommandFactory(station=busy, state="timed_out")

    items = exceptions_for(ada, at=LATER)

    assert [(item.kind, item.subject) for item in items] == [
        (ExceptionKind.FAULTED, faulted),
        (ExceptionKind.OFFLINE, offline),
        (ExceptionKind.UNKNOWN, unknown),
        (ExceptionKind.COMMANDS_FAILING, busy),
    ]
    assert items[0].sentence == "EVSE 2 reports a fault: GroundFailure."
    assert items[2].sentence == "Wants to connect but is not enrolled; attempts so far: 4."


def test_nobody_sees_anothers_exceptions(otto, rita, harbour):
    OnlineStationFactory(site=harbour, status=StationStatus.FAULTED)
    UnknownStationFactory(organisation=harbour.organisation)

    assert exceptions_for(otto, at=LATER) == []
    assert exceptions_for(rita, at=LATER) == []


def test_a_technician_who_may_not_adopt_sees_no_strangers(tess, harbour):
    UnknownStationFactory(organisation=harbour.organisation)
    assert exceptions_for(tess, at=LATER) == []


def test_the_queue_costs_the_same_for_one_and_for_many(ada, harbour):
    def queries(how_many: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(exceptions_for(ada, at=LATER)) == how_many
        return len(captured)

    def add_two():
        OnlineStationFactory(site=harbour, status=StationStatus.FAULTED)
        UnknownStationFactory(organisation=harbour.organisation)

    add_two()
    queries(2)  # her roles are remembered from here on
    for_one_each = queries(2)
    for _ in range(9):
        add_two()
    assert queries(20) == for_one_each


def test_unowned_strangers_are_found_by_their_exact_identity_only(ada):
    UnknownStationFactory(organisation=None, identity="NOBODYS")

    assert list(unknown_waiting(ada)) == []
    assert [unknown.identity for unknown in unknown_waiting(ada, identity="NOBODYS")] == ["NOBODYS"]


def test_the_page_of_a_station_is_hidden_from_outsiders(ada, otto, harbour):
    station = OnlineStationFactory(site=harbour)

    page = station_page(ada, station.pk)

    assert (page.station, page.connection) == (station, station.connection)
    assert [evse.number for evse in page.evses] == [1, 2]
    with pytest.raises(ChargingStation.DoesNotExist):
        station_page(otto, station.pk)


class TestDiagnosis:
    def test_nothing_ever_called(self, ada):
        (finding,) = diagnose_identity(ada, "CP-X", at=LATER)
        assert finding.sentence == "No charger has called under “CP-X”, and none is enrolled under it."
        assert finding.advice.startswith("Check the URL at the charger")

    def test_a_connected_station(self, ada, harbour):
        station = OnlineStationFactory(site=harbour, connection__remote_address="10.0.0.7")
        (finding,) = diagnose_identity(ada, station.identity, at=LATER)
        assert (finding.level, finding.at) == (Level.GOOD, NOON)
        assert finding.sentence == "It is connected from 10.0.0.7 without encryption."

    def test_a_wrong_password(self, ada, harbour):
        station = StationFactory(site=harbour)
        ConnectionEvent.objects.create(
            station=station, kind=ConnectionEventKind.REFUSED, reason="Wrong password.", at=NOON
        )
        (finding,) = diagnose_identity(ada, station.identity, at=LATER)
        assert (finding.level, finding.sentence) == (Level.BAD, "It was turned away: Wrong password.")
        assert finding.advice == "Set a new password at the station and enter it at the charger."

    def test_a_lost_socket_with_its_reason(self, ada, harbour):
        station = OnlineStationFactory(site=harbour)
        release_connection(
            station_id=station.pk, connection_id=station.connection.connection_id, reason="ping timeout", at=NOON
        )
        assert "It was connected, but its socket is gone: ping timeout." in sentences(ada, station.identity)

    def test_a_stranger(self, ada, harbour):
        UnknownStationFactory(
            organisation=harbour.organisation, identity="CP-NEW", remote_address="10.0.0.8", offered_protocols="ocpp1.6"
        )
        assert sentences(ada, "CP-NEW") == [
            "A charger called once under this identity from 10.0.0.8, offering ocpp1.6; it is not enrolled."
        ]

    def test_other_letters(self, ada, harbour):
        StationFactory(site=harbour, identity="CP-77")
        assert sentences(ada, "cp-77") == [
            "“CP-77” is enrolled: identities must agree letter for letter, capitals included."
        ]

    def test_an_outsider_learns_nothing(self, otto, harbour):
        station = OnlineStationFactory(site=harbour)
        assert sentences(otto, station.identity) == [
            f"No charger has called under “{station.identity}”, and none is enrolled under it."
        ]

    def test_a_station_that_waits_for_approval(self, ada, harbour):
        station = OnlineStationFactory(site=harbour, provisioning_enabled=False)
        stations.set_registration(station=station, registration="Pending", actor=ada, at=NOON)
        assert station.status == StationStatus.PENDING
        assert "Its registration is Pending: it may connect, but not charge." in sentences(ada, station.identity)

    def test_a_station_that_redials_all_the_time(self, ada, harbour):
        station = OnlineStationFactory(site=harbour)
        for minutes in range(6):
            ConnectionEvent.objects.create(
                station=station, kind=ConnectionEventKind.CONNECTED, at=LATER - timedelta(minutes=minutes)
            )
        assert "It connected 6 times within the last hour." in sentences(ada, station.identity)


def test_accepting_a_connected_station_asks_it_to_boot_again(ada, harbour):
    station = OnlineStationFactory(site=harbour, registration="Pending", status=StationStatus.PENDING)

    stations.set_registration(station=station, registration="Accepted", actor=ada, at=NOON)

    command = station.commands.get()
    assert (command.name, command.arguments) == ("TriggerMessage", {"message": "BootNotification"})
    assert station.status == StationStatus.AVAILABLE
