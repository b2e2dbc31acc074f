"""Tariffs, assignments, plans and market prices from outside."""

import pytest

from apps.tariffs.models import MarketPrice, MembershipPlan, Tariff, TariffAssignment
from tests.factories.chargers import EvseFactory
from tests.factories.drivers import DriverGroupFactory
from tests.factories.tariffs import MembershipPlanFactory, tariff_at

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"
CONTENT = {
    "tax_included": True,
    "elements": [
        {"price_components": [{"kind": "energy", "price": "0.30", "vat_percent": "19"}],
         "restrictions": {"start_time": "22:00", "end_time": "06:00"}},
        {"price_components": [{"kind": "energy", "price": 0.5, "vat_percent": "19"}]},
    ],
}  # fmt: skip
NEW = {"name": "Night", "currency": "EUR", "content": CONTENT, "valid_from": "2026-01-01T00:00:00Z"}


def test_a_tariff_is_made_given_a_version_and_assigned(ada_api, harbour, voltwerk):
    made = ada_api.post(f"{V1}tariffs/", NEW, format="json")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert made.json()["organisation"] == "voltwerk"
    second = ada_api.post(f"{V1}tariffs/{key}/versions/", {"content": CONTENT}, format="json")
    assert (second.status_code, second.json()["number"]) == (201, 2)
    versions = ada_api.get(f"{V1}tariff-versions/?tariff={key}").json()["results"]
    assert {version["number"]: version["content"]["elements"][1]["price_components"][0]["price"]
            for version in versions} == {1: "0.5", 2: "0.5"}  # fmt: skip
    evse = EvseFactory(station__site=harbour)
    body = {"tariff": key, "site": harbour.pk, "evse": evse.pk, "valid_from": "2026-01-01T00:00:00Z"}
    assigned = ada_api.post(f"{V1}tariff-assignments/", body, format="json")
    assert assigned.status_code == 201, assigned.content
    assert {"evse": evse.pk, "area": None, "driver_group": None, "valid_until": None}.items() <= assigned.json().items()
    ended = ada_api.post(f"{V1}tariff-assignments/{assigned.json()['id']}/end/")
    assert ended.json()["valid_until"] is not None


def test_a_wrong_tariff_is_refused_with_the_path(ada_api, harbour):
    wrong = {**NEW, "content": {"elements": [{"price_components": [{"kind": "energy", "price": "-1"}]}]}}
    response = ada_api.post(f"{V1}tariffs/", wrong, format="json")
    assert response.status_code == 400
    assert "elements[0].price_components[0].price" in response.content.decode()
    assert not Tariff.objects.exists()


def test_places_of_others_do_not_exist(ada_api, harbour, rival_site):
    tariff = tariff_at(harbour).tariff
    foreign = {
        "site": rival_site.pk, "evse": EvseFactory(station__site=rival_site).pk,
        "driver_group": DriverGroupFactory(organisation=rival_site.organisation).pk,
        "tariff": tariff_at(rival_site, name="Rival").tariff.pk,
    }  # fmt: skip
    before = TariffAssignment.objects.count()
    for name, value in foreign.items():
        body = {"tariff": tariff.pk, "site": harbour.pk, name: value}
        response = ada_api.post(f"{V1}tariff-assignments/", body, format="json")
        assert (response.status_code, name in response.content.decode()) == (400, True)
    assert TariffAssignment.objects.count() == before


@pytest.mark.parametrize(
    ("who", "status"), [("sam", 403), ("tess", 403), ("finn", 201), ("rita", 403), ("nobody", 401)]
)
def test_who_makes_tariffs(as_person, harbour, who, status):
    assert as_person(who).post(f"{V1}tariffs/", NEW, format="json").status_code == status
    assert Tariff.objects.count() == (1 if status == 201 else 0)


def test_a_tariff_as_partners_get_it(ada_api, harbour):
    key = ada_api.post(f"{V1}tariffs/", NEW, format="json").json()["id"]
    told = ada_api.get(f"{V1}tariffs/{key}/ocpi/?version=2.3.0").json()
    assert told["tariff"]["tax_included"] == "YES"
    assert told["tariff"]["elements"][0]["restrictions"] == {"start_time": "22:00", "end_time": "06:00"}
    assert told["losses"] == []
    assert ada_api.get(f"{V1}tariffs/{key}/ocpi/?version=9").status_code == 400


def test_a_plan_is_made_changed_and_retired(ada_api, voltwerk, harbour):
    body = {"name": "Members", "currency": "EUR", "monthly_fee": "5.00", "vat_percent": "19", "free_wh": 20_000}
    made = ada_api.post(f"{V1}membership-plans/", body, format="json")
    assert made.status_code == 201, made.content
    one = f"{V1}membership-plans/{made.json()['id']}/"
    assert ada_api.patch(one, {"discount_percent": "7.5"}, format="json").json()["discount_percent"] == "7.50"
    assert ada_api.post(f"{one}retire/").json()["retired_at"] is not None
    plan = MembershipPlan.objects.get()
    assert (plan.free_wh, plan.monthly_fee) == (20_000, 5)


def test_plans_of_others_do_not_exist(ada_api, rival_site):
    plan = MembershipPlanFactory(organisation=rival_site.organisation)
    assert ada_api.patch(f"{V1}membership-plans/{plan.pk}/", {"name": "X"}, format="json").status_code == 404
    assert ada_api.post(f"{V1}membership-plans/{plan.pk}/retire/").status_code == 404


def test_market_prices_are_kept_once(ada_api, voltwerk, harbour):
    hour = {"start_at": "2026-05-05T10:00:00Z", "end_at": "2026-05-05T11:00:00Z", "price": "-0.012"}
    body = {"series": "DE-LU", "currency": "EUR", "prices": [hour]}
    answers = [ada_api.post(f"{V1}market-prices/", body, format="json").json() for _ in range(2)]
    assert answers == [{"new": 1}, {"new": 0}]
    body["prices"] = [{**hour, "price": "1"}]
    assert ada_api.post(f"{V1}market-prices/", body, format="json").status_code == 400
    assert [str(row.price) for row in MarketPrice.objects.all()] == ["-0.012000"]
