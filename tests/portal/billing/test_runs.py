"""Runs in the portal: started, looked at, approved, cancelled; single customers in them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.invoicing.models import BillingItem, BillingPeriod, BillingRun, Invoice
from tests.domain.invoicing.runs.conftest import APRIL
from tests.portal.pages import reason_of, rows, words
from tests.support.billing import work_through

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_documents")]


def page(client, run) -> str:
    return client.get(reverse("portal:billing-run", args=[run.pk])).content.decode()


def test_the_list_shows_each_run_with_its_customers(client, finn, run):
    client.force_login(finn)
    (row,) = rows(client.get(reverse("portal:billing-runs")).content.decode())
    assert row[:6] == ["March 2026", run.period.issuer.name, "Waiting for approval", "Invoices", "2", "0"]


def test_the_page_shows_amounts_and_what_to_look_at(client, finn, run):
    client.force_login(finn)
    carl, rita = rows(page(client, run))
    assert carl[:4] == ["Carl Carl Cohn", "Checked", "1", "0"]
    assert carl[9] == "A session of 151.0 kWh."
    assert (rita[5], rita[9]) == ("4.76 EUR", "")


@pytest.mark.parametrize(("look", "shown"), [("odd", ["Carl"]), ("parked", ["Rita"]), ("held", []), ("out", [])])
def test_customers_are_filtered_by_what_is_to_be_looked_at(client, finn, run, look, shown):
    run.items.filter(account__number="Rita").update(problem_code="odd", problem="Something is odd.")
    client.force_login(finn)
    response = client.get(reverse("portal:billing-run", args=[run.pk]), {"look": look})
    assert [row[0].split()[0] for row in rows(response.content.decode())] == shown


def test_a_run_is_started_for_a_month(client, finn, issuer, resident, charged):
    client.force_login(finn)
    data = {"issuer": issuer.pk, "month": "2026-03-17", "is_dry": "on"}
    response = client.post(reverse("portal:billing-run-new"), data)
    run = BillingRun.objects.get()
    assert response["Location"] == reverse("portal:billing-run", args=[run.pk])
    assert (run.is_dry, run.asked_by, run.state) == (True, finn, "preparing")
    assert (run.period.start_date, run.period.end_date) == (date(2026, 3, 1), date(2026, 4, 1))


def test_a_second_run_is_refused_with_its_reason(client, finn, run):
    client.force_login(finn)
    data = {"issuer": run.period.issuer.pk, "month": "2026-03-17"}
    response = client.post(reverse("portal:billing-run-new"), data)
    assert response.status_code == 422
    assert "Another run works on this period." in words(response.content.decode())


def test_nobody_starts_a_run_for_another_organisation(client, otto, issuer):
    client.force_login(otto)
    response = client.post(reverse("portal:billing-run-new"), {"issuer": issuer.pk, "month": "2026-03-17"})
    assert response.status_code == 422
    assert not BillingPeriod.objects.exists()


def test_approval_issues_with_the_given_date(client, finn, run):
    client.force_login(finn)
    client.post(reverse("portal:billing-run-approve", args=[run.pk]), {"issued_on": "2026-04-03"})
    work_through(at=max(APRIL, timezone.now()))
    run.refresh_from_db()
    assert (run.state, run.approved_by) == ("done", finn)
    assert set(Invoice.objects.values_list("issued_on", flat=True)) == {date(2026, 4, 3)}


def test_support_looks_and_changes_nothing(client, sue, run):
    client.force_login(sue)
    html = page(client, run)
    assert reason_of(html, "Approve") == "Your role may look at this, but not change it."
    assert "Leave out" not in words(html)
    assert client.post(reverse("portal:billing-run-approve", args=[run.pk])).status_code == 403
    run.refresh_from_db()
    assert run.state == "waiting"


def test_a_parked_customer_goes_on_or_is_left_out(client, finn, run):
    run.items.update(problem_code="odd", problem="Something is odd.")
    carl, rita = run.items.order_by("account__number")
    client.force_login(finn)
    client.post(reverse("portal:billing-item-go-on", args=[carl.pk]))
    client.post(reverse("portal:billing-item-leave-out", args=[rita.pk]))
    assert BillingItem.objects.get(pk=carl.pk).problem_code == ""
    assert BillingItem.objects.get(pk=rita.pk).is_left_out
    assert Invoice.objects.get(account=rita.account).state == "discarded"


def test_a_cancelled_run_says_so(client, finn, run):
    client.force_login(finn)
    client.post(reverse("portal:billing-run-cancel", args=[run.pk]))
    html = page(client, run)
    assert "Its drafts were given up." in words(html)
    assert reason_of(html, "Cancel") == "It has ended."


def test_the_month_is_closed_once_its_run_has_ended(client, finn, run):
    client.force_login(finn)
    assert reason_of(page(client, run), "Close the month") == "A run works on this month."
    client.post(reverse("portal:billing-run-cancel", args=[run.pk]))
    client.post(reverse("portal:billing-period-close", args=[run.pk]))
    assert BillingPeriod.objects.get().state == "closed"
    assert reason_of(page(client, run), "Close the month") == "The month is closed."


def test_the_pages_cost_the_same_for_few_and_many(client, finn, run, resident, django_assert_max_num_queries):
    client.force_login(finn)
    url = reverse("portal:billing-run", args=[run.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    BillingItem.objects.bulk_create(BillingItem(run=run, account=resident(), gross=Decimal(5)) for _ in range(20))
    with django_assert_max_num_queries(len(few)):
        client.get(url)
