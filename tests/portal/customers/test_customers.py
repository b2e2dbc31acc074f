"""Screens of customers, their vehicles and plans."""

import pytest
from django.urls import reverse

from apps.drivers.models import BillingAccount, Driver, IdToken, Vehicle
from apps.tariffs.models import MembershipPlan
from tests.factories.billing import BillingAccountFactory, VehicleFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(voltwerk, linden_court):
    return BillingAccountFactory(organisation=voltwerk, home_site=linden_court, name="Rita Resident", number="K00007")


def customer(**changes) -> dict:
    values = {"name": "Fleet AG", "kind": "fleet", "pay_by": "transfer", "country": "de", "sends_mail": ""}
    return values | changes


def test_the_list_shows_customers_of_today_and_guests_only_when_asked(client, ada, account, voltwerk):
    BillingAccountFactory(organisation=voltwerk, name="A guest", kind="guest")
    BillingAccountFactory(organisation=voltwerk, name="Gone", closed_at="2026-01-01T00:00Z")
    client.force_login(ada)
    page = client.get(reverse("portal:customers")).content.decode()
    assert "Rita Resident" in page
    assert "A guest" not in page
    assert "Gone" not in page
    everything = client.get(reverse("portal:customers") + "?which=all").content.decode()
    assert "A guest" in everything
    assert "Gone" in everything


def test_a_customer_is_added_with_the_next_number(client, ada, voltwerk):
    client.force_login(ada)
    answer = client.post(reverse("portal:customer-new"), customer(organisation=voltwerk.pk))
    account = BillingAccount.objects.get()
    assert answer.status_code == 302
    assert (account.number, account.country, account.kind) == ("K00001", "DE", "fleet")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vat_id": "DE123456789"}, "check its digits"),
        ({"sends_mail": "on"}, "Bills by e-mail need an address."),
        ({"country": "Germany"}, "at most 2 characters"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_stored(client, ada, voltwerk, change, said):
    client.force_login(ada)
    answer = client.post(reverse("portal:customer-new"), customer(organisation=voltwerk.pk, **change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Fleet AG" in answer.content.decode()
    assert not BillingAccount.objects.exists()


def test_a_site_manager_has_customers_of_the_own_site_only(client, sam, voltwerk, account, linden_court):
    elsewhere = BillingAccountFactory(organisation=voltwerk, name="Elsewhere")
    client.force_login(sam)
    page = client.get(reverse("portal:customers")).content.decode()
    assert "Elsewhere" not in page
    assert client.get(reverse("portal:customer", args=[elsewhere.pk])).status_code == 404


def test_the_page_shows_drivers_vehicles_and_plans(client, ada, account, voltwerk):
    DriverFactory(organisation=voltwerk, account=account, name="Rita's son")
    van = VehicleFactory(account=account, label="Van 12", department="Post")
    IdTokenFactory(organisation=voltwerk, vehicle=van, value="04VAN")
    client.force_login(ada)
    page = client.get(reverse("portal:customer", args=[account.pk])).content.decode()
    for words in ("Rita&#x27;s son", "Van 12", "Post", "04VAN", "K00007", "No membership"):
        assert words in page


def test_who_pays_is_chosen_on_the_drivers_page(client, finn, account, voltwerk):
    driver = DriverFactory(organisation=voltwerk, name="Rita")
    client.force_login(finn)
    client.post(reverse("portal:driver-payer", args=[driver.pk]), {"account": account.pk})
    assert Driver.objects.get().account == account
    foreign = BillingAccountFactory()
    answer = client.post(reverse("portal:driver-payer", args=[driver.pk]), {"account": foreign.pk})
    assert answer.status_code == 422
    assert Driver.objects.get().account == account


def test_a_plan_is_given_and_ended(client, ada, account, voltwerk):
    plan = MembershipPlan.objects.create(
        organisation=voltwerk, name="Home", currency="EUR", monthly_fee=5, vat_percent=19
    )
    client.force_login(ada)
    client.post(reverse("portal:customer-plan", args=[account.pk]), {"plan": plan.pk, "from_date": "2026-03-01"})
    client.post(reverse("portal:customer-plan-end", args=[account.pk]), {"until_date": "2026-05-01"})
    subscription = account.subscriptions.get()
    assert (str(subscription.from_date), str(subscription.until_date)) == ("2026-03-01", "2026-05-01")


def test_a_vehicle_is_added_takes_a_card_and_goes(client, ada, account, voltwerk):
    token = IdTokenFactory(organisation=voltwerk)
    client.force_login(ada)
    client.post(reverse("portal:vehicle-new", args=[account.pk]), {"label": "Van 1", "battery_kwh": "77.5"})
    van = Vehicle.objects.get()
    assert van.battery_wh == 77_500
    client.post(reverse("portal:token-vehicle", args=[token.pk]), {"vehicle": van.pk})
    assert IdToken.objects.get().vehicle == van
    client.post(reverse("portal:vehicle-retire", args=[van.pk]))
    assert IdToken.objects.get().vehicle is None


def test_a_closed_account_is_not_offered_as_a_payer(client, ada, account, voltwerk):
    client.force_login(ada)
    client.post(reverse("portal:customer-close", args=[account.pk]))
    driver = DriverFactory(organisation=voltwerk)
    page = client.get(reverse("portal:driver-payer", args=[driver.pk])).content.decode()
    assert "Rita Resident" not in page
    client.post(reverse("portal:customer-reopen", args=[account.pk]))
    assert BillingAccount.objects.get().closed_at is None
