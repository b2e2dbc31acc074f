"""Membership plans: made, changed while nobody has them, retired."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.drivers.models import PlanSubscription
from apps.tariffs.models import MembershipPlan
from tests.factories.billing import BillingAccountFactory
from tests.factories.tariffs import MembershipPlanFactory

pytestmark = pytest.mark.django_db
TERMS = {
    "name": "Residents 20", "currency": "eur", "monthly_fee": "5.00", "vat_percent": "19", "free_kwh": "20.5",
    "discount_percent": "0",
}  # fmt: skip


@pytest.fixture
def plan(voltwerk):
    return MembershipPlanFactory(organisation=voltwerk, name="Member")


def test_a_plan_is_made_and_listed(client, ada, voltwerk, harbour):
    client.force_login(ada)
    assert client.post(reverse("portal:plan-new"), {**TERMS, "organisation": voltwerk.pk}).status_code == 302
    plan = MembershipPlan.objects.get()
    assert (plan.free_wh, plan.currency, plan.monthly_fee, plan.organisation) == (20_500, "EUR", 5, voltwerk)
    (row,) = client.get(reverse("portal:plans")).context["table"].paginated_rows
    assert [row.get_cell_value(name) for name in ("name", "state", "customers")] == ["Residents 20", "Offered", 0]
    assert AuditEntry.objects.filter(action="plan.created", actor=ada).count() == 1


def test_the_terms_of_a_plan_that_customers_have_stay(client, ada, plan, voltwerk):
    account = BillingAccountFactory(organisation=voltwerk)
    PlanSubscription.objects.create(account=account, plan=plan, from_date=date(2026, 1, 1))
    client.force_login(ada)
    url = reverse("portal:plan-edit", args=[plan.pk])
    refused = client.post(url, {**TERMS, "monthly_fee": "99"})
    assert (refused.status_code, "Make another plan" in refused.content.decode()) == (422, True)
    same = {"currency": "EUR", "monthly_fee": "10", "vat_percent": "19", "free_kwh": "50", "discount_percent": "10"}
    assert client.post(url, {**same, "name": "Members"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.name, plan.monthly_fee) == ("Members", 10)


def test_a_plan_that_nobody_has_is_changed(client, ada, plan):
    client.force_login(ada)
    client.post(reverse("portal:plan-edit", args=[plan.pk]), TERMS)
    plan.refresh_from_db()
    assert (plan.name, plan.monthly_fee, plan.discount_percent) == ("Residents 20", Decimal("5.00"), 0)


def test_a_retired_plan_is_offered_to_nobody(client, ada, plan):
    client.force_login(ada)
    client.post(reverse("portal:plan-retire", args=[plan.pk]))
    plan.refresh_from_db()
    assert plan.retired_at is not None
    again = client.post(reverse("portal:plan-retire", args=[plan.pk]))
    assert (again.status_code, AuditEntry.objects.filter(action="plan.retired").count()) == (422, 1)


def test_a_site_manager_looks_at_plans_without_a_way_in(client, sam, plan):
    client.force_login(sam)
    text = client.get(reverse("portal:plans")).content.decode()
    assert "Member" in text
    assert reverse("portal:plan-edit", args=[plan.pk]) not in text
