"""Nudging open pages: after a commit, ``{topics}`` goes to the browsers of one organisation.

A nudge says that something changed, never what; the page asks again through its normal view, where permission
is checked. Topics are ``"station:12"``, ``"session:34"``, ``"site:5"``; a page may only subscribe to topics that a
view signed for it.
"""

import asyncio
from collections.abc import Callable, Iterable

import structlog
from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.core.signing import BadSignature, Signer
from django.db import transaction

log = structlog.get_logger(__name__)
_signer = Signer(salt="chargenet.live")
_loop: asyncio.AbstractEventLoop | None = None
_gather: Callable[[int, list[str]], None] | None = None


def sign_topic(topic: str) -> str:
    """``topic`` with a signature, for a page to subscribe with."""
    return _signer.sign(topic)


def read_signed_topic(signed: str) -> str | None:
    """The topic, or ``None`` where the signature is not ours."""
    try:
        return _signer.unsign(signed)
    except BadSignature:
        return None


def organisation_group(organisation_id: int) -> str:
    """Name of the channel group that the open pages of an organisation listen on."""
    return f"live.{organisation_id}"


def bind_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Remember the server's event loop: the in-memory layer can only be spoken to from there.

    Any layer is spoken to from there where there is one, since that costs a thread no loop of its own.
    """
    global _loop
    _loop = loop


def gather_with(gather: Callable[[int, list[str]], None] | None) -> None:
    """Hand nudges to ``gather(organisation_id, topics)`` instead of sending each; it is called in any thread.

    A gateway process commits many times a second and gathers what it has to say. ``None`` sends each again.
    """
    global _gather
    _gather = gather


def nudge_on_commit(*, organisation_id: int, topics: Iterable[str]) -> None:
    """Nudge once the current transaction has committed (at once outside of one)."""
    chosen = list(topics)
    transaction.on_commit(lambda: _nudge(organisation_id, chosen))


def _nudge(organisation_id: int, topics: list[str]) -> None:
    if _gather is not None:
        _gather(organisation_id, topics)
    else:
        send_to_group(organisation_group(organisation_id), nudge_message(topics))


def nudge_message(topics: Iterable[str]) -> dict:
    """The message that browser consumers understand."""
    return {"type": "live.nudge", "topics": list(topics)}


def send_to_group(group: str, message: dict) -> None:
    """Send from synchronous code, from any thread. Loss is healed by polling, so it is never an error."""
    layer = get_channel_layer()
    _run(layer, layer.group_send(group, message))


def send_to_channel(channel: str, message: dict) -> None:
    """As ``send_to_group`` for one channel."""
    layer = get_channel_layer()
    _run(layer, layer.send(channel, message))


def _run(layer, coroutine) -> None:
    if _loop is not None and _loop.is_running():
        try:
            asyncio.run_coroutine_threadsafe(_swallow(coroutine), _loop)
        except RuntimeError:  # it has ended this moment, and the pages with it
            coroutine.close()
    elif isinstance(layer, InMemoryChannelLayer):
        coroutine.close()
    else:
        async_to_sync(_swallow)(coroutine)


async def _swallow(coroutine) -> None:
    try:
        await coroutine
    except Exception as error:  # the edge to the broker: a nudge is never the carrier
        log.warning("nudge.lost", error=repr(error))
