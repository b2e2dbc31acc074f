"""``manage.py set_up``: an empty system made ready without a browser."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.services.api_tokens import find_user_of_token
from apps.sites.models import Membership

WISH = {"organisation": "Voltwerk", "email": "ada@example.com"}


def set_up(**options) -> dict:
    out = StringIO()
    call_command("set_up", stdout=out, **WISH, **options)
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_what_it_prints_signs_in_by_password_and_by_token():
    printed = set_up(password="long-enough-and-rare")
    (membership,) = Membership.objects.select_related("user", "organisation")
    user = membership.user
    assert (membership.organisation.name, membership.role, user.email) == ("Voltwerk", "operator", "ada@example.com")
    assert printed["password"] == "long-enough-and-rare"
    assert user.check_password(printed["password"])
    assert find_user_of_token(secret=printed["token"], at=timezone.now()) == user


@pytest.mark.django_db
def test_a_password_is_made_where_none_is_given():
    printed = set_up()
    assert Membership.objects.get().user.check_password(printed["password"])


@pytest.mark.django_db
def test_a_system_that_has_its_organisation_is_left_alone():
    set_up()
    with pytest.raises(CommandError, match="already exists"):
        set_up()
    assert Membership.objects.count() == 1
