"""Authorisation in 1.6: Authorize (§4.1), ClearCache (§5.4), and the IdTagInfo of every answer (§7.27)."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands import ClearCache
from apps.chargers.messages.events import AuthorizeRequested
from apps.chargers.messages.replies import AuthorizeReply
from apps.chargers.messages.tokens import AuthorizationStatus, IdToken, IdTokenInfo
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.timestamps import format_timestamp

# What 1.6 cannot say is Invalid to it.
STATUSES = {
    AuthorizationStatus.ACCEPTED: "Accepted",
    AuthorizationStatus.BLOCKED: "Blocked",
    AuthorizationStatus.EXPIRED: "Expired",
    AuthorizationStatus.CONCURRENT_TX: "ConcurrentTx",
    AuthorizationStatus.NO_CREDIT: "Blocked",
}
MAX_TAG_LENGTH = 20


def encode_id_tag_info(info: IdTokenInfo) -> dict[str, Any]:
    """IdTagInfo. A longer group is cut alike for all its members, so that stations still find them equal."""
    encoded: dict[str, Any] = {"status": STATUSES.get(info.status, "Invalid")}
    if info.expires_at is not None:
        encoded["expiryDate"] = format_timestamp(info.expires_at)
    if info.group_id:
        encoded["parentIdTag"] = info.group_id[:MAX_TAG_LENGTH]
    return encoded


def decode_authorize(payload: dict[str, Any], received_at: datetime) -> AuthorizeRequested:
    return AuthorizeRequested(IdToken(payload["idTag"]))


def encode_authorize_reply(reply: AuthorizeReply) -> dict[str, Any]:
    return {"idTagInfo": encode_id_tag_info(reply.info)}


def encode_clear_cache(command: ClearCache) -> tuple[str, dict[str, Any]]:
    return "ClearCache", {}


DECODE: dict[str, Decoder] = {"Authorize": decode_authorize}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"Authorize": encode_authorize_reply}
ENCODE: dict[str, CommandEncoder] = {ClearCache.name: encode_clear_cache}
