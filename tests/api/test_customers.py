"""Customers, vehicles, payments and bank entries over the API."""

import pytest

from apps.drivers.models import BillingAccount
from tests.api.conftest import rows_of
from tests.factories.bank import BankTransactionFactory
from tests.factories.billing import BillingAccountFactory, IssuerFactory, PaymentFactory, VehicleFactory

pytestmark = pytest.mark.django_db


def test_a_customer_is_added_and_changed(as_person, voltwerk):
    api = as_person("ada")
    made = api.post("/api/v1/customers/", {"name": "Fleet AG", "kind": "fleet", "country": "DE"}, format="json")
    assert (made.status_code, made.json()["number"]) == (201, "K00001")
    changed = api.patch(f"/api/v1/customers/{made.json()['id']}/", {"city": "Kiel"}, format="json")
    assert (changed.status_code, changed.json()["city"]) == (200, "Kiel")
    wrong = api.post("/api/v1/customers/", {"name": "X", "country": "Germany", "number": "K00001"}, format="json")
    assert wrong.status_code == 400
    assert "country" in wrong.content.decode()
    assert BillingAccount.objects.count() == 1


def test_a_number_that_is_taken_is_refused_by_name(as_person, voltwerk):
    BillingAccountFactory(organisation=voltwerk, number="K1")
    answer = as_person("ada").post("/api/v1/customers/", {"name": "X", "number": "K1"}, format="json")
    assert answer.status_code in (400, 409)
    assert "Another customer has this number." in answer.content.decode()


def test_nobody_reads_anothers_customers_and_vehicles(as_person, voltwerk, rival):
    VehicleFactory(account__organisation=rival)
    own = VehicleFactory(account__organisation=voltwerk)
    api = as_person("ada")
    assert [row["id"] for row in rows_of(api.get("/api/v1/vehicles/"))] == [own.pk]
    assert [row["id"] for row in rows_of(api.get("/api/v1/customers/"))] == [own.account_id]
    assert rows_of(api.get(f"/api/v1/vehicles/?account={own.account_id}"))[0]["label"] == own.label


@pytest.mark.parametrize(("person", "status"), [("finn", 200), ("sue", 200), ("sam", 403), ("rita", 403)])
def test_money_is_read_by_those_who_keep_the_books(as_person, voltwerk, rival, person, status):
    PaymentFactory(issuer__organisation=rival)
    PaymentFactory(issuer__organisation=voltwerk)
    BankTransactionFactory(issuer=IssuerFactory(organisation=voltwerk))
    api = as_person(person)
    for resource in ("payments", "bank-transactions"):
        answer = api.get(f"/api/v1/{resource}/")
        assert answer.status_code == status
        if status == 200:
            assert len(rows_of(answer)) == 1
