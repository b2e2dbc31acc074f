"""Tariffs: prices in words, versions that never change, and where each applies."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.portal.tariffs.forms import TariffForm
from apps.tariffs.engine.tariff import Restrictions
from apps.tariffs.engine.tariff_json import from_json
from apps.tariffs.models import Tariff, TariffAssignment
from apps.tariffs.services.tariffs import add_version, assign_tariff, create_tariff
from tests.factories.chargers import EvseFactory
from tests.factories.tariffs import simple_tariff

pytestmark = pytest.mark.django_db


def rows(*rows):
    """What a browser posts of price groups."""
    data = {"rows-TOTAL_FORMS": str(len(rows)), "rows-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        data |= {f"rows-{place}-{name}": value for name, value in row.items()}
    return data


PRICES = {**rows({"energy": "0.49", "flat": "0.35", "vat_percent": "19"}), "tax_included": "on"}


@pytest.fixture
def tariff(voltwerk):
    content = replace(simple_tariff(per_kwh="0.49", vat="19"), tax_included=True)
    since = timezone.now() - timedelta(days=9)
    return create_tariff(organisation=voltwerk, name="Day", content=content, valid_from=since, actor=None).tariff


def page(client, tariff, panel: str) -> str:
    return client.get(reverse("portal:tariff", args=[tariff.pk]), {"panel": panel}).content.decode()


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("sam", 200), ("tess", 403), ("rita", 403), ("otto", 404)])
def test_tariffs_are_seen_by_roles_that_know_prices(client, request, tariff, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("portal:tariff", args=[tariff.pk])).status_code == status


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("sam", 403), ("tess", 403), ("rita", 403), ("otto", 404)])
@pytest.mark.parametrize("route", ["portal:tariff-new-version", "portal:tariff-assign"])
def test_tariffs_are_changed_by_operators_and_finance_alone(client, request, tariff, harbour, who, status, route):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(route, args=[tariff.pk])).status_code == status


def test_the_list_says_the_price_in_force_and_where_it_applies(client, ada, tariff, harbour):
    assign_tariff(tariff=tariff, site=harbour, valid_from=timezone.now(), actor=ada)
    client.force_login(ada)
    (row,) = client.get("/tariffs/").context["table"].paginated_rows
    assert [row.get_cell_value(name) for name in ("name", "price", "sites_count")] == ["Day", "0.49 EUR/kWh", 1]


def test_a_tariff_is_made_with_its_first_version(client, ada, voltwerk, harbour):
    client.force_login(ada)
    data = {"organisation": voltwerk.pk, "name": "Night", "currency": "eur", "valid_from": "2026-01-01T00:00", **PRICES}
    client.post(reverse("portal:tariff-new"), data)
    version = Tariff.objects.get(name="Night").versions.get()
    assert version.valid_from == datetime(2025, 12, 31, 23, 0, tzinfo=UTC)  # by the clock of Harbour, Berlin
    content = from_json(version.content)
    assert (content.currency, content.tax_included) == ("EUR", True)
    (element,) = content.elements
    assert element.restrictions is None
    assert [(c.kind.value, c.price, c.vat_percent) for c in element.price_components] == [
        ("energy", Decimal("0.49"), 19), ("flat", Decimal("0.35"), 19),
    ]  # fmt: skip


def test_a_tariff_without_any_price_is_refused_and_keeps_what_was_typed(client, ada, voltwerk):
    client.force_login(ada)
    response = client.post(
        reverse("portal:tariff-new"), {"organisation": voltwerk.pk, "name": "Night", "currency": "EUR", **rows({})}
    )
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == ["Give at least one price; 0 is a price."]
    assert response.context["form"]["name"].value() == "Night"
    assert not Tariff.objects.exists()


def test_the_same_name_twice_is_refused_at_its_field(client, ada, voltwerk, tariff):
    client.force_login(ada)
    data = {"organisation": voltwerk.pk, "name": "Day", "currency": "EUR", **PRICES}
    response = client.post(reverse("portal:tariff-new"), data)
    assert response.context["form"].errors == {"name": ["A tariff of this name exists already."]}


def test_the_page_says_the_price_in_words_with_an_example(client, ada, tariff):
    client.force_login(ada)
    text = page(client, tariff, "price")
    assert "Energy costs 0.49 EUR per kWh." in text
    assert "Prices include 19 % tax." in text
    assert "30 kWh in two hours, from 9:00" in text
    assert "Price per kWh" in text
    assert '14.70\u00a0<span class="cn-unit">EUR</span>' in text


def test_a_new_version_stands_beside_the_old_one(client, ada, tariff):
    client.force_login(ada)
    assert (
        'name="rows-0-energy" value="0.49"'
        in client.get(reverse("portal:tariff-new-version", args=[tariff.pk])).content.decode()
    )
    client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), {**rows({"energy": "0.59"}), "valid_from": ""})
    assert [version.number for version in tariff.versions.order_by("number")] == [1, 2]
    text = page(client, tariff, "versions")
    assert text.index("0.59 EUR/kWh") < text.index("0.49 EUR/kWh")
    assert ("In force" in text, "Past" in text) == (True, True)


def test_a_version_to_come_leaves_the_price_of_today(client, ada, tariff):
    client.force_login(ada)
    data = {**rows({"energy": "0.59"}), "valid_from": "2099-01-01T00:00"}
    client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), data)
    assert "Energy costs 0.49 EUR per kWh." in page(client, tariff, "price")
    assert "To come" in page(client, tariff, "versions")


FULL = {
    "id": "new", "version": 0, "currency": "EUR", "tax_included": True, "withheld_time": "as_charging",
    "preauthorisation": "40", "min_price": {"incl_tax": "1"}, "max_price": {"excl_tax": "80", "incl_tax": "95.2"},
    "idle_fee": {"price_per_h": "6", "grace_s": 1200, "step_size_s": 60, "vat_percent": "19", "cap": "12",
                 "retroactive": True, "quiet_start": "22:00:00", "quiet_end": "06:00:00"},
    "elements": [
        {"price_components": [
            {"kind": "energy", "price": "0.3", "step_size": 100, "vat_percent": "19",
             "hourly": {"series": "DE-LU", "factor": "1.2", "surcharge": "-0.01", "minimum": "0.05", "maximum": "0.9"}},
            {"kind": "parking_time", "price": "2", "step_size": 300, "vat_percent": "19"}],
         "restrictions": {"start_time": "22:00:00", "end_time": "06:00:00", "day_of_week": [1, 2, 7],
                          "start_date": "2026-01-01", "end_date": "2027-01-01", "min_kwh": "1.5", "max_kwh": "40",
                          "min_duration_s": 90, "max_duration_s": 7200, "min_power_kw": "3", "max_power_kw": "50",
                          "min_current_a": "6", "max_current_a": "32"}},
        {"price_components": [{"kind": "flat", "price": "2", "step_size": 1}],
         "restrictions": {"reservation": "reservation_expires"}},
        {"price_components": [{"kind": "energy", "price": "0.5", "step_size": 1, "vat_percent": "19"},
                              {"kind": "time", "price": "1.2", "step_size": 1, "vat_percent": "7"}]},
    ],
}  # fmt: skip


def posted(form) -> dict:
    """What a browser posts of a form that nobody touched."""
    data = {**rows(*[{} for _ in form.rows.forms])}
    for bound in [*form, *(field for row in form.rows.forms for field in row)]:
        value = bound.value()
        if value not in (None, "", False, []):
            data[bound.html_name] = "on" if value is True else value if isinstance(value, list) else str(value)
    return data


def test_the_editor_holds_everything_that_a_tariff_can_say(client, ada, tariff):
    content = from_json(FULL)
    first = add_version(tariff=tariff, content=content, valid_from=timezone.now(), actor=None)
    form = TariffForm(initial={"tariff": from_json(first.content)}, time_zone="UTC")
    client.force_login(ada)
    response = client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), posted(form))
    assert response.status_code == 302
    stored = from_json(tariff.versions.order_by("-number").first().content)
    # Prices of two tax rates under the same conditions become two groups, which count the same.
    assert [len(element.price_components) for element in stored.elements] == [2, 1, 1, 1]
    merged = (*stored.elements[:2], replace(
        stored.elements[2],
        price_components=stored.elements[2].price_components + stored.elements[3].price_components,
    ))  # fmt: skip
    assert replace(stored, elements=merged, id="new", version=0) == content


def test_a_wrong_bound_is_shown_beside_its_field_and_nothing_is_stored(client, ada, tariff):
    client.force_login(ada)
    data = rows({"energy": "0.49"}, {"energy": "0.30", "min_kwh": "20", "max_kwh": "10"})
    response = client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), data)
    assert response.status_code == 422
    assert response.context["form"].rows.forms[1].errors == {"max_kwh": ["must be more than min_kwh."]}
    assert tariff.versions.count() == 1


def test_groups_are_added_moved_and_removed_without_script(client, ada, tariff):
    client.force_login(ada)
    url = reverse("portal:tariff-new-version", args=[tariff.pk])
    more = client.post(url, {**rows({"energy": "0.49"}), "add_row": "1"})
    assert (more.status_code, len(more.context["form"].rows.forms)) == (200, 2)
    assert 'name="rows-0-energy" value="0.49"' in more.content.decode()
    assert tariff.versions.count() == 1
    night = {"energy": "0.30", "start_time": "22:00", "end_time": "06:00", "ORDER": "1"}
    client.post(url, rows({"energy": "0.49", "ORDER": "2"}, night, {"energy": "9", "DELETE": "on"}))
    content = from_json(tariff.versions.order_by("-number").first().content)
    assert [element.price_components[0].price for element in content.elements] == [Decimal("0.30"), Decimal("0.49")]
    assert content.elements[0].restrictions == Restrictions(start_time=time(22), end_time=time(6))


def test_a_preview_without_script_comes_with_the_page(client, ada, tariff):
    client.force_login(ada)
    data = {**rows({"energy": "0.50", "start_time": "08:00", "end_time": "20:00"}), "preview": "1"}
    text = client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), data).content.decode()
    assert "No price for energy on" in text
    assert "50 kWh in 30 minutes, from 17:00" in text
    assert tariff.versions.count() == 1


def test_versions_say_what_they_changed(client, ada, tariff):
    client.force_login(ada)
    client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), {**PRICES, **rows({"energy": "0.59"})})
    text = page(client, tariff, "versions")
    assert "<del>Energy costs 0.49 EUR per kWh.</del>" in text
    assert "<ins>Energy costs 0.59 EUR per kWh.</ins>" in text


def test_an_evse_of_the_site_has_a_tariff_of_its_own(client, ada, tariff, harbour, rival_site):
    evse = EvseFactory(station__site=harbour, station__identity="HB-7")
    elsewhere = EvseFactory(station__site=rival_site)
    client.force_login(ada)
    url = reverse("portal:tariff-assign", args=[tariff.pk])
    assert client.post(url, {"site": harbour.pk, "evse": elsewhere.pk}).status_code == 422
    client.post(url, {"site": harbour.pk, "evse": evse.pk})
    assert TariffAssignment.objects.get().evse_id == evse.pk
    assert f"HB-7 / {evse.number}" in page(client, tariff, "assignments")


def test_a_tariff_is_assigned_and_the_assignment_ended(client, ada, tariff, harbour):
    client.force_login(ada)
    client.post(reverse("portal:tariff-assign", args=[tariff.pk]), {"site": harbour.pk})
    assignment = TariffAssignment.objects.get()
    assert (assignment.site, assignment.area, assignment.driver_group_id) == (harbour, None, None)
    assert "Harbour" in page(client, tariff, "assignments")
    client.post(reverse("portal:assignment-end", args=[tariff.pk, assignment.pk]))
    assignment.refresh_from_db()
    assert assignment.valid_until is not None


def test_sites_of_another_currency_are_not_offered(client, ada, tariff, harbour):
    harbour.currency = "SEK"
    harbour.save(update_fields=["currency"])
    client.force_login(ada)
    text = client.get(reverse("portal:tariff-assign", args=[tariff.pk])).content.decode()
    assert "There is no site that charges in EUR." in text


def test_the_preview_follows_what_is_typed(client, ada):
    client.force_login(ada)
    url = reverse("portal:tariff-preview")
    text = client.post(f"{url}?fixed_currency=EUR", rows({"energy": "0.5", "flat": "1"})).content.decode()
    assert "Energy costs 0.5 EUR per kWh." in text
    assert '16.00\u00a0<span class="cn-unit">EUR</span>' in text
    assert "Complete the prices" in client.get(url).content.decode()
