"""The portal as its forms are sent by a browser, without one."""

import re
from typing import Any, Self

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from tests.e2e.network import Network

_ERROR = re.compile(r'id="id_(\w+)_error"><div>([^<]*)')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Portal:
    """The operator, signed in at the network's server."""

    def __init__(self, network: Network) -> None:
        cookies = {"sessionid": network.database.do(lambda: _open_session(network.operator))}
        self._client = httpx.AsyncClient(base_url=network.server.url, cookies=cookies, timeout=30, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._client.aclose()

    async def send(self, name: str, *args: Any, **fields: Any) -> None:
        """Open the form of the view ``name`` and send it with ``fields``; a form that comes back fails the test."""
        url = reverse(f"portal:{name}", args=args)
        page = await self._client.get(url)
        assert page.status_code == 200, page.text or page.headers
        token = _TOKEN.search(page.text)
        assert token is not None, page.text
        answer = await self._client.post(url, data={**fields, "csrfmiddlewaretoken": token.group(1)})
        assert answer.status_code == 302, _ERROR.findall(answer.text) or answer.text


def _open_session(user: Any) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key
