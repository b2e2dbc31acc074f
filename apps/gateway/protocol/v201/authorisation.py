"""Authorisation in 2.0.1 (block C): Authorize, ClearCache, and the IdTokenInfo of every answer."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands import ClearCache
from apps.chargers.messages.events import AuthorizeRequested, ContractAuthorizeRequested
from apps.chargers.messages.replies import AuthorizeReply
from apps.chargers.messages.tokens import IdToken, IdTokenInfo
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.timestamps import format_timestamp
from apps.gateway.protocol.v201.certificates import read_ocsp_data

MAX_TOKEN_LENGTH = 36
MAX_MESSAGE_LENGTH = 512


def read_id_token(token: dict[str, Any]) -> IdToken:
    more = tuple((info["additionalIdToken"], info["type"]) for info in token.get("additionalInfo", ()))
    return IdToken(token["idToken"], token["type"], more)


def encode_id_token_info(
    info: IdTokenInfo, *, token_length: int = MAX_TOKEN_LENGTH, message_length: int = MAX_MESSAGE_LENGTH
) -> dict[str, Any]:
    encoded: dict[str, Any] = {"status": info.status.value}
    if info.expires_at is not None:
        encoded["cacheExpiryDateTime"] = format_timestamp(info.expires_at)
    if info.group_id:
        encoded["groupIdToken"] = {"idToken": info.group_id[:token_length], "type": info.group_id_type}
    if info.charging_priority:
        encoded["chargingPriority"] = info.charging_priority
    if info.evse_ids:
        encoded["evseId"] = list(info.evse_ids)
    if info.language:
        encoded["language1"] = info.language
    if info.personal_message:
        encoded["personalMessage"] = _message(info.personal_message[:message_length], info.language)
    return encoded


def _message(text: str, language: str | None) -> dict[str, Any]:
    message = {"format": "UTF8", "content": text}
    return message | ({"language": language} if language else {})


def decode_authorize(payload: dict[str, Any], received_at: datetime) -> AuthorizeRequested:
    token = read_id_token(payload["idToken"])
    queries = tuple(read_ocsp_data(data) for data in payload.get("iso15118CertificateHashData", ()))
    chain = payload.get("certificate", "")
    return ContractAuthorizeRequested(token, queries, chain) if queries or chain else AuthorizeRequested(token)


def encode_authorize_reply(reply: AuthorizeReply) -> dict[str, Any]:
    status = {"certificateStatus": reply.certificate_status} if reply.certificate_status else {}
    return {"idTokenInfo": encode_id_token_info(reply.info), **status}


def encode_clear_cache(command: ClearCache) -> tuple[str, dict[str, Any]]:
    return "ClearCache", {}


DECODE: dict[str, Decoder] = {"Authorize": decode_authorize}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"Authorize": encode_authorize_reply}
ENCODE: dict[str, CommandEncoder] = {ClearCache.name: encode_clear_cache}
