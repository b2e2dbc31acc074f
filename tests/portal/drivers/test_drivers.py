"""Drivers, their groups and cards: who may see and change whom, and what the forms say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.drivers.models import Driver, DriverGroup, IdToken
from tests.factories.drivers import DriverFactory, DriverGroupFactory, IdTokenFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(voltwerk, harbour):
    return DriverFactory(organisation=voltwerk, name="Dana Reed", home_site=harbour)


@pytest.fixture
def card(dana):
    return IdTokenFactory(organisation=dana.organisation, driver=dana, value="04AB", label="Blue tag")


def names(response, column: str = "name") -> list[str]:
    return [str(row.get_cell_value(column)) for row in response.context["table"].paginated_rows]


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("sam", 200), ("tess", 403), ("rita", 403), ("otto", 404)])
@pytest.mark.parametrize("route", ["portal:driver", "portal:token"])
def test_a_page_opens_for_people_of_the_home_site_alone(client, request, dana, card, who, status, route):
    client.force_login(request.getfixturevalue(who))
    row = dana if route == "portal:driver" else card
    assert client.get(reverse(route, args=[row.pk])).status_code == status


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("sam", 200), ("tess", 403), ("rita", 403), ("otto", 404)])
@pytest.mark.parametrize("route", ["portal:driver-edit", "portal:driver-end", "portal:token-new"])
def test_a_driver_is_changed_by_people_who_edit_drivers_there(client, request, dana, who, status, route):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(route, args=[dana.pk])).status_code == status


def test_the_lists_show_the_own_drivers_and_cards_alone(client, ada, sam, otto, voltwerk, linden_court, card):
    IdTokenFactory(organisation=voltwerk, driver__home_site=linden_court, driver__name="Lin", value="04CD")
    seen = {}
    for user in (ada, sam, otto):
        client.force_login(user)
        seen[user.name] = names(client.get("/drivers/")), names(client.get("/cards/"), "value")
    assert seen == {"Ada": (["Dana Reed", "Lin"], ["04AB", "04CD"]), "Sam": (["Dana Reed"], ["04AB"]), "Otto": ([], [])}


def test_the_number_of_queries_does_not_grow_with_the_rows(client, ada, voltwerk, card):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(url, {"per_page": "250"})
        return len(found)

    client.force_login(ada)
    urls = ("/drivers/", "/cards/", "/driver-groups/")
    for url in urls:
        queries(url)
    few = [queries(url) for url in urls]
    for _ in range(60):
        IdTokenFactory(organisation=voltwerk, driver__group=DriverGroupFactory(organisation=voltwerk))
    assert [queries(url) for url in urls] == few


def test_a_driver_is_added_with_a_first_card(client, ada, voltwerk, harbour):
    client.force_login(ada)
    data = {"organisation": voltwerk.pk, "name": "Eve Holt", "home_site": harbour.pk, "card": "04FF", "unit": "3.1"}
    response = client.post(reverse("portal:driver-new"), data)
    driver = Driver.objects.get(name="Eve Holt")
    assert response.url == reverse("portal:driver", args=[driver.pk])
    assert (driver.home_site, driver.unit) == (harbour, "3.1")
    assert [token.value for token in driver.id_tokens.all()] == ["04FF"]


def test_a_card_in_use_names_its_field_keeps_the_input_and_adds_no_driver(client, ada, voltwerk, card):
    client.force_login(ada)
    data = {"organisation": voltwerk.pk, "name": "Eve Holt", "card": "04ab"}
    response = client.post(reverse("portal:driver-new"), data)
    assert response.status_code == 422
    assert response.context["form"].errors == {"card": ["This card belongs to Dana Reed already."]}
    assert response.context["form"]["name"].value() == "Eve Holt"
    assert not Driver.objects.filter(name="Eve Holt").exists()


def test_a_manager_of_one_site_adds_drivers_of_that_site_alone(client, sam, voltwerk, harbour, linden_court):
    client.force_login(sam)
    url = reverse("portal:driver-new")
    for home_site in ("", linden_court.pk):
        response = client.post(url, {"organisation": voltwerk.pk, "name": "Eve Holt", "home_site": home_site})
        assert "home_site" in response.context["form"].errors
    assert client.post(url, {"organisation": voltwerk.pk, "name": "Eve", "home_site": harbour.pk}).status_code == 302


def test_a_driver_who_leaves_has_no_accepted_card_until_admitted_again(client, ada, dana, card):
    client.force_login(ada)
    client.post(reverse("portal:driver-end", args=[dana.pk]))
    assert "Driver has left" in client.get(reverse("portal:driver", args=[dana.pk])).content.decode()
    assert names(client.get("/drivers/")) == []
    assert names(client.get("/drivers/", {"who": "left"})) == ["Dana Reed"]
    client.post(reverse("portal:driver-readmit", args=[dana.pk]))
    dana.refresh_from_db()
    assert dana.left_at is None


def test_a_sign_in_must_be_somebody_of_the_organisation(client, ada, dana, rita, otto):
    client.force_login(ada)
    url = reverse("portal:driver-sign-in", args=[dana.pk])
    refused = client.post(url, {"email": otto.email})
    assert refused.context["form"].errors == {"email": ["Nobody of this organisation signs in with this address."]}
    client.post(url, {"email": rita.email.upper()})
    dana.refresh_from_db()
    assert dana.user == rita


def test_a_card_is_blocked_with_a_reason_and_accepted_again(client, ada, card):
    client.force_login(ada)
    client.post(reverse("portal:token-block", args=[card.pk]), {"reason": "Found in the street"})
    card.refresh_from_db()
    assert card.status == "blocked"
    assert AuditEntry.objects.get(action="token.blocked").changes["reason"] == [None, "Found in the street"]
    assert "Blocked" in client.get(reverse("portal:token", args=[card.pk])).content.decode()
    client.post(reverse("portal:token-unblock", args=[card.pk]))
    card.refresh_from_db()
    assert card.status == "active"


def test_a_card_is_valid_until_the_end_of_its_last_day_at_home(client, ada, card):
    client.force_login(ada)
    url = reverse("portal:token-edit", args=[card.pk])
    client.post(url, {"label": "Blue tag", "valid_until": "2026-12-31", "allows_concurrent": "on"})
    card.refresh_from_db()
    assert card.expires_at == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)  # midnight by the clock of Harbour, Berlin
    assert 'value="2026-12-31"' in client.get(url).content.decode()


@pytest.mark.parametrize("value", ["", "has space", "x" * 256])
def test_a_card_that_no_charger_can_read_is_refused_at_its_field(client, ada, dana, value):
    client.force_login(ada)
    response = client.post(reverse("portal:token-new", args=[dana.pk]), {"value": value, "type": "ISO14443"})
    assert response.status_code == 422
    assert "value" in response.context["form"].errors
    assert not IdToken.objects.exists()


def test_expired_cards_are_told_apart_from_accepted_ones(client, ada, card):
    card.expires_at = timezone.now() - timedelta(days=1)
    card.save(update_fields=["expires_at"])
    client.force_login(ada)
    assert names(client.get("/cards/"), "status") == ["Expired"]
    assert names(client.get("/cards/", {"state": "expired"}), "value") == ["04AB"]
    assert names(client.get("/cards/", {"state": "accepted"}), "value") == []


def test_groups_are_made_by_people_of_the_whole_organisation(client, ada, sam, voltwerk):
    data = {"organisation": voltwerk.pk, "name": "Residents", "kind": "residents"}
    client.force_login(sam)
    assert client.post(reverse("portal:group-new"), data).status_code == 422
    client.force_login(ada)
    assert client.post(reverse("portal:group-new"), data).status_code == 302
    again = client.post(reverse("portal:group-new"), data)
    assert again.context["form"].errors == {"name": ["Another group has this name."]}
    group = DriverGroup.objects.get()
    client.force_login(sam)
    assert "limited to a site" in client.get(reverse("portal:group-edit", args=[group.pk])).content.decode()
