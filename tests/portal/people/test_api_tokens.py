"""A person's own API tokens: shown once, revoked at once."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import ApiToken
from apps.accounts.services.api_tokens import find_user_of_token, issue_api_token

SECRET = re.compile(r"cn_[\w-]{20,}")


@pytest.fixture
def url() -> str:
    return reverse("portal:api-tokens")


def secrets_on(response) -> list[str]:
    return SECRET.findall(response.content.decode())


def test_a_new_token_is_shown_once_and_works(client, ada, url):
    client.force_login(ada)
    response = client.post(url, {"name": "dashboard", "valid_days": "30"})
    (secret,) = secrets_on(response)
    assert "no-store" in response["Cache-Control"]
    assert find_user_of_token(secret=secret, at=timezone.now()) == ada
    token = ApiToken.objects.get()
    assert abs(token.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    page = client.get(url)
    assert secrets_on(page) == []
    assert token.prefix in page.content.decode()


def test_a_token_without_end(client, ada, url):
    client.force_login(ada)
    client.post(url, {"name": "dashboard", "valid_days": "0"})
    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize(("data", "field"), [({"name": ""}, "name"), ({"valid_days": "7"}, "valid_days")])
def test_a_wrong_field_is_named(client, ada, url, data, field):
    client.force_login(ada)
    response = client.post(url, {"name": "dashboard", "valid_days": "30", **data})
    assert (response.status_code, set(response.context["form"].errors)) == (422, {field})
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked_by_its_owner_only(client, ada, otto, url):
    token, secret = issue_api_token(user=otto, name="his", actor=otto)
    client.force_login(ada)
    assert token.prefix not in client.get(url).content.decode()
    for pk in (token.pk, "0", "nonsense", ""):
        assert client.post(url, {"revoke": pk}).status_code == 404
    assert find_user_of_token(secret=secret, at=timezone.now()) == otto
    client.force_login(otto)
    assert client.post(url, {"revoke": token.pk}).status_code == 302
    assert find_user_of_token(secret=secret, at=timezone.now()) is None


def test_an_expired_token_is_said_to_be_expired(client, ada, url):
    issue_api_token(user=ada, name="old", actor=ada, expires_at=timezone.now() - timedelta(days=1))
    client.force_login(ada)
    assert "expired" in client.get(url).content.decode()
