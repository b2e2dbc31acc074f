"""The socket of open pages: says which topics changed, nothing else.

    from the page   {"subscribe": ["<signed topic>", …]}      all its topics, again whenever they change
    to the page     {"topics": ["station:12", …]}

A page hears only of its person's organisations, and of these only the topics that a view signed for it. What changed it
asks through that view, where permission is checked.
"""

import asyncio
from typing import Any

import orjson
from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from apps.accounts.policy import Action
from apps.core import live
from apps.drivers.models import Driver
from apps.sites.scope import organisations_visible_to

MAX_TOPICS = 500
MAX_MESSAGE_CHARACTERS = 128 * 1024
POLICY_VIOLATION = 1008


class LiveConsumer(AsyncWebsocketConsumer):
    """Serves ``/live/`` to people who are signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics: frozenset[str] = frozenset()
        self.joined: list[str] = []

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels does, without its hop into the thread of the pages: nothing here but ``connect`` reads rows."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        user = self.scope["user"]
        if not user.is_authenticated or not user.is_active:
            await self.close()
            return
        live.bind_loop(asyncio.get_running_loop())
        for organisation_id in await database_sync_to_async(organisations_heard_by)(user):
            group = live.organisation_group(organisation_id)
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        signed = _read_subscription(text_data)
        if signed is None:
            await self.close(POLICY_VIOLATION)
            return
        self.topics = frozenset(filter(None, map(live.read_signed_topic, signed)))

    async def live_nudge(self, message: dict[str, Any]) -> None:
        """Something changed in one of the person's organisations."""
        changed = self.topics.intersection(message["topics"])
        if changed:
            await self.send(orjson.dumps({"topics": sorted(changed)}).decode())


def organisations_heard_by(user) -> set[int]:
    """Organisations whose nudges ``user`` may hear: those worked for and those charged at."""
    working = organisations_visible_to(user, Action.NETWORK_VIEW).values_list("pk", flat=True)
    charging = Driver.objects.filter(user=user, left_at=None).values_list("organisation_id", flat=True)
    return {*working, *charging}


def _read_subscription(text: str | None) -> list[str] | None:
    """The signed topics of a subscription; None if the message is none."""
    if text is None or len(text) > MAX_MESSAGE_CHARACTERS:
        return None
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    signed = message.get("subscribe") if isinstance(message, dict) else None
    if not isinstance(signed, list) or len(signed) > MAX_TOPICS:
        return None
    return [topic for topic in signed if isinstance(topic, str)]
