"""The first page of an empty system."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from apps.accounts.models import Organisation, User
from apps.core.models import AuditEntry
from apps.sites.models import Membership
from apps.sites.services.people import AlreadySetUp, set_up_first_organisation

FIELDS = {
    "organisation_name": "Voltwerk", "name": "Ada", "email": "ada@example.com", "password": "a long new phrase",
}  # fmt: skip
URL = "/setup/"


def test_an_empty_system_leads_to_the_first_page(client, db):
    assert client.get("/")["Location"] == URL
    assert client.get(URL).status_code == 200


def test_it_makes_the_organisation_and_signs_its_operator_in(client, db):
    response = client.post(URL, FIELDS)
    assert response["Location"] == reverse("portal:home")
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("ada@example.com", True, True)
    assert Membership.objects.get().role == "operator"
    assert Organisation.objects.get().slug == "voltwerk"
    assert AuditEntry.objects.get().action == "organisation.created"
    assert client.get(reverse("portal:home")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"organisation_name": ""}, "organisation_name"),
        ({"email": "nonsense"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_field_is_named_kept_and_can_be_mended(client, db, changes, field):
    response = client.post(URL, {**FIELDS, **changes})
    assert (response.status_code, set(response.context["form"].errors)) == (422, {field})
    assert not Organisation.objects.exists()
    assert client.post(URL, FIELDS).status_code == 302
    assert Organisation.objects.count() == 1


def test_an_organisation_without_latin_letters_gets_a_slug(client, db):
    client.post(URL, {**FIELDS, "organisation_name": "電気"})
    assert Organisation.objects.get().slug == "organisation"


def test_it_is_open_once(client, voltwerk):
    assert client.get(URL)["Location"] == reverse("portal:home")
    assert client.post(URL, FIELDS)["Location"] == reverse("portal:home")
    assert (Organisation.objects.count(), User.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins():
    together = Barrier(2)

    def run(number: int) -> str:
        together.wait(10)
        try:
            set_up_first_organisation(
                organisation_name=f"Org {number}",
                name="N",
                email=f"n{number}@example.com",
                password="a long new phrase",
            )
        except AlreadySetUp as refusal:
            return refusal.code
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == ["already_set_up", "won"]
    assert (Organisation.objects.count(), User.objects.count()) == (1, 1)
