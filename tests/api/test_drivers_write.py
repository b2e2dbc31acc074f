"""Drivers and cards from outside, and the sites they are at home at."""

import pytest

from apps.core.models import AuditEntry
from apps.drivers.models import Driver, IdToken
from apps.sites.models import Site
from tests.api.conftest import fields_of
from tests.factories.chargers import StationFactory
from tests.factories.drivers import DriverGroupFactory
from tests.factories.places import MembershipFactory
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import tariff_at

DRIVERS, TOKENS, SITES = "/api/v1/drivers/", "/api/v1/tokens/", "/api/v1/sites/"
PEOPLE = ("ada", "sam", "tess", "finn", "sue", "rita", "otto", "nobody")


def refused_status(person: str) -> int:
    return 401 if person == "nobody" else 403


def test_a_driver_and_a_card_are_made_and_the_card_is_accepted(ada_api, harbour, voltwerk):
    DriverGroupFactory(organisation=voltwerk, name="Crew")
    body = {"name": "Mara", "group": "Crew", "home_site": harbour.pk, "email": "m@example.com", "unit": "3a"}
    response = ada_api.post(DRIVERS, body, format="json")
    assert response.status_code == 201, response.content
    driver = response.json()
    assert {**body, "organisation": "voltwerk", "left_at": None}.items() <= driver.items()
    body = {
        "driver": driver["id"], "value": "04A1B2", "type": "ISO15693", "expires_at": "2030-01-01T00:00:00Z",
        "parent_group": "FLEET", "label": "Blue",
    }  # fmt: skip
    response = ada_api.post(TOKENS, body, format="json")
    assert response.status_code == 201, response.content
    assert {**body, "status": "active", "driver_name": "Mara"}.items() <= response.json().items()
    assert IdToken.objects.get(value="04A1B2").key == "04a1b2"


def test_a_card_can_be_made_blocked(ada_api, network):
    body = {"driver": network.drivers["harbour"].pk, "value": "C1", "status": "blocked"}
    assert ada_api.post(TOKENS, body, format="json").json()["status"] == "blocked"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": ""}, "value"),
        ({"value": "a b"}, "value"),
        ({"value": "x" * 256}, "value"),
        ({"value": "a\x00"}, "value"),
        ({"value": "card-HARBOUR"}, "value"),
        ({"driver": 0}, "driver"),
        ({"driver": None}, "driver"),
        ({"type": "Song"}, "type"),
        ({"status": "eaten"}, "status"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"parent_group": "x" * 37}, "parent_group"),
        ({"is_master_pass": "maybe"}, "is_master_pass"),
        ({"key": "x"}, "key"),
    ],
)
def test_a_wrong_field_of_a_card_is_named(ada_api, network, changes, field):
    body = {"driver": network.drivers["harbour"].pk, "value": "C1", **changes}
    assert fields_of(ada_api.post(TOKENS, body, format="json")) == {field}
    assert IdToken.objects.count() == 3


def test_a_card_is_changed_blocked_lost_and_accepted_again(ada_api, network):
    url = f"{TOKENS}{network.cards['harbour'].pk}/"
    assert ada_api.patch(url, {"label": "Red", "allows_concurrent": False}, format="json").json()["label"] == "Red"
    for status in ("blocked", "lost", "active"):
        assert ada_api.patch(url, {"status": status}, format="json").json()["status"] == status
    assert ada_api.patch(url, {"expires_at": None}, format="json").json()["expires_at"] is None
    assert fields_of(ada_api.patch(url, {"value": "other"}, format="json")) == {"value"}
    assert ada_api.delete(url).status_code == 405
    entries = AuditEntry.objects.filter(action__startswith="token.").order_by("id")
    assert [entry.action for entry in entries] == [
        "token.changed",
        "token.blocked",
        "token.reported_lost",
        "token.unblocked",
    ]


