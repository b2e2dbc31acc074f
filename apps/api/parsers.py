"""Reading bodies: JSON only, within limits of size and depth, so that no body can hurt the process."""

from typing import Any

import orjson
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BODY_BYTES = 1024 * 1024
MAX_DEPTH = 64


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "body_too_large"
    default_detail = f"The body may have {MAX_BODY_BYTES:,} bytes at most."


class JsonParser(BaseParser):
    """UTF-8 JSON as RFC 8259 has it: no NaN, no lone surrogates, at most ``MAX_DEPTH`` levels.

    The framework's own parser reads a body of any size, and answers a deeply nested one with an exception.
    """

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            value = orjson.loads(body)
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.", code="not_json") from error
        if not _is_shallow(value):
            raise ParseError(f"The body is nested more than {MAX_DEPTH} levels deep.", code="too_deep")
        return value


def _is_shallow(value: Any) -> bool:
    """Whether at most ``MAX_DEPTH`` arrays and objects lie in each other; looked at level by level."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [item for outer in level for item in _items(outer)]
        if not level:
            return True
    return False


def _items(value: Any):
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
