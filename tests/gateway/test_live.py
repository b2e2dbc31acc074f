"""The socket of open pages: who may listen, and to what."""

import asyncio
import json

import pytest
import websockets
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from websockets.exceptions import InvalidStatus

from apps.accounts.policy import Role
from apps.core.live import sign_topic
from tests.factories.places import MembershipFactory, UserFactory

pytestmark = pytest.mark.server


def sign_in(organisation) -> str:
    """The cookie of somebody new who works for ``organisation``, or for nobody."""
    user = UserFactory()
    if organisation is not None:
        MembershipFactory(user=user, organisation=organisation, role=Role.OPERATOR)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


def open_page(place, cookie: str = "", origin: str | None = None):
    url = place.server.url.replace("http", "ws") + "/live/"
    headers = {"Cookie": cookie} if cookie else {}
    return websockets.connect(url, additional_headers=headers, origin=origin or place.server.url)


async def test_nobody_listens_without_signing_in(place):
    with pytest.raises(InvalidStatus) as refused:
        await open_page(place)
    assert refused.value.response.status_code == 403


async def test_a_change_of_a_station_reaches_the_pages_that_show_it(place):
    station, other = place.enrol(), place.enrol()
    async with place.dial(place.enrol()) as first:
        await first.boot()  # the gateway listens for commands before the first page opens
    mine = place.database.do(lambda: sign_in(station.site.organisation))
    stranger = place.database.do(lambda: sign_in(other.site.organisation))
    async with open_page(place, mine) as page, open_page(place, stranger) as elsewhere, open_page(place, mine) as idle:
        topics = [sign_topic(f"station:{station.pk}"), sign_topic("station:999999"), "station:5:forged"]
        await page.send(json.dumps({"subscribe": topics}))
        await elsewhere.send(json.dumps({"subscribe": topics}))
        await idle.send(json.dumps({"subscribe": [sign_topic(f"station:{other.pk}")]}))
        async with place.dial(station) as charger:
            await charger.boot()
            heard = json.loads(await asyncio.wait_for(page.recv(), 5))
            assert heard == {"topics": [f"station:{station.pk}"]}
        for silent in (elsewhere, idle):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await silent.recv()


async def test_a_message_that_is_no_subscription_closes_the_page_socket(place):
    station = place.enrol()
    cookie = place.database.do(lambda: sign_in(station.site.organisation))
    for message in ["hello", "[]", '{"subscribe": 5}', '{"subscribe": ' + json.dumps(["x"] * 501) + "}"]:
        async with open_page(place, cookie) as page:
            await page.send(message)
            await page.wait_closed()
            assert page.close_code == 1008
