"""The journal of a station: requests with their answers, filters, files."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import first_id_at
from apps.gateway.models import JournalEntry
from tests.factories.chargers import NOON
from tests.portal.pages import rows, words

pytestmark = pytest.mark.django_db


def frame(station, seconds: float, inbound: bool, content: list, **values) -> None:
    """One frame of ``station``, so many seconds after noon."""
    at = NOON + timedelta(seconds=seconds)
    kind = {2: "call", 3: "result", 4: "error"}[content[0]]
    JournalEntry.objects.create(
        id=first_id_at(at), station_id=station.pk, at=at, is_inbound=inbound, kind=kind, message_id=content[1],
        payload=json.dumps(content), **values,
    )  # fmt: skip


@pytest.fixture
def talk(quay, linden):
    frame(quay, 0.089, True, [2, "a", "Heartbeat", {}], action="Heartbeat")
    frame(quay, 0.1, False, [3, "a", {"currentTime": "x"}], action="Heartbeat", pair_ms=11)
    frame(quay, 1, False, [2, "b", "Reset", {"type": "Hard"}], action="Reset")
    frame(quay, 1.5, True, [3, "b", {"status": "Rejected"}], action="Reset", pair_ms=500)
    frame(quay, 2, False, [2, "c", "ClearCache", {}], action="ClearCache")
    frame(quay, 3, False, [2, "d", "GetConfiguration", {}], action="GetConfiguration")
    frame(quay, 3.2, True, [4, "d", "NotSupported", "no", {}], error_code="NotSupported", pair_ms=200)
    frame(linden, 4, True, [2, "e", "Heartbeat", {}], action="Heartbeat")
    return f"/stations/{quay.pk}/journal/"


def test_a_request_stands_with_its_answer_and_how_long_it_took(client, ada, talk):
    client.force_login(ada)
    found = [row[:5] for row in rows(client.get(talk).content.decode())]
    assert found == [
        ["14 Mar 2026 13:00:03 .000", "Us", "GetConfiguration", "NotSupported", "200"],
        ["14 Mar 2026 13:00:02 .000", "Us", "ClearCache", "no answer", "– none"],
        ["14 Mar 2026 13:00:01 .000", "Us", "Reset", "Rejected", "500"],
        ["14 Mar 2026 13:00:00 .089", "Charger", "Heartbeat", "answered", "11"],
    ]


def test_content_is_written_over_several_lines(client, ada, talk):
    client.force_login(ada)
    page = client.get(f"{talk}?messages=reset").content.decode()
    assert "{\n    &quot;type&quot;: &quot;Hard&quot;\n  }" in page
    assert "&quot;status&quot;: &quot;Rejected&quot;" in page


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("direction=in", ["Heartbeat"]),
        ("direction=out", ["GetConfiguration", "ClearCache", "Reset"]),
        ("messages=clear", ["ClearCache"]),
        ("text=rejected", ["Reset"]),
        ("text=hard", ["Reset"]),
        ("show=errors", ["GetConfiguration"]),
        ("at_min=2026-03-14T13:00:01.5&at_max=2026-03-14T13:00:02", ["ClearCache"]),  # by the clock of Berlin
        ("show=frames&direction=in", ["Message (error)", "Reset (answer)", "Heartbeat"]),
    ],
)
def test_filters(client, ada, talk, query, messages):
    client.force_login(ada)
    assert [row[2] for row in rows(client.get(f"{talk}?{query}").content.decode())] == messages


def test_the_number_of_queries_does_not_grow_with_the_frames(client, ada, quay, talk):
    client.force_login(ada)
    with CaptureQueriesContext(connection) as few:
        client.get(talk)
    for number in range(40):
        frame(quay, 10 + number, True, [2, f"m{number}", "Heartbeat", {}], action="Heartbeat")
    with CaptureQueriesContext(connection) as many:
        client.get(talk)
    assert len(many) == len(few)


def test_every_frame_can_be_taken_away_as_json_lines(client, ada, talk):
    client.force_login(ada)
    response = client.get(f"{talk}export/jsonl/")
    lines = [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]
    assert response.headers["Content-Disposition"].startswith('attachment; filename="journal-CP-QUAY-')
    assert [line["payload"][1] for line in lines] == ["a", "a", "b", "b", "c", "d", "d"]
    assert lines[0] == {
        "id": lines[0]["id"], "at": "2026-03-14T12:00:00.089000+00:00", "direction": "charger to us", "kind": "call",
        "action": "Heartbeat", "message_id": "a", "error_code": "", "pair_ms": None,
        "payload": [2, "a", "Heartbeat", {}],
    }  # fmt: skip


def test_and_as_csv_with_the_filters_of_the_page(client, ada, talk):
    client.force_login(ada)
    lines = b"".join(client.get(f"{talk}export/csv/?messages=reset").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "id,at,direction,kind,action,message_id,error_code,pair_ms,payload"
    assert len(lines) == 3
    assert client.get(f"{talk}export/pdf/").status_code == 404


def test_the_journal_of_others_stays_closed(client, otto, sam, talk, quay, linden):
    client.force_login(otto)
    assert client.get(talk).status_code == 404
    assert client.get(f"{talk}export/csv/").status_code == 404
    client.force_login(sam)
    assert client.get(talk).status_code == 200
    assert client.get(f"/stations/{linden.pk}/journal/export/jsonl/").status_code == 404


def test_a_journal_without_frames_says_so(client, ada, crane):
    client.force_login(ada)
    assert "No message yet" in words(client.get(f"/stations/{crane.pk}/journal/").content.decode())
