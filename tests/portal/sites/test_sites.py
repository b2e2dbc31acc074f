"""The screens of sites: made, changed, with areas; nothing of what was typed is lost."""

import pytest
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.sites.models import Area, Site
from tests.factories.chargers import StationFactory
from tests.factories.places import AreaFactory, MembershipFactory

FIELDS = {
    "name": "North Yard", "kind": "depot", "street": "Dock 1", "postal_code": "24103", "city": "Kiel", "country": "DE",
    "latitude": "54.32", "longitude": "10.13", "time_zone": "Europe/Berlin", "currency": "EUR", "limit_w": "100",
    "vat_percent": "19", "access_policy": "by_rule", "assumed_protocol": "",
}  # fmt: skip


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def text_of(response) -> str:
    return response.content.decode()


def errors_of(response) -> set[str]:
    assert response.status_code == 422
    return set(response.context["form"].errors)


def test_an_operator_creates_a_site_with_its_areas(as_ada, voltwerk):
    data = {**FIELDS, "organisation": voltwerk.pk, "areas": "Row A\n\n Row B \nRow A"}
    response = as_ada.post(reverse("portal:site-new"), data)
    site = Site.objects.get()
    assert response["Location"] == reverse("portal:site", args=[site.pk])
    assert (site.organisation, site.name, site.limit_w, site.time_zone) == (
        voltwerk, "North Yard", 100_000, "Europe/Berlin",
    )  # fmt: skip
    assert sorted(site.areas.values_list("name", flat=True)) == ["Row A", "Row B"]
    page = text_of(as_ada.get(response["Location"]))
    for words in ("Fleet depot in Kiel", "Dock 1, 24103 Kiel, DE", "100 kW", "19 %", "Row A"):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"time_zone": "Moon/Sea"}, "time_zone"),
        ({"currency": "zz9"}, "currency"),
        ({"limit_w": "-1"}, "limit_w"),
        ({"latitude": "north"}, "latitude"),
        ({"vat_percent": "-1"}, "vat_percent"),
        ({"organisation": "0"}, "organisation"),
        ({"name": "x\x00"}, "name"),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(as_ada, voltwerk, changes, field):
    data = {**FIELDS, "organisation": voltwerk.pk, **changes}
    response = as_ada.post(reverse("portal:site-new"), data)
    assert errors_of(response) == {field}
    assert 'value="Dock 1"' in text_of(response)
    assert not Site.objects.exists()


def test_two_sites_of_an_organisation_do_not_share_a_name(as_ada, harbour):
    data = {**FIELDS, "name": "Harbour", "organisation": harbour.organisation_id}
    assert as_ada.post(reverse("portal:site-new"), data).status_code == 422
    assert Site.objects.count() == 1


def test_a_change_is_saved_and_audited_with_what_was_and_what_is(as_ada, harbour):
    url = reverse("portal:site-edit", args=[harbour.pk])
    response = as_ada.post(url, {**FIELDS, "name": "Pier"}, follow=True)
    assert "The site is saved." in text_of(response)
    harbour.refresh_from_db()
    assert (harbour.name, harbour.kind) == ("Pier", "depot")
    assert AuditEntry.objects.get(action="site.changed").changes["name"] == ["Harbour", "Pier"]


def test_saving_without_a_change_writes_no_audit_line(as_ada, harbour):
    url = reverse("portal:site-edit", args=[harbour.pk])
    as_ada.post(url, FIELDS)
    as_ada.post(url, FIELDS)
    assert AuditEntry.objects.filter(action="site.changed").count() == 1


def test_a_site_manager_edits_the_own_site_and_opens_none(client, sam, harbour):
    client.force_login(sam)
    page = text_of(client.get(reverse("portal:site", args=[harbour.pk])))
    assert reverse("portal:site-edit", args=[harbour.pk]) in page
    assert reverse("portal:site-new") not in text_of(client.get(reverse("portal:sites")))
    response = client.post(reverse("portal:site-new"), {**FIELDS, "organisation": harbour.organisation_id})
    assert errors_of(response) == {"organisation"}


def test_somebody_who_only_looks_sees_no_button(client, tess, harbour):
    AreaFactory(site=harbour, name="Row A")
    client.force_login(tess)
    page = text_of(client.get(reverse("portal:site", args=[harbour.pk])))
    assert "Row A" in page
    assert "/edit/" not in page
    assert "/rename/" not in page


def test_areas_are_added_renamed_and_removed_and_their_stations_stay(as_ada, harbour):
    site_url = reverse("portal:site", args=[harbour.pk])
    assert as_ada.post(reverse("portal:area-new", args=[harbour.pk]), {"name": "Row A"})["Location"] == site_url
    area = Area.objects.get()
    station = StationFactory(site=harbour, area=area)
    as_ada.post(reverse("portal:area-rename", args=[area.pk]), {"name": "Row B"})
    area.refresh_from_db()
    assert area.name == "Row B"
    assert "Stations of “Row B” stay at the site" in text_of(as_ada.get(reverse("portal:area-remove", args=[area.pk])))
    as_ada.post(reverse("portal:area-remove", args=[area.pk]))
    station.refresh_from_db()
    assert (station.area, Area.objects.count()) == (None, 0)
    actions = AuditEntry.objects.filter(action__startswith="area.").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["area.created", "area.renamed", "area.removed"]


def test_an_area_keeps_its_name_where_another_has_the_new_one(as_ada, harbour):
    first, second = AreaFactory(site=harbour, name="A"), AreaFactory(site=harbour, name="B")
    response = as_ada.post(reverse("portal:area-rename", args=[second.pk]), {"name": first.name})
    assert errors_of(response) == {"name"}
    assert "already has an area called" in text_of(response)
    second.refresh_from_db()
    assert second.name == "B"
    assert errors_of(as_ada.post(reverse("portal:area-new", args=[harbour.pk]), {"name": "A"})) == {"name"}


def test_the_power_limit_is_typed_in_kilowatts(as_ada, harbour):
    url = reverse("portal:site-edit", args=[harbour.pk])
    as_ada.post(url, {**FIELDS, "limit_w": "88.5"})
    harbour.refresh_from_db()
    assert harbour.limit_w == 88_500
    assert 'value="88.5"' in text_of(as_ada.get(url))


def test_a_station_that_never_connected_stands_on_the_page_of_its_site(as_ada, harbour):
    StationFactory(site=harbour, identity="CP-NEW")
    page = text_of(as_ada.get(reverse("portal:site", args=[harbour.pk])))
    assert "CP-NEW" in page
    assert "All stations of this site" not in page


def test_the_page_of_a_big_site_leads_to_all_its_stations(as_ada, harbour):
    for _ in range(51):
        StationFactory(site=harbour)
    page = text_of(as_ada.get(reverse("portal:site", args=[harbour.pk])))
    assert f'<a href="{reverse("portal:stations")}?site={harbour.pk}">All stations of this site</a>' in page


def test_the_list_counts_stations_in_use(as_ada, harbour):
    StationFactory(site=harbour)
    StationFactory(site=harbour, retired_at="2026-01-01T00:00:00Z")
    table = as_ada.get(reverse("portal:sites")).context["table"]
    assert [row.get_cell_value("stations_count") for row in table.rows] == [1]


def test_an_operator_of_two_organisations_chooses(as_ada, ada, rival):
    MembershipFactory(user=ada, organisation=rival)
    response = as_ada.post(reverse("portal:site-new"), {**FIELDS, "organisation": rival.pk})
    assert Site.objects.get().organisation == rival
    assert response.status_code == 302
