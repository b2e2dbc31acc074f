"""The list of sessions: who sees which, what the cells say, how it is filtered and exported."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.chargers import NOON
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
URL = "/sessions/"


def cells(response, name: str) -> list[str]:
    return [str(row.get_cell_value(name)) for row in response.context["table"].paginated_rows]


@pytest.fixture(autouse=True)
def half_past_noon():
    with time_machine.travel(NOON + timedelta(minutes=30), tick=False):
        yield


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("sam", 200), ("tess", 200), ("otto", 200), ("rita", 403)])
def test_drivers_may_not_open_it_and_the_others_may(client, request, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(URL).status_code == status


def test_everybody_sees_the_sessions_of_their_own_sites(client, ada, sam, otto, linden_court, running, rival_session):
    SessionFactory(station__site=linden_court, token_value="LINDEN")
    seen = {}
    for user in (ada, sam, otto):
        client.force_login(user)
        seen[user.name] = sorted(cells(client.get(URL), "driver"))
    assert seen == {"Ada": ["Dana Reed", "LINDEN"], "Sam": ["Dana Reed"], "Otto": ["RIVAL"]}


def test_it_opens_on_what_runs_and_keeps_the_past_behind_a_tab(client, ada, running, ended):
    client.force_login(ada)
    assert cells(client.get(URL), "state") == ["Charging"]
    assert cells(client.get(URL, {"state": "past"}), "state") == ["Ended"]
    assert cells(client.get(URL, {"state": "all"}), "state") == ["Charging", "Ended"]


def test_the_cells_of_a_running_session_say_what_it_costs_so_far(client, ada, running):
    client.force_login(ada)
    text = client.get(URL).content.decode()
    assert "HB-1</a> / 1" in text
    assert ">6.00<" in text.replace("\n", "")
    assert ">11.0<" in text
    assert '4.00\u00a0<span class="cn-unit">EUR</span>' in text  # 1.00 + 6 kWh at 0.50
    assert "14 Mar 2026 13:00:00" in text  # noon UTC by the clock of Harbour
    assert "data-running>30\u00a0min\u00a000\u00a0s<" in text


def test_the_cells_of_an_ended_session_say_what_it_cost(client, ada, ended):
    client.force_login(ada)
    text = client.get(URL, {"state": "past"}).content.decode()
    assert '11.00\u00a0<span class="cn-unit">EUR</span>' in text
    assert "2\u00a0h\u00a000\u00a0min" in text
    assert 'title="Reported after an offline period"' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "all", "q": "dana"}, 2),
        ({"state": "all", "q": "HB-1"}, 2),
        ({"state": "all", "q": "nobody"}, 0),
        ({"state": "all", "flags": "some"}, 1),
        ({"state": "all", "flags": "none"}, 1),
        ({"state": "all", "started_at_before": "2026-03-13"}, 1),
        ({"state": "review"}, 0),
    ],
)
def test_filters_and_words_narrow_it(client, ada, running, ended, query, found):
    client.force_login(ada)
    assert len(cells(client.get(URL, query), "state")) == found


def test_a_driver_of_somebody_else_is_no_filter(client, otto, running, rival_session):
    client.force_login(otto)
    response = client.get(URL, {"driver": running.driver_id})
    assert "driver" in response.context["filterset"].errors


def test_the_export_holds_exact_values_and_utc(client, ada, running, ended):
    client.force_login(ada)
    response = client.get(URL, {"state": "all", "export": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row["Driver or card"] for row in rows] == ["Dana Reed", "Dana Reed"]
    assert [row["Started (UTC)"] for row in rows] == ["2026-03-14T12:00:00Z", "2026-03-13T12:00:00Z"]
    assert [row["Energy (kWh)"] for row in rows] == ["6", "20"]
    assert [float(row["Cost"]) for row in rows] == [4.0, 11.0]
    assert rows[1]["Flags"] == "Reported after an offline period"


def test_the_number_of_queries_does_not_grow_with_the_rows(client, ada, station, card, version, running):
    def queries(query: dict) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(URL, {"per_page": "250", **query}).status_code == 200
        return len(found)

    client.force_login(ada)
    queries({})
    few = queries({}), queries({"state": "all"})
    for number in range(200):
        SessionFactory(
            station=station, driver=card.driver, id_token=card, tariff_version=version, evse_number=number + 10,
            energy_wh=number, started_at=NOON - timedelta(minutes=number),
        )  # fmt: skip
    assert (queries({}), queries({"state": "all"})) == few


def test_it_never_counts_the_rows(client, ada, running, ended):
    client.force_login(ada)
    with CaptureQueriesContext(connection) as queries:
        client.get(URL, {"state": "past"})
    assert not [query["sql"] for query in queries if "COUNT(" in query["sql"]]


def test_a_session_at_review_is_on_its_own_tab(client, ada, ended):
    ended.state = "review"
    ended.save(update_fields=["state"])
    client.force_login(ada)
    response = client.get(URL, {"state": "review"})
    assert cells(response, "state") == ["Needs review"]
    assert [name for name, _, is_open in response.context["fixed_views"] if is_open] == ["To review"]


def test_the_page_listens_to_its_sites_and_running_sessions(client, sam, running, harbour):
    client.force_login(sam)
    assert client.get(URL).context["live_topics"] == [f"site:{harbour.pk}", f"session:{running.pk}"]
