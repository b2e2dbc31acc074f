"""Tariffs: prices in words, versions that never change, and where each applies."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.portal.tariffs.words import simple_prices, simple_tariff
from apps.tariffs.engine.tariff import Restrictions
from apps.tariffs.engine.tariff_json import from_json
from apps.tariffs.models import Tariff, TariffAssignment
from apps.tariffs.services.tariffs import add_version, assign_tariff, create_tariff

pytestmark = pytest.mark.django_db
PRICES = {"energy": "0.49", "flat": "0.35", "vat_percent": "19", "tax_included": "on"}


@pytest.fixture
def tariff(voltwerk):
    content = simple_tariff(currency="EUR", vat_percent=Decimal(19), tax_included=True, energy=Decimal("0.49"))
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
    assert simple_prices(content) == {
        "energy": Decimal("0.49"), "flat": Decimal("0.35"), "vat_percent": Decimal(19), "tax_included": True,
    }  # fmt: skip


def test_a_tariff_without_any_price_is_refused_and_keeps_what_was_typed(client, ada, voltwerk):
    client.force_login(ada)
    response = client.post(
        reverse("portal:tariff-new"), {"organisation": voltwerk.pk, "name": "Night", "currency": "EUR"}
    )
    assert response.status_code == 422
    assert response.context["form"].errors == {"energy": ["Give at least one price; 0 is a price."]}
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
    assert "30 kWh in two hours cost" in text
    assert '14.70\u00a0<span class="cn-unit">EUR</span>' in text


def test_a_new_version_stands_beside_the_old_one(client, ada, tariff):
    client.force_login(ada)
    assert 'value="0.49"' in client.get(reverse("portal:tariff-new-version", args=[tariff.pk])).content.decode()
    client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), {"energy": "0.59", "valid_from": ""})
    assert [version.number for version in tariff.versions.order_by("number")] == [1, 2]
    text = page(client, tariff, "versions")
    assert text.index("0.59 EUR/kWh") < text.index("0.49 EUR/kWh")
    assert ("In force" in text, "Past" in text) == (True, True)


def test_a_version_to_come_leaves_the_price_of_today(client, ada, tariff):
    client.force_login(ada)
    data = {"energy": "0.59", "valid_from": "2099-01-01T00:00"}
    client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), data)
    assert "Energy costs 0.49 EUR per kWh." in page(client, tariff, "price")
    assert "To come" in page(client, tariff, "versions")


def test_the_simple_editor_does_not_touch_what_it_would_lose(client, ada, tariff):
    content = from_json(tariff.versions.get().content)
    night = replace(content.elements[0], restrictions=Restrictions(start_time=time(22)))
    add_version(tariff=tariff, content=replace(content, elements=(night,)), valid_from=timezone.now(), actor=None)
    client.force_login(ada)
    response = client.post(reverse("portal:tariff-new-version", args=[tariff.pk]), PRICES)
    assert response.status_code == 422
    assert tariff.versions.count() == 2


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
    text = client.get(url, {"energy": "0.5", "flat": "1", "fixed_currency": "EUR"}).content.decode()
    assert "Energy costs 0.5 EUR per kWh." in text
    assert '16.00\u00a0<span class="cn-unit">EUR</span>' in text
    assert "Give at least one price" in client.get(url).content.decode()
