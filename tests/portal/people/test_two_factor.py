"""A second factor for one's own sign-in, from switching it on to the recovery codes."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import reverse

from tests.factories.places import PASSWORD


def sign_in(client, user) -> str:
    """Where the sign-in with the password alone leads."""
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302
    return response["Location"]


def begin(client) -> str:
    """Open the page that switches it on, with the password once more; its secret."""
    address = reverse("mfa_activate_totp")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": address})
    page = client.get(address).content.decode()
    return re.search(r'<span class="cn-mono">([A-Z2-7]+)</span>', page)[1]


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def secret(client, ada) -> str:
    """Ada, who once asked for a new password, has switched the second factor on and is signed out again."""
    client.post(reverse("account_reset_password"), {"email": ada.email})
    sign_in(client, ada)
    secret = begin(client)
    response = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert response.status_code == 302
    client.post(reverse("account_logout"))
    return secret


def test_it_is_offered_to_whoever_has_none(client, ada):
    sign_in(client, ada)
    assert "Switch it on" in client.get(reverse("mfa_index")).content.decode()


def test_a_wrong_code_does_not_switch_it_on(client, ada):
    sign_in(client, ada)
    begin(client)
    response = client.post(reverse("mfa_activate_totp"), {"code": "nonsense"})
    assert "Incorrect code" in response.content.decode()
    assert "Switch it on" in client.get(reverse("mfa_index")).content.decode()


def test_the_password_alone_no_longer_signs_in(client, ada, secret):
    assert sign_in(client, ada) == reverse("mfa_authenticate")
    assert client.get(reverse("portal:home")).status_code == 302


def test_a_recovery_code_signs_in_once(client, ada, secret):
    codes = ada.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()
    sign_in(client, ada)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert client.get(reverse("portal:home")).status_code == 200
    assert f"{len(codes) - 1} of them are unused" in client.get(reverse("mfa_index")).content.decode()
    client.post(reverse("mfa_reauthenticate"), {"code": codes[2]})
    assert codes[1] in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    client.post(reverse("account_logout"))
    sign_in(client, ada)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert client.get(reverse("portal:home")).status_code == 302