@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_write_drivers_and_cards(as_person, network, person):
    client = as_person(person)
    driver, card = network.drivers["harbour"], network.cards["harbour"]
    answers = [
        (201, client.post(TOKENS, {"driver": driver.pk, "value": "C1"}, format="json")),
        (200, client.patch(f"{TOKENS}{card.pk}/", {"status": "blocked"}, format="json")),
        (200, client.patch(f"{DRIVERS}{driver.pk}/", {"name": "Changed"}, format="json")),
        (204, client.delete(f"{DRIVERS}{driver.pk}/")),
    ]
    statuses = [response.status_code for _, response in answers]
    if person in {"ada", "sam", "sue"}:
        assert statuses == [good for good, _ in answers]
        return
    assert statuses == ([400, 404, 404, 404] if person == "otto" else [refused_status(person)] * 4)
    driver.refresh_from_db()
    card.refresh_from_db()
    assert (driver.name, driver.left_at) == ("Driver of harbour", None)
    assert (card.status, IdToken.objects.count()) == ("active", 3)


def test_a_site_manager_makes_drivers_of_the_own_site_only(as_person, network, harbour, linden_court):
    sam = as_person("sam")
    assert sam.post(DRIVERS, {"name": "Mara", "home_site": harbour.pk}, format="json").status_code == 201
    assert fields_of(sam.post(DRIVERS, {"name": "Mara", "home_site": linden_court.pk}, format="json")) == {"home_site"}
    assert fields_of(sam.post(DRIVERS, {"name": "Mara"}, format="json")) == {"organisation"}
    url = f"{DRIVERS}{network.drivers['harbour'].pk}/"
    assert fields_of(sam.patch(url, {"home_site": None}, format="json")) == {"organisation"}
    linden = network.drivers["linden"]
    assert fields_of(sam.post(TOKENS, {"driver": linden.pk, "value": "C1"}, format="json")) == {"driver"}
    assert Driver.objects.filter(name="Mara").count() == 1


def test_a_driver_of_one_organisation_has_no_home_in_another(ada_api, ada, rival, rival_site):
    MembershipFactory(user=ada, organisation=rival)
    body = {"name": "Mara", "organisation": "voltwerk", "home_site": rival_site.pk}
    assert fields_of(ada_api.post(DRIVERS, body, format="json")) == {"home_site"}
    for wanted in ({}, {"organisation": "nobody"}):
        assert fields_of(ada_api.post(DRIVERS, {"name": "Mara", **wanted}, format="json")) == {"organisation"}
    body = {"name": "Mara", "organisation": "rival", "group": "Nobody"}
    assert fields_of(ada_api.post(DRIVERS, body, format="json")) == {"group"}
    response = ada_api.post(DRIVERS, {"name": "Mara", "organisation": "rival"}, format="json")
    assert response.json()["organisation"] == "rival"


@pytest.mark.parametrize(("field", "value"), [("is_master_pass", True), ("parent_group", "FLEET")])
def test_what_works_at_every_site_is_given_by_people_of_the_whole_organisation(as_person, network, field, value):
    card = network.cards["harbour"]
    new = {"driver": card.driver_id, "value": "C1", field: value}
    sam, sue, url = as_person("sam"), as_person("sue"), f"{TOKENS}{card.pk}/"
    assert fields_of(sam.post(TOKENS, new, format="json")) == {field}
    assert fields_of(sam.patch(url, {field: value}, format="json")) == {field}
    assert sue.patch(url, {field: value}, format="json").json()[field] == value
    assert sue.post(TOKENS, new, format="json").status_code == 201
    # What a card has already does not keep a site manager from changing the rest; it is not his to take away.
    assert sam.patch(url, {field: value, "label": "Red"}, format="json").json()["label"] == "Red"
    assert fields_of(sam.patch(url, {field: type(value)()}, format="json")) == {field}


def test_a_number_in_use_names_the_driver_only_to_people_who_see_the_driver(as_person, network):
    body = {"driver": network.drivers["harbour"].pk, "value": network.cards["linden"].value}
    said = {person: as_person(person).post(TOKENS, body, format="json").json()["message"] for person in ("ada", "sam")}
    assert said == {
        "ada": f"This card belongs to {network.drivers['linden']} already.", "sam": "This card is in use already.",
    }  # fmt: skip


