"""Authorisation in 2.1 (block C): longer tokens and messages than in 2.0.1."""

from typing import Any

from apps.chargers.messages.replies import AuthorizeReply
from apps.chargers.messages.tokens import IdTokenInfo
from apps.gateway.protocol.adapter import ReplyEncoder
from apps.gateway.protocol.v201.authorisation import encode_id_token_info as encode_in_201

MAX_TOKEN_LENGTH = 255
MAX_MESSAGE_LENGTH = 1024


def encode_id_token_info(info: IdTokenInfo) -> dict[str, Any]:
    return encode_in_201(info, token_length=MAX_TOKEN_LENGTH, message_length=MAX_MESSAGE_LENGTH)


def encode_authorize_reply(reply: AuthorizeReply) -> dict[str, Any]:
    status = {"certificateStatus": reply.certificate_status} if reply.certificate_status else {}
    tariff = {"tariff": reply.tariff} if reply.tariff else {}
    return {"idTokenInfo": encode_id_token_info(reply.info), **status, **tariff}


ENCODE_REPLY: dict[str, ReplyEncoder] = {"Authorize": encode_authorize_reply}
