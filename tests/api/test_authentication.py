"""Who is let in: programs by a token, people by the session of the portal."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.services.api_tokens import issue_api_token, revoke_api_token

URL = "/api/v1/stations/"


def answer_to(header: str | None):
    return APIClient().get(URL, **({} if header is None else {"HTTP_AUTHORIZATION": header}))


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Nonsense"])
def test_a_stranger_is_asked_for_a_token(db, header):
    response = answer_to(header)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Token realm="ChargeNet"'
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("header", ["Token", "Token ", "Token cn_wrong", "Bearer \xff", "Token cn_a b", "token \x00"])
def test_a_bad_token_is_refused(db, header):
    response = answer_to(header)
    assert (response.status_code, response.json()["code"]) == (401, "bad_token")


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "token"])
def test_a_token_opens_the_door_under_either_scheme(ada, scheme):
    _, secret = issue_api_token(user=ada, name="test", actor=ada)
    assert answer_to(f"{scheme} {secret}").status_code == 200


def test_an_expired_token_is_refused(ada):
    _, secret = issue_api_token(user=ada, name="test", actor=ada, expires_at=timezone.now() - timedelta(seconds=1))
    assert answer_to(f"Token {secret}").status_code == 401


def test_a_revoked_token_is_refused_at_once(ada):
    token, secret = issue_api_token(user=ada, name="test", actor=ada)
    assert answer_to(f"Token {secret}").status_code == 200
    revoke_api_token(token=token, actor=ada, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert answer_to(f"Token {secret}").status_code == 401


def test_the_token_of_somebody_who_may_not_sign_in_any_more_is_refused(ada):
    _, secret = issue_api_token(user=ada, name="test", actor=ada)
    ada.is_active = False
    ada.save()
    assert answer_to(f"Token {secret}").status_code == 401


def test_the_secret_is_stored_nowhere_and_its_use_is_noted(ada):
    token, secret = issue_api_token(user=ada, name="test", actor=ada)
    assert token.last_used_at is None
    answer_to(f"Token {secret}")
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert secret not in {token.digest, token.prefix}


def test_the_session_of_the_portal_reads_but_writes_only_with_its_csrf_token(ada, harbour):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.get(URL).status_code == 200
    assert client.post(URL, {"identity": "CP1", "site": harbour.pk}, format="json").status_code == 403
    assert not harbour.stations.exists()
