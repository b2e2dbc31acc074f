"""A list screen: who may open it, what it shows, how it is searched, filtered, ordered, paged and exported."""

import csv
import io
import re
import zipfile

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import AsyncRequestFactory
from django.test.utils import CaptureQueriesContext

from apps.portal.models import SavedView
from apps.sites.choices import SiteKind
from apps.sites.models import Site
from tests.portal.kit.screens import SiteList

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.kit.screens")]
URL = "/kit/sites/"


def names(response) -> list[str]:
    """The text of the first cell of every row."""
    return [row.get_cell_value("name") for row in response.context["table"].paginated_rows]


def test_strangers_are_sent_to_sign_in_and_back(client):
    response = client.get(f"{URL}?kind=depot")
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/kit/sites/%3Fkind%3Ddepot"


def test_a_part_asked_for_by_a_stranger_sends_the_whole_window_to_sign_in(client):
    response = client.get(URL, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{URL}?page=2"})
    assert response["HX-Redirect"] == "/accounts/login/?next=/kit/sites/%3Fpage%3D2"
    assert response.content == b""


def test_a_foreign_page_cannot_choose_where_sign_in_leads(client):
    response = client.get(URL, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver.evil.example/x"})
    assert response["HX-Redirect"] == "/accounts/login/?next=/"


def test_a_role_without_the_action_is_refused(client, rita):
    client.force_login(rita)
    assert client.get(URL).status_code == 403


def test_only_rows_of_the_scope_are_listed(client, sam, ada, linden_court, rival_site):
    client.force_login(sam)
    assert names(client.get(URL)) == ["Harbour"]
    client.force_login(ada)
    assert names(client.get(URL)) == ["Harbour", "Linden Court"]


@pytest.fixture
def many(voltwerk, ada, client):
    """Sixty sites with round limits, listed by Ada."""
    Site.objects.bulk_create(
        Site(
            organisation=voltwerk,
            name=f"Site {number:03}",
            city="Graz" if number % 2 else "Linz",
            kind=SiteKind.DEPOT if number % 3 == 0 else SiteKind.PUBLIC,
            limit_w=number * 1000,
        )
        for number in range(60)
    )
    client.force_login(ada)


def test_pages_follow_each_other_and_nonsense_opens_the_first(client, many):
    assert names(client.get(URL)) == [f"Site {number:03}" for number in range(50)]
    assert names(client.get(f"{URL}?page=2")) == [f"Site {number:03}" for number in range(50, 60)]
    for nonsense in ("0", "-1", "x", "99", "1" * 30, "²"):
        assert names(client.get(URL, {"page": nonsense}))[0] == "Site 000"


def test_the_number_of_rows_is_said_only_where_it_costs_nothing(client, many):
    assert client.get(URL).context["page"].total is None
    assert client.get(f"{URL}?page=2").context["page"].total == 60
    assert "Rows 51–60 of 60" in client.get(f"{URL}?page=2").content.decode()


def test_rows_per_page_come_from_the_offered_lengths(client, many):
    assert len(names(client.get(f"{URL}?per_page=25"))) == 25
    assert len(names(client.get(f"{URL}?per_page=7"))) == 50


def test_columns_sort_both_ways_and_ties_stay_put(client, many):
    assert names(client.get(f"{URL}?sort=-name"))[:2] == ["Site 059", "Site 058"]
    first = names(client.get(f"{URL}?sort=kind"))
    second = names(client.get(f"{URL}?sort=kind&page=2"))
    assert len(set(first + second)) == 60
    assert names(client.get(f"{URL}?sort=password"))[0] == "Site 000"


def test_every_searched_word_must_be_found_somewhere(client, many):
    assert names(client.get(f"{URL}?q=graz+01")) == [
        "Site 001",
        "Site 011",
        "Site 013",
        "Site 015",
        "Site 017",
        "Site 019",
    ]
    assert names(client.get(f"{URL}?q=graz+atlantis")) == []


def test_filters_show_as_chips_that_take_them_off_again(client, many):
    response = client.get(f"{URL}?kind=depot&limit_w=30000&q=site&sort=-name")
    assert names(response)[:2] == ["Site 057", "Site 054"]
    chips = response.context["chips"]
    assert [(chip.label, chip.text, chip.query) for chip in chips] == [
        ("Search", "site", "kind=depot&limit_w=30000&sort=-name"),
        ("Kind", "Fleet depot", "limit_w=30000&q=site&sort=-name"),
        ("Limit at least", "30000", "kind=depot&q=site&sort=-name"),
    ]
    assert response.context["clear_query"] == "sort=-name"


def test_a_choice_of_several_is_offered_as_boxes_and_shows_as_one_chip(client, many):
    response = client.get(f"{URL}?access_policy=known_tokens&access_policy=by_rule")
    assert len(names(response)) == 50
    text = "Every accepted card of the organisation, Only cards that an access rule admits"
    assert [(chip.label, chip.text, chip.query) for chip in response.context["chips"]] == [("Access", text, "")]
    assert response.content.decode().count('type="checkbox" name="access_policy"') == 2
    assert names(client.get(f"{URL}?access_policy=by_rule")) == []


def test_a_filter_that_cannot_be_understood_is_named_and_kept(client, many):
    response = client.get(f"{URL}?limit_w=lots&kind=depot")
    assert response.context["filterset"].form.errors == {"limit_w": ["Enter a number."]}
    assert 'value="lots"' in response.content.decode()
    assert [chip.label for chip in response.context["chips"]] == ["Kind"]


def test_htmx_gets_the_list_without_the_frame(client, many):
    whole, part = client.get(URL), client.get(URL, headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode()
    assert part.content.decode().strip().startswith('<section id="list"')
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]


def test_a_restored_page_of_the_history_is_whole(client, many):
    response = client.get(URL, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in response.content.decode()


def test_rows_carry_a_signed_topic(client, many):
    assert re.search(r'data-live-topic="network:1:[\w-]+"', client.get(URL).content.decode())


def test_an_empty_list_says_the_next_step_and_an_empty_result_the_way_back(client, otto, rival_site):
    client.force_login(otto)
    assert "Nothing matches these filters" in client.get(f"{URL}?q=nowhere").content.decode()
    Site.objects.all().delete()
    page = client.get(URL).content.decode()
    assert "No sites yet" in page
    assert 'href="/sites/add/"' in page


@pytest.mark.parametrize("export", ["", "csv", "xlsx"])
def test_the_number_of_queries_does_not_grow_with_the_rows(client, ada, voltwerk, export):
    client.force_login(ada)
    counts = []
    for total in (10, 1_000):
        missing = range(Site.objects.count(), total)
        Site.objects.bulk_create(Site(organisation=voltwerk, name=f"Site {number:04}") for number in missing)
        client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(URL, {"export": export, "kind": "public", "per_page": "25"})
            _ = response.getvalue() if response.streaming else response.content
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 6
    assert [query["sql"] for query in queries if "COUNT(" in query["sql"].upper()] == []


def test_csv_holds_every_row_of_the_filter_with_exact_values(client, many):
    response = client.get(f"{URL}?export=csv&kind=depot&sort=-name")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="sites-[\d-]+\.csv"', response["Content-Disposition"])
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert rows[0] == ["Name", "Organisation", "Kind", "Limit (kW)", "Since (UTC)"]
    assert [row[0] for row in rows[1:]] == [f"Site {number:03}" for number in range(57, -1, -3)]
    assert rows[1][1:4] == ["Voltwerk", "Fleet depot", "57"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows[1][4])


def test_a_name_that_looks_like_a_formula_stays_a_name_in_csv(client, ada, voltwerk):
    Site.objects.create(organisation=voltwerk, name='=HYPERLINK("http://evil")')
    client.force_login(ada)
    rows = list(csv.reader(io.StringIO(client.get(f"{URL}?export=csv").getvalue().decode("utf-8-sig"))))
    assert rows[1][0] == '\'=HYPERLINK("http://evil")'


def test_views_are_saved_replaced_opened_and_deleted(client, many, ada, otto):
    response = client.post(f"{URL}?kind=depot&page=2&q=", {"name": " Depots "})
    assert response.url == f"{URL}?kind=depot"
    client.post(f"{URL}?sort=-name&kind=depot", {"name": "Depots"})
    view = SavedView.objects.get()
    assert (view.user, view.screen, view.name, view.query) == (
        ada,
        "portal:kit-sites",
        "Depots",
        "kind=depot&sort=-name",
    )
    tabs = client.get(f"{URL}?sort=-name&kind=depot&page=1").context["saved_views"]
    assert tabs == [{"pk": view.pk, "name": "Depots", "query": view.query, "is_open": True}]

    client.force_login(otto)
    assert client.get(URL).context["saved_views"] == []
    client.post(URL, {"delete_view": view.pk})
    assert SavedView.objects.count() == 1

    client.force_login(ada)
    client.post(URL, {"delete_view": view.pk})
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_without_a_fitting_name_is_refused_with_a_sentence(client, many, name):
    response = client.post(f"{URL}?kind=depot", {"name": name}, follow=True)
    assert SavedView.objects.count() == 0
    assert "A view needs a name of 1 to 60 characters." in response.content.decode()


@pytest.mark.django_db(transaction=True)
async def test_an_export_streams_under_an_asgi_server_too(ada, harbour):
    def make():
        request = AsyncRequestFactory().get(f"{URL}?export=csv")
        request.user = ada
        return SiteList.as_view()(request)

    response = await sync_to_async(make)()
    assert response.is_async
    pieces = [piece async for piece in response]
    await sync_to_async(connections.close_all)()  # what the server does at the end of a request
    assert b"".join(pieces).decode("utf-8-sig").splitlines()[1].startswith("Harbour,Voltwerk,Public charging,")


def test_an_xlsx_export_keeps_numbers_and_instants(client, many):
    with zipfile.ZipFile(io.BytesIO(client.get(f"{URL}?export=xlsx&kind=depot&sort=-name").getvalue())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 21
    assert '<c r="D2"><v>57</v></c>' in sheet
    assert re.search(r'<c r="E2" s="\d"><v>[\d.]+</v></c>', sheet)
    assert "<t>Site 057</t>" in sheet
