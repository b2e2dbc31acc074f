"""The list of stations: cells, scope, filters, a constant number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.chargers.choices import StationStatus
from apps.chargers.models import ChargingStation, Connector, Evse, StationConnection
from tests.factories.chargers import OnlineStationFactory
from tests.portal.pages import reason_of, rows

pytestmark = pytest.mark.django_db
URL = "/stations/"


def identities(response) -> list[str]:
    return [row.record.identity for row in response.context["table"].page.object_list]


def test_a_row_says_everything_about_its_station(client, ada, charging):
    client.force_login(ada)
    (row,) = rows(client.get(URL).content.decode())
    assert row == [
        "",
        "Quay 1 CP-QUAY",
        "Available",
        "1 , Charging 2 , Available",
        "7.4",
        "Harbour",
        "Pier",
        "7 s ago",
        "1.6",
        "Elmwood Twin 22",
        "3.4.0",
    ]


def test_a_station_that_never_called_shows_dashes(client, ada, crane):
    client.force_login(ada)
    (row,) = rows(client.get(URL).content.decode())
    assert row == ["", "CP-CRANE", "Offline", "1 , Unknown", "– none", "Harbour", *["– none"] * 5]


def test_an_occupied_connector_of_2_x_shows_what_its_transaction_tells(client, ada, quay):
    Connector.objects.filter(evse__station=quay).update(status="Occupied")
    Evse.objects.filter(station=quay, number=2).update(charging_state="SuspendedEV")
    client.force_login(ada)
    (row,) = rows(client.get(URL).content.decode())
    assert row[3] == "1 , Occupied 2 , Paused by car"


def test_power_of_a_station_that_went_away_is_not_shown(client, ada, charging):
    StationConnection.objects.update(is_online=False)
    client.force_login(ada)
    (row,) = rows(client.get(URL).content.decode())
    assert row[4] == "– none"


def test_everybody_sees_the_stations_of_his_sites(client, ada, sam, tess, otto, quay, linden, rival_station):
    seen = {}
    for person in (ada, sam, tess, otto):
        client.force_login(person)
        seen[person.name] = identities(client.get(URL))
    assert seen == {
        "Ada": ["CP-LINDEN", "CP-QUAY"],
        "Sam": ["CP-QUAY"],
        "Tess": ["CP-LINDEN", "CP-QUAY"],
        "Otto": ["CP-RIVAL"],
    }


def test_a_driver_may_not_and_a_stranger_is_asked_to_sign_in(client, rita):
    assert client.get(URL).headers["Location"] == f"{reverse('account_login')}?next={URL}"
    client.force_login(rita)
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("online=yes", ["CP-LINDEN", "CP-QUAY"]),
        ("online=no", ["CP-CRANE"]),
        ("status=offline", ["CP-CRANE"]),
        ("status=offline&status=available", ["CP-CRANE", "CP-LINDEN", "CP-QUAY"]),
        ("protocol=ocpp2.0.1", []),
        ("model=elm+22", ["CP-QUAY"]),
        ("q=pier", ["CP-QUAY"]),
        ("q=sn-1", ["CP-QUAY"]),
        ("sort=-identity", ["CP-QUAY", "CP-LINDEN", "CP-CRANE"]),
    ],
)
def test_filters_and_search(client, ada, quay, crane, linden, query, found):
    client.force_login(ada)
    assert identities(client.get(f"{URL}?{query}")) == found


def test_a_site_out_of_scope_is_not_offered_as_a_filter(client, sam, quay, linden, linden_court, harbour):
    client.force_login(sam)
    assert identities(client.get(f"{URL}?site={harbour.pk}")) == ["CP-QUAY"]
    refused = client.get(f"{URL}?site={linden_court.pk}")
    assert "site" in refused.context["filterset"].form.errors
    assert "Linden Court" not in refused.content.decode()


def test_retired_stations_are_left_out_unless_asked_for(client, ada, quay, crane):
    ChargingStation.objects.filter(pk=crane.pk).update(retired_at=crane.created_at, status=StationStatus.RETIRED)
    client.force_login(ada)
    assert identities(client.get(URL)) == ["CP-QUAY"]
    assert identities(client.get(f"{URL}?retired=too")) == ["CP-CRANE", "CP-QUAY"]
    assert identities(client.get(f"{URL}?retired=only")) == ["CP-CRANE"]


def test_an_export_holds_values_without_signs(client, ada, charging):
    client.force_login(ada)
    lines = b"".join(client.get(f"{URL}?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Station,Status,Connectors,Power now (kW),Site,Area,Last word (UTC),Version,Model")
    assert lines[1].startswith("CP-QUAY,Available,EVSE 1: Charging; EVSE 2: Available,7.4,Harbour,Pier,")


def test_who_may_not_enrol_is_told_why(client, ada, tess):
    client.force_login(ada)
    assert reason_of(client.get(URL).content.decode(), "New station") is None
    client.force_login(tess)
    assert reason_of(client.get(URL).content.decode(), "New station") == (
        "Only operators and site managers can enrol stations."
    )


def test_an_empty_list_says_the_next_step(client, ada):
    client.force_login(ada)
    page = client.get(URL).content.decode()
    assert "No stations yet" in page
    assert 'href="/connections/"' in page


def test_rows_are_redrawn_when_their_stations_are_nudged(client, ada, quay, voltwerk):
    client.force_login(ada)
    page = client.get(URL).content.decode()
    assert f"station:{quay.pk}:" in page
    assert f"organisation:{voltwerk.pk}:" in page


def test_the_number_of_queries_does_not_grow_with_the_rows(client, ada, harbour, charging):
    client.force_login(ada)
    OnlineStationFactory.create_batch(9, site=harbour)
    with CaptureQueriesContext(connection) as few:
        assert len(identities(client.get(f"{URL}?per_page=250"))) == 10
    OnlineStationFactory.create_batch(190, site=harbour, evses=1)
    with CaptureQueriesContext(connection) as many:
        assert len(identities(client.get(f"{URL}?per_page=250"))) == 200
    assert len(many) == len(few)