def test_a_driver_leaves_once(ada_api, network):
    url = f"{DRIVERS}{network.drivers['harbour'].pk}/"
    assert ada_api.delete(url).status_code == 204
    response = ada_api.delete(url)
    assert (response.status_code, response.json()["code"]) == (409, "driver_has_left")


@pytest.mark.parametrize(("field", "value"), [("currency", "NOK"), ("vat_percent", "7.00")])
def test_money_of_a_site_is_changed_by_people_who_edit_tariffs_there(as_person, harbour, field, value):
    url = f"{SITES}{harbour.pk}/"
    assert fields_of(as_person("sam").patch(url, {field: value}, format="json")) == {field}
    unchanged = {"currency": harbour.currency, "vat_percent": str(harbour.vat_percent), "city": "Kiel"}
    assert as_person("sam").patch(url, unchanged, format="json").json()["city"] == "Kiel"
    assert as_person("ada").patch(url, {field: value}, format="json").json()[field] == value


@pytest.mark.parametrize("why", ["tariff", "session"])
def test_the_currency_stays_once_there_are_prices_or_sessions(ada_api, harbour, why):
    if why == "tariff":
        tariff_at(harbour, name="Day")
    else:
        SessionFactory(station=StationFactory(site=harbour))
    url = f"{SITES}{harbour.pk}/"
    assert fields_of(ada_api.patch(url, {"currency": "NOK"}, format="json")) == {"currency"}
    assert ada_api.patch(url, {"vat_percent": "7.00"}, format="json").json()["vat_percent"] == "7.00"


def test_a_site_is_opened_changed_and_closed(ada_api, voltwerk):
    body = {"name": "North", "kind": "depot", "time_zone": "Europe/Oslo", "currency": "NOK", "limit_w": 100000}
    response = ada_api.post(SITES, body, format="json")
    assert response.status_code == 201, response.content
    assert {**body, "organisation": "voltwerk", "closed_at": None}.items() <= response.json().items()
    url = f"{SITES}{response.json()['id']}/"
    assert ada_api.patch(url, {"city": "Oslo"}, format="json").json()["city"] == "Oslo"
    assert ada_api.delete(url).status_code == 204
    assert ada_api.get(url).json()["closed_at"] is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"time_zone": "Moon/Sea"}, "time_zone"),
        ({"currency": "XXXX"}, "currency"),
        ({"currency": "zz9"}, "currency"),
        ({"latitude": "north"}, "latitude"),
        ({"limit_w": -1}, "limit_w"),
        ({"vat_percent": -1}, "vat_percent"),
        ({"organisation": "rival"}, "organisation"),
        ({"closed_at": None}, "closed_at"),
    ],
)
def test_a_wrong_field_of_a_site_is_named(ada_api, voltwerk, rival, changes, field):
    assert fields_of(ada_api.post(SITES, {"name": "North", **changes}, format="json")) == {field}
    assert not Site.objects.exists()


def test_a_site_with_stations_stays_open_and_its_name_is_the_organisations_only_one(ada_api, network, harbour):
    response = ada_api.delete(f"{SITES}{harbour.pk}/")
    assert (response.status_code, response.json()["code"]) == (409, "unable_to_save_site")
    response = ada_api.post(SITES, {"name": "Harbour"}, format="json")
    assert (response.status_code, response.json()["code"]) == (409, "unable_to_save_site")


@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_write_sites(as_person, harbour, person):
    client = as_person(person)
    created = client.post(SITES, {"name": "North"}, format="json").status_code
    changed = client.patch(f"{SITES}{harbour.pk}/", {"city": "Kiel"}, format="json").status_code
    expected = {"ada": (201, 200), "sam": (400, 200), "otto": (201, 404)}
    assert (created, changed) == expected.get(person, (refused_status(person),) * 2)
    harbour.refresh_from_db()
    assert (harbour.city == "Kiel") == (person in {"ada", "sam"})
