"""Customers, their plans and vehicles."""

from datetime import UTC, date, datetime

import pytest

from apps.core.models import AuditEntry
from apps.drivers.models import BillingAccount, IdToken
from apps.drivers.services.accounts import (
    AccountIsClosed,
    AccountNumberTaken,
    UnableToSubscribe,
    close_account,
    create_account,
    edit_account,
    end_subscription,
    reopen_account,
    set_payer,
    subscribe,
)
from apps.drivers.services.drivers import OtherOrganisation
from apps.drivers.services.vehicles import VehicleLabelTaken, add_vehicle, edit_vehicle, keep_card_in, retire_vehicle
from apps.tariffs.models import MembershipPlan
from tests.factories.billing import BillingAccountFactory, VehicleFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory
from tests.factories.places import OrganisationFactory, SiteFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.fixture
def organisation():
    return OrganisationFactory()


@pytest.fixture
def account(organisation):
    return create_account(organisation=organisation, actor=None, name="Rita")


@pytest.fixture
def plan(organisation):
    return MembershipPlan.objects.create(
        organisation=organisation, name="Home", currency="EUR", monthly_fee="4.99", vat_percent=19
    )


def test_customers_are_numbered_in_their_organisation(organisation, account):
    create_account(organisation=organisation, actor=None, name="By hand", number="K00002")
    third = create_account(organisation=organisation, actor=None, name="Third")
    elsewhere = create_account(organisation=OrganisationFactory(), actor=None, name="Else")
    assert (account.number, third.number, elsewhere.number) == ("K00001", "K00003", "K00001")


def test_a_number_is_given_once(organisation, account):
    with pytest.raises(AccountNumberTaken):
        create_account(organisation=organisation, actor=None, name="Other", number="K00001")
    other = create_account(organisation=organisation, actor=None, name="Other")
    with pytest.raises(AccountNumberTaken):
        edit_account(account=other, actor=None, number="K00001")
    other.refresh_from_db()
    assert other.number == "K00002"


def test_a_change_is_audited_and_a_foreign_site_refused(account):
    edit_account(account=account, actor=None, city="Kiel")
    entry = AuditEntry.objects.get(action="account.changed")
    assert entry.changes == {"city": ["", "Kiel"]}
    with pytest.raises(OtherOrganisation):
        edit_account(account=account, actor=None, home_site=SiteFactory())


def test_a_closed_account_takes_no_driver(organisation, account):
    driver = DriverFactory(organisation=organisation)
    close_account(account=account, actor=None, at=NOW)
    account.refresh_from_db()
    with pytest.raises(AccountIsClosed):
        set_payer(driver=driver, account=account, actor=None)
    account = reopen_account(account=account, actor=None)
    assert set_payer(driver=driver, account=account, actor=None).account == account
    with pytest.raises(OtherOrganisation):
        set_payer(driver=driver, account=BillingAccountFactory(), actor=None)


def test_a_new_plan_ends_the_one_that_runs(account, organisation, plan):
    subscribe(account=account, plan=plan, from_date=date(2026, 3, 1), actor=None)
    more = MembershipPlan.objects.create(
        organisation=organisation, name="More", currency="EUR", monthly_fee=9, vat_percent=19
    )
    with pytest.raises(UnableToSubscribe):
        subscribe(account=account, plan=more, from_date=date(2026, 3, 1), actor=None)
    subscribe(account=account, plan=more, from_date=date(2026, 3, 20), actor=None)
    end_subscription(account=account, until_date=date(2026, 4, 1), actor=None)
    rows = account.subscriptions.order_by("from_date").values_list("plan__name", "from_date", "until_date")
    assert list(rows) == [
        ("Home", date(2026, 3, 1), date(2026, 3, 20)),
        ("More", date(2026, 3, 20), date(2026, 4, 1)),
    ]
    with pytest.raises(UnableToSubscribe):
        end_subscription(account=account, until_date=date(2026, 5, 1), actor=None)


def test_a_retired_or_foreign_plan_is_not_given(account, plan):
    MembershipPlan.objects.update(retired_at=NOW)
    plan.refresh_from_db()
    with pytest.raises(UnableToSubscribe):
        subscribe(account=account, plan=plan, from_date=date(2026, 3, 1), actor=None)
    with pytest.raises(OtherOrganisation):
        subscribe(account=BillingAccountFactory(), plan=plan, from_date=date(2026, 3, 1), actor=None)


def test_a_card_goes_with_its_vehicle_until_that_is_retired(organisation, account):
    van = add_vehicle(account=account, actor=None, label="Van 1", plate="B-CN 1")
    token = IdTokenFactory(organisation=organisation)
    assert keep_card_in(vehicle=van, token=token, actor=None).vehicle == van
    retire_vehicle(vehicle=van, actor=None, at=NOW)
    assert IdToken.objects.get().vehicle is None
    with pytest.raises(OtherOrganisation):
        keep_card_in(vehicle=VehicleFactory(), token=token, actor=None)


def test_vehicles_of_a_customer_have_names_of_their_own(account):
    add_vehicle(account=account, actor=None, label="Van 1")
    second = add_vehicle(account=account, actor=None, label="Van 2")
    with pytest.raises(VehicleLabelTaken):
        edit_vehicle(vehicle=second, actor=None, label="Van 1")
    assert edit_vehicle(vehicle=second, actor=None, depot="North").depot == "North"
    assert BillingAccount.objects.get(pk=account.pk).vehicles.count() == 2


def test_plans_of_a_customer_never_overlap(account, plan):
    subscribe(account=account, plan=plan, from_date=date(2026, 3, 1), actor=None)
    end_subscription(account=account, until_date=date(2026, 4, 1), actor=None)
    with pytest.raises(UnableToSubscribe, match="begin after its end"):
        subscribe(account=account, plan=plan, from_date=date(2026, 3, 15), actor=None)
    subscribe(account=account, plan=plan, from_date=date(2026, 4, 1), actor=None)
    assert account.subscriptions.count() == 2
