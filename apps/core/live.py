"""Nudging open pages: after a commit, ``{topics}`` goes to the browsers of one organisation.

A nudge says that something changed, never what; the page asks again through its normal view, where permission
is checked. Topics are ``"station:12"``, ``"session:34"``, ``"site:5"``; a page may only subscribe to topics that a
view signed for it.
"""

import asyncio
from collections.abc import Callable, Iterable

from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.core.signing import BadSignature, Signer
from django.db import transaction

from apps.core.sending import Sender, background_sender

_signer = Signer(salt="chargenet.live")
_bound: Sender | None = None
_gather: Callable[[int, list[str]], None] | None = None
_own_channel = ""
_hear: Callable[[dict], None] | None = None


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
    global _bound
    if _bound is None or _bound.loop is not loop:
        _bound = Sender(loop)


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
    """Send ``{"type": …}`` and lists from synchronous code, in any thread; nobody waits for the broker.

    Messages of one type to one group are joined while they wait. Loss is healed by polling, so it is never an error.
    """
    _send(group, message, is_group=True)


def send_to_channel(channel: str, message: dict) -> None:
    """As ``send_to_group`` for one channel."""
    _send(channel, message, is_group=False)


def hear_channel(channel: str, hear: Callable[[dict], None]) -> None:
    """Hand what this process says to its own ``channel`` to ``hear``, on the bound loop, without the broker."""
    global _own_channel, _hear
    _own_channel, _hear = channel, hear


def _send(name: str, message: dict, *, is_group: bool) -> None:
    if _bound is not None and _hear is not None and name == _own_channel:
        try:
            _bound.loop.call_soon_threadsafe(_hear, message)
        except RuntimeError:  # it has ended this moment, and the sockets with it
            return
    elif _bound is not None and _bound.loop.is_running():
        _bound.put(name, message, is_group=is_group)
    elif not isinstance(get_channel_layer(), InMemoryChannelLayer):  # that one reaches nobody from elsewhere
        background_sender().put(name, message, is_group=is_group)
