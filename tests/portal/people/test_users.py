"""Users and their roles."""

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.policy import Role
from apps.core.models import AuditEntry
from apps.sites.models import Membership
from tests.factories.places import MembershipFactory, UserFactory

PASSWORD = "a long new phrase"


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def invitation(voltwerk) -> dict:
    return {
        "organisation": voltwerk.pk, "name": "New Person", "email": "new@example.com", "role": "technician", "site": "",
        "password": PASSWORD,
    }  # fmt: skip


def invite(client, data):
    return client.post(reverse("portal:user-new"), data)


def test_a_person_is_invited_and_signs_in(as_ada, invitation, harbour):
    response = invite(as_ada, {**invitation, "role": "site_manager", "site": harbour.pk})
    assert response["Location"] == reverse("portal:users")
    membership = Membership.objects.get(user__email="new@example.com")
    assert (membership.role, membership.site) == (Role.SITE_MANAGER, harbour)
    assert AuditEntry.objects.get(action="membership.granted").organisation == harbour.organisation
    as_ada.logout()
    response = as_ada.post(reverse("account_login"), {"login": "New@Example.com", "password": PASSWORD})
    assert response.status_code == 302
    assert as_ada.get(reverse("portal:sites")).status_code == 200


def test_somebody_who_is_known_gets_the_role_and_keeps_the_password(as_ada, invitation, tess):
    before = tess.password
    invite(as_ada, {**invitation, "email": "TESS@example.com", "name": "Other", "role": "support"})
    tess.refresh_from_db()
    assert (tess.password, tess.name, tess.memberships.count()) == (before, "Tess", 2)
    assert User.objects.count() == 2


def test_an_account_of_another_organisation_is_not_let_in(as_ada, ada, invitation, otto, rival):
    response = invite(as_ada, {**invitation, "email": "OTTO@example.com"})
    assert response.status_code == 422
    (sentence,) = response.context["form"].errors["email"]
    assert sentence.startswith("This address has an account outside your organisation.")
    assert otto.memberships.count() == 1
    # An account that belongs to nobody any more may have been made, with its password, by anybody.
    otto.memberships.all().delete()
    assert invite(as_ada, {**invitation, "email": "otto@example.com"}).status_code == 422


def test_whoever_administers_both_organisations_may_bring_an_account_over(as_ada, ada, invitation, otto, rival):
    theirs = MembershipFactory(user=ada, organisation=rival, role=Role.OPERATOR)
    assert invite(as_ada, {**invitation, "email": "otto@example.com"}).status_code == 302
    assert otto.memberships.count() == 2
    otto.memberships.exclude(organisation=rival).delete()
    theirs.delete()
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    assert invite(as_ada, {**invitation, "email": "otto@example.com"}).status_code == 302


def test_the_same_role_is_given_once(as_ada, invitation):
    invite(as_ada, invitation)
    invite(as_ada, invitation)
    assert Membership.objects.filter(user__email="new@example.com").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"name": ""}, "name"),
        ({"role": "king"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"organisation": "0"}, "organisation"),
        ({"site": "0"}, "site"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_made(as_ada, invitation, changes, field):
    response = invite(as_ada, {**invitation, **changes})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert User.objects.count() == 1


def test_neither_another_organisation_nor_its_site_can_be_chosen(as_ada, invitation, rival, rival_site):
    for changes, field in (({"organisation": rival.pk}, "organisation"), ({"site": rival_site.pk}, "site")):
        response = invite(as_ada, {**invitation, **changes})
        assert set(response.context["form"].errors) == {field}
    assert not Membership.objects.filter(user__email="new@example.com").exists()


def test_a_site_of_the_other_of_two_organisations_is_refused(as_ada, ada, invitation, rival, rival_site):
    MembershipFactory(user=ada, organisation=rival)
    response = invite(as_ada, {**invitation, "site": rival_site.pk})
    assert set(response.context["form"].errors) == {"site"}
    assert User.objects.count() == 1


def test_the_list_shows_each_role_and_where(as_ada, sam, otto):
    table = as_ada.get(reverse("portal:users")).context["table"]
    shown = {(row.record.user.name, row.record.get_role_display(), row.get_cell_value("where")) for row in table.rows}
    assert shown == {("Ada", "Operator", "Voltwerk"), ("Sam", "Site manager", "Harbour")}


def test_a_role_is_taken_away_and_ends_at_once(as_ada, tess, client):
    membership = tess.memberships.get()
    url = reverse("portal:membership-revoke", args=[membership.pk])
    assert "Tess: Technician of Voltwerk" in as_ada.get(url).content.decode()
    response = as_ada.post(url, follow=True)
    assert "The role is taken away." in response.content.decode()
    assert not tess.memberships.exists()
    assert AuditEntry.objects.filter(action="membership.revoked").count() == 1
    client.force_login(tess)
    assert client.get(reverse("portal:stations")).status_code == 403


def test_the_last_operator_stays(as_ada, ada, voltwerk):
    membership = ada.memberships.get()
    url = reverse("portal:membership-revoke", args=[membership.pk])
    # Neither somebody who may not sign in, nor an operator of one site, counts as another one.
    MembershipFactory(user=UserFactory(is_active=False), organisation=voltwerk, role=Role.OPERATOR)
    response = as_ada.post(url)
    assert response.status_code == 422
    assert "An organisation keeps at least one operator." in response.content.decode()
    assert ada.memberships.exists()
    MembershipFactory(organisation=voltwerk, role=Role.OPERATOR)
    assert as_ada.post(url).status_code == 302
    assert not ada.memberships.exists()
