"""Authorisation in 2.0.1 (block C): Authorize, ClearCache, and the IdTokenInfo of every answer."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands import ClearCache
from apps.chargers.messages.events import AuthorizeRequested
from apps.chargers.messages.replies import AuthorizeReply
from apps.chargers.messages.tokens import IdToken, IdTokenInfo
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.timestamps import format_timestamp

MAX_TOKEN_LENGTH = 36
MAX_MESSAGE_LENGTH = 512


def read_id_token(token: dict[str, Any]) -> IdToken:
    return IdToken(token["idToken"], token["type"])


def encode_id_token_info(info: IdTokenInfo) -> dict[str, Any]:
    encoded: dict[str, Any] = {"status": info.status.value}
    if info.expires_at is not None:
        encoded["cacheExpiryDateTime"] = format_timestamp(info.expires_at)
    if info.group_id:
        encoded["groupIdToken"] = {"idToken": info.group_id[:MAX_TOKEN_LENGTH], "type": info.group_id_type}
    if info.personal_message:
        encoded["personalMessage"] = {"format": "UTF8", "content": info.personal_message[:MAX_MESSAGE_LENGTH]}
    return encoded


def decode_authorize(payload: dict[str, Any], received_at: datetime) -> AuthorizeRequested:
    hashes = tuple(payload.get("iso15118CertificateHashData", ()))
    return AuthorizeRequested(read_id_token(payload["idToken"]), hashes)


def encode_authorize_reply(reply: AuthorizeReply) -> dict[str, Any]:
    return {"idTokenInfo": encode_id_token_info(reply.info)}


def encode_clear_cache(command: ClearCache) -> tuple[str, dict[str, Any]]:
    return "ClearCache", {}


DECODE: dict[str, Decoder] = {"Authorize": decode_authorize}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"Authorize": encode_authorize_reply}
ENCODE: dict[str, CommandEncoder] = {ClearCache.name: encode_clear_cache}
