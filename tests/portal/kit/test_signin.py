"""Doors and dead ends wear the house's clothes and hold no inline script."""

import re

import pytest
from django.test import RequestFactory
from django.views import defaults

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.kit.screens")]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+=|javascript:", re.IGNORECASE)


def check_page(response, words: str, status: int = 200) -> None:
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert "css/chargenet.css" in page
    assert INLINE.search(page) is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/accounts/login/", "<h1>Sign in</h1>"),
        ("/accounts/password/reset/", "<h1>New password</h1>"),
        ("/accounts/password/reset/done/", "<h1>Look into your mail</h1>"),
        ("/accounts/password/reset/key/1-bad/", "<h1>This link no longer works</h1>"),
    ],
)
def test_pages_for_strangers(client, url, words):
    check_page(client.get(url), words)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/accounts/logout/", "<h1>Sign out?</h1>"),
        ("/accounts/password/change/", "<h1>Change the password</h1>"),
        ("/accounts/2fa/", "<h1>Two-factor sign-in</h1>"),
        ("/accounts/reauthenticate/", "<h1>Is it you?</h1>"),
    ],
)
def test_pages_about_oneself(client, ada, url, words):
    client.force_login(ada)
    check_page(client.get(url), words)


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "confirm-email/", "confirm-email/key/", "3rdparty/", "login/code/"]
)
def test_nobody_signs_up_alone_or_takes_an_address(client, ada, path):
    data = {"email": "new@example.com", "password1": "a-long-phrase-1", "password2": "a-long-phrase-1"}
    client.force_login(ada)
    for fields in (data, {**data, "action_add": ""}):
        assert client.post(f"/accounts/{path}", fields).status_code == 404


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_a_new_password_is_mailed_to_known_addresses_and_the_page_does_not_tell_which(client, ada, mailoutbox, email):
    response = client.post("/accounts/password/reset/", {"email": email})
    assert response["Location"] == "/accounts/password/reset/done/"
    assert [mail.to for mail in mailoutbox] == ([[email]] if email == ada.email else [])


def test_a_wrong_password_is_said_without_saying_whether_the_address_is_known(client, ada):
    for email in (ada.email, "nobody@example.com"):
        response = client.post("/accounts/login/", {"login": email, "password": "wrong"})
        check_page(response, "The email address and/or password you specified are not correct.")
        assert f'value="{email}"' in response.content.decode()


def test_dead_ends_can_be_drawn_even_without_a_request_context():
    request = RequestFactory().get("/")
    check_page(defaults.bad_request(request, Exception()), "This request was not understood", 400)
    check_page(defaults.permission_denied(request, Exception()), "You may not open this", 403)
    check_page(defaults.page_not_found(request, Exception()), "There is nothing here", 404)
    check_page(defaults.server_error(request), "That went wrong on our side", 500)
