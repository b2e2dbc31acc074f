"""The page of one session: its figures, cost, evidence and flags, and what can be done to it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from apps.chargers.models import StationCommand
from apps.core.ids import time_ordered_id
from apps.core.models import AuditEntry
from apps.gateway.models import JournalEntry
from apps.sessions.models import MeterRollup, MeterValue
from apps.tariffs.services.tariffs import add_version
from tests.factories.chargers import NOON
from tests.factories.tariffs import simple_tariff, tariff_at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def half_past_noon():
    with time_machine.travel(NOON + timedelta(minutes=30), tick=False):
        yield


def page(client, session, **query) -> str:
    return client.get(reverse("portal:session", args=[session.pk]), query).content.decode()


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("sam", 200), ("tess", 200), ("otto", 404), ("rita", 403)])
@pytest.mark.parametrize("route", ["portal:session", "portal:session-curve"])
def test_only_people_of_its_site_open_it(client, request, running, who, status, route):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(route, args=[running.pk])).status_code == status


@pytest.mark.parametrize(
    ("who", "route", "status"),
    [
        ("sam", "portal:session-stop", 200),
        ("tess", "portal:session-stop", 200),
        ("otto", "portal:session-stop", 404),
        ("rita", "portal:session-stop", 403),
        ("sam", "portal:session-close", 200),
        ("tess", "portal:session-close", 403),
        ("otto", "portal:session-reprice", 404),
        ("rita", "portal:session-reprice", 403),
    ],
)
def test_only_roles_that_may_act_on_it(client, request, running, who, route, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(route, args=[running.pk])).status_code == status


def test_a_running_session_shows_its_figures_with_their_evidence(client, ada, running):
    client.force_login(ada)
    text = page(client, running, panel="now")
    assert '<a class="cn-figure" href="#panel-evidence"><div class="cn-figure-label">Energy</div>' in text
    for figure in ("6.00", "11.0", "4.00"):
        assert f">{figure}\u00a0<" in text
    assert "Cost so far" in text


def test_each_line_of_the_cost_says_why(client, ada, ended):
    client.force_login(ada)
    text = page(client, ended, panel="cost")
    assert "Energy costs 0.5 EUR per kWh." in text
    assert "The session fee is 1 EUR." in text
    assert "20.000 kWh" in text
    assert "Tax of 25 % in it" in text
    assert '2.20\u00a0<span class="cn-unit">EUR</span>' in text
    assert '11.00\u00a0<span class="cn-unit">EUR</span>' in text


def test_without_a_tariff_it_says_that_it_costs_nothing(client, ada, rival_session, running):
    running.tariff_version = None
    running.save(update_fields=["tariff_version"])
    client.force_login(ada)
    assert "No tariff applied at Harbour" in page(client, running, panel="cost")


def test_the_evidence_holds_both_registers_and_both_clocks(client, ada, ended):
    client.force_login(ada)
    text = page(client, ended, panel="evidence")
    assert ">1.000\u00a0<" in text
    assert ">21.000\u00a0<" in text
    assert "In step with ours" in text
    assert "The cable was unplugged" in text


def test_a_charger_whose_clock_is_behind_is_said_so(client, ada, ended):
    ended.started_reported_at = ended.started_received_at - timedelta(minutes=7)
    ended.save(update_fields=["started_reported_at"])
    client.force_login(ada)
    assert "Its start arrived 7\u00a0min\u00a000\u00a0s after it was written" in page(client, ended, panel="evidence")


def test_flags_are_explained_in_plain_words(client, ada, running, ended):
    client.force_login(ada)
    assert "told us later. Nothing was lost." in page(client, ended, panel="flags")
    assert "complete and plausible" in page(client, running, panel="flags")


def test_the_messages_of_its_start_are_shown_to_those_who_read_the_journal(client, ada, request, running):
    JournalEntry.objects.create(
        id=time_ordered_id(int(NOON.timestamp() * 1000)), station_id=running.station_id, at=NOON, is_inbound=True,
        kind="call", action="TransactionEvent", message_id="m1", payload='{"eventType":"Started"}',
    )  # fmt: skip
    client.force_login(ada)
    assert "{&quot;eventType&quot;:&quot;Started&quot;}" in page(client, running, panel="messages")


def test_the_curve_gives_raw_values_with_the_battery_on_the_second_axis(client, ada, running):
    for minute in range(3):
        MeterValue.objects.create(
            station_id=running.station_id, evse_number=1, at=NOON + timedelta(minutes=minute), received_at=NOON,
            session_id=running.pk, power_w=11_000 + minute, soc_percent=40 + minute, current_l1_a=16.0,
        )  # fmt: skip
    client.force_login(ada)
    url = reverse("portal:session-curve", args=[running.pk])
    data = client.get(url).json()
    assert data["times"] == [int(NOON.timestamp()) + 60 * minute for minute in range(3)]
    assert data["zone"] == "Europe/Berlin"
    assert [(series["label"], series["unit"], series["values"]) for series in data["series"]] == [
        ("Power", "kW", [11.0, 11.001, 11.002]),
        ("Battery", "%", [40.0, 41.0, 42.0]),
    ]
    assert [series["label"] for series in client.get(url, {"second": "current"}).json()["series"]] == [
        "Power",
        "Current L1",
    ]


def test_the_curve_falls_back_to_the_roll_ups(client, ada, ended):
    for quarter in range(2):
        MeterRollup.objects.create(
            resolution_s=900, station_id=ended.station_id, evse_number=1, samples=9, session_id=ended.pk,
            start_at=ended.started_at + timedelta(minutes=15 * quarter), power_avg_w=7_000 * (quarter + 1),
        )  # fmt: skip
    client.force_login(ada)
    data = client.get(reverse("portal:session-curve", args=[ended.pk])).json()
    assert data["series"][0]["values"] == [7.0, 14.0]


def test_stopping_asks_the_charger_by_a_command_that_the_page_shows(client, sam, running):
    client.force_login(sam)
    response = client.post(reverse("portal:session-stop", args=[running.pk]))
    assert response.url == reverse("portal:session", args=[running.pk])
    command = StationCommand.objects.get()
    assert (command.name, command.arguments) == ("RequestStopTransaction", {"transaction_id": running.transaction_id})
    assert command.requested_by == sam
    text = page(client, running, panel="commands")
    assert "Waiting" in text
    assert "by Sam" in text


def test_stopping_is_refused_with_the_reason_when_the_station_is_offline(client, ada, running):
    running.station.connection.is_online = False
    running.station.connection.save(update_fields=["is_online"])
    client.force_login(ada)
    response = client.post(reverse("portal:session-stop", args=[running.pk]))
    assert response.status_code == 422
    assert "The station is offline" in response.content.decode()
    assert not StationCommand.objects.exists()


def test_closing_by_hand_ends_it_at_the_last_reading_and_keeps_the_reason(client, ada, running):
    running.last_value_at = NOON + timedelta(minutes=25)
    running.save(update_fields=["last_value_at"])
    client.force_login(ada)
    url = reverse("portal:session-close", args=[running.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Charger dismantled"}).status_code == 302
    running.refresh_from_db()
    assert running.ended_at == NOON + timedelta(minutes=25)
    assert (running.state, running.flags) == ("review", ["stop_missing"])
    entry = AuditEntry.objects.get(action="session.closed")
    assert entry.changes["reason"] == [None, "Charger dismantled"]
    refused = client.post(url, {"reason": "Again"})
    assert (refused.status_code, "has ended already" in refused.content.decode()) == (422, True)


def test_rating_again_changes_nothing_where_the_facts_are_the_same(client, ada, ended):
    client.force_login(ada)
    assert client.post(reverse("portal:session-reprice", args=[ended.pk])).status_code == 302
    assert ended.cdrs.count() == 1
    assert not AuditEntry.objects.filter(action="session.repriced").exists()


def test_rating_again_by_another_tariff_is_audited_and_keeps_the_old_record(client, ada, ended, version):
    cheap = add_version(tariff=version.tariff, content=simple_tariff(per_kwh="0.10"), valid_from=NOON, actor=None)
    client.force_login(ada)
    url = reverse("portal:session-reprice", args=[ended.pk])
    assert f'<option value="{version.pk}" selected>' in client.get(url).content.decode()
    client.post(url, {"tariff_version": cheap.pk})
    ended.refresh_from_db()
    assert (ended.cost_gross, ended.tariff_version) == (2, cheap)
    assert list(ended.cdrs.order_by("version").values_list("version", "gross", "is_current", "reason")) == [
        (1, 11, False, "ended"), (2, 2, True, "by_hand"),
    ]  # fmt: skip
    assert AuditEntry.objects.get(action="session.repriced").changes == {"cost_gross": ["11.000000", "2.000000"]}
    assert AuditEntry.objects.get(action="session.tariff_chosen").actor == ada


def test_the_price_is_explained_line_by_line_with_every_rating(client, ada, ended):
    client.force_login(ada)
    text = client.get(reverse("portal:session-price", args=[ended.pk])).content.decode()
    assert "Energy costs 0.5 EUR per kWh." in text
    assert "The session fee is 1 EUR." in text
    assert "The session ended" in text
    assert f"{reverse('portal:session', args=[ended.pk])}#panel-curve" in text


def test_a_tariff_of_another_organisation_is_not_offered(client, ada, ended, rival_site):
    foreign = tariff_at(rival_site, name="Foreign")
    client.force_login(ada)
    response = client.post(reverse("portal:session-reprice", args=[ended.pk]), {"tariff_version": foreign.pk})
    assert response.status_code == 422
    assert ended.cdrs.get().gross == 11


def test_buttons_that_cannot_be_used_say_why(client, tess, ended):
    client.force_login(tess)
    response = client.get(reverse("portal:session", args=[ended.pk]))
    assert {button.label: button.reason for button in response.context["buttons"]} == {
        "Stop": "The session has ended already.",
        "Close by hand": "Your role does not allow this here.",
        "Rate again": "Your role does not allow this here.",
        "Ask for its state": "",
    }
