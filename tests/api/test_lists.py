"""Filters, pages and the price of a list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.gateway.models import JournalEntry
from apps.sessions.models import MeterValue
from tests.api.conftest import fields_of, rows_of
from tests.factories.chargers import NOON, CommandFactory, OnlineStationFactory, StationFactory
from tests.factories.drivers import IdTokenFactory
from tests.factories.sessions import SessionFactory


@pytest.mark.parametrize(
    ("query", "identities"),
    [
        ("status=available", {"CP-harbour", "CP-linden"}),
        ("status=offline", set()),
        ("identity=CP-linden", {"CP-linden"}),
        ("is_online=true", {"CP-harbour", "CP-linden"}),
        ("is_online=false", set()),
        ("protocol=ocpp1.6", {"CP-harbour", "CP-linden"}),
        ("registration=Pending", set()),
        ("is_retired=true", set()),
        ("is_retired=false", {"CP-harbour", "CP-linden"}),
        ("vendor=Acme", set()),
    ],
)
def test_stations_are_filtered(ada_api, network, query, identities):
    assert {row["identity"] for row in rows_of(ada_api.get(f"/api/v1/stations/?{query}"))} == identities


def test_stations_of_one_site(ada_api, network, harbour):
    rows = rows_of(ada_api.get("/api/v1/stations/", {"site": harbour.pk}))
    assert [row["identity"] for row in rows] == ["CP-harbour"]


def test_parts_and_sessions_of_one_station(ada_api, network):
    SessionFactory(station=network.harbour)
    SessionFactory(station=network.linden)
    CommandFactory(station=network.harbour)
    for resource in ("evses", "connectors", "sessions", "commands"):
        rows = rows_of(ada_api.get(f"/api/v1/{resource}/", {"station": "CP-harbour"}))
        assert [row["station"] for row in rows] == ["CP-harbour"], resource


def test_sessions_by_start_state_and_driver(ada_api, network):
    driver = network.drivers["harbour"]
    early = SessionFactory(station=network.harbour, started_at=NOON - timedelta(hours=1), driver=driver)
    late = SessionFactory(station=network.harbour, started_at=NOON, state="ended", ended_at=NOON)

    def found(**query):
        return [row["id"] for row in rows_of(ada_api.get("/api/v1/sessions/", query))]

    assert found() == [late.pk, early.pk]
    assert found(started_after="2026-03-14T12:00:00Z") == [late.pk]
    assert found(started_before="2026-03-14T12:00:00Z") == [early.pk]
    assert found(started_after="2026-03-14T13:00:00+01:00") == [late.pk]
    assert found(state="ended") == [late.pk]
    assert found(driver=driver.pk) == [early.pk]
    assert found(transaction_id=early.transaction_id) == [early.pk]


@pytest.mark.parametrize(
    ("resource", "field", "value"),
    [
        ("sites", "kind", "castle"),
        ("stations", "status", "tired"),
        ("stations", "site", "0"),
        ("stations", "site", "nonsense"),
        ("stations", "site", "99999999999999999999999"),
        ("stations", "protocol", "ocpp0.5"),
        ("stations", "registration", "Perhaps"),
        ("stations", "identity", "a\x00b"),
        ("connectors", "status", "Humming"),
        ("connectors", "type", "Schuko"),
        ("sessions", "state", "tired"),
        ("sessions", "started_after", "yesterday"),
        ("sessions", "driver", "0"),
        ("sessions", "station", "a\x00b"),
        ("commands", "state", "tired"),
        ("commands", "origin", "pigeon"),
        ("drivers", "home_site", "0"),
        ("tokens", "status", "eaten"),
        ("tokens", "type", "Song"),
        ("evses", "is_dc", "maybe"),
        ("stations", "is_online", "2"),
        ("sessions", "started_after", "0001-01-01T00:00:00+14:00"),
        ("sessions", "started_before", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_an_unknown_value_is_refused_by_the_name_of_its_field(ada_api, network, resource, field, value):
    assert fields_of(ada_api.get(f"/api/v1/{resource}/", {field: value})) == {field}


def test_a_filter_does_not_tell_that_another_organisations_row_exists(ada_api, network, rival_site):
    for resource, field, row in [
        ("stations", "site", rival_site),
        ("sessions", "site", rival_site),
        ("tokens", "driver", network.drivers["rival"]),
    ]:
        hidden = ada_api.get(f"/api/v1/{resource}/", {field: row.pk})
        missing = ada_api.get(f"/api/v1/{resource}/", {field: 10**9})
        assert (hidden.status_code, hidden.json()) == (400, missing.json())


def test_a_cursor_walks_every_row_once_in_order_and_back(ada_api, harbour):
    identities = [StationFactory(site=harbour, identity=f"CP-{number:03}").identity for number in range(7)]
    seen, url = [], "/api/v1/stations/?page_size=3"
    pages = []
    while url:
        page = ada_api.get(url).json()
        pages.append(page)
        seen += [row["identity"] for row in page["results"]]
        url = page["next"]
    assert seen == identities
    assert [len(page["results"]) for page in pages] == [3, 3, 1]
    back = ada_api.get(pages[-1]["previous"]).json()["results"]
    assert [row["identity"] for row in back] == identities[3:6]


def test_rows_that_come_while_somebody_reads_move_no_page(ada_api, network):
    first = SessionFactory(station=network.harbour, started_at=NOON)
    second = SessionFactory(station=network.harbour, started_at=NOON - timedelta(minutes=1))
    page = ada_api.get("/api/v1/sessions/?page_size=1").json()
    SessionFactory(station=network.harbour, started_at=NOON + timedelta(minutes=1))
    assert [row["id"] for row in page["results"]] == [first.pk]
    assert [row["id"] for row in rows_of(ada_api.get(page["next"]))] == [second.pk]


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "cD0lMDA=", "bz1hYmM=", "cj0xJnA9bm9uc2Vuc2U="])
@pytest.mark.parametrize("resource", ["stations", "sessions", "sites", "tokens"])
def test_a_cursor_that_is_none_is_not_found(ada_api, network, resource, cursor):
    assert ada_api.get(f"/api/v1/{resource}/?cursor={cursor}").status_code in (200, 404)


def add_rows(harbour, how_many: int) -> None:
    for number in range(how_many):
        station = OnlineStationFactory(site=harbour, evses=1)
        SessionFactory(station=station)
        CommandFactory(station=station)
        IdTokenFactory(organisation=harbour.organisation, driver__home_site=harbour)
        at = NOON + timedelta(seconds=number)
        MeterValue.objects.create(station_id=1, evse_number=1, at=at, received_at=at)
        JournalEntry.objects.create(id=number + 1, station_id=1, at=at, is_inbound=True, kind="call", payload="[]")


@pytest.mark.parametrize(
    "resource",
    [
        *("sites", "stations", "evses", "connectors", "sessions", "commands", "drivers", "tokens"),
        *("meter-values", "journal"),
    ],
)
def test_a_list_costs_the_same_number_of_queries_at_1_and_at_100_rows(ada_api, harbour, linden_court, resource):
    url = f"/api/v1/{resource}/"
    if resource in ("meter-values", "journal"):
        StationFactory(pk=1, site=harbour, identity="CP1")
        url += "?station=CP1"
    add_rows(harbour, 1)
    ada_api.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(rows_of(ada_api.get(url))) >= 1
    MeterValue.objects.all().delete()
    JournalEntry.objects.all().delete()
    add_rows(harbour, 99)
    with CaptureQueriesContext(connection) as many:
        rows = rows_of(ada_api.get(url))
    assert len(rows) >= (2 if resource == "sites" else 99)
    assert len(many) == len(few) <= 6
