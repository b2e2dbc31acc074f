"""The local authorisation list, as far as 1.6 and 2.x say it alike."""

from collections.abc import Callable
from typing import Any

from apps.chargers.messages.commands.local_lists import (
    ListEntry,
    LocalListAnswered,
    LocalListVersionTold,
    SendLocalList,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.results import read_status


def list_version(command: SendLocalList) -> int:
    """The version to send; raises ``CommandNotExpressible`` for one that is none."""
    if command.version < 1:
        raise CommandNotExpressible("The version of a local list is a number above 0.")
    return command.version


def version_told(version: int) -> CommandResult:
    """What the answer to GetLocalListVersion means; 0 and -1 are no list."""
    detail = f"The station holds version {version}." if version > 0 else "The station has no local list."
    return CommandResult(True, "", detail, learnt=(LocalListVersionTold(version),))


def update_answered(
    request: dict[str, Any], response: dict[str, Any], *, version: int, read: Callable[[dict[str, Any]], ListEntry]
) -> CommandResult:
    """What the answer to SendLocalList means; ``read`` turns an entry of the request into ours."""
    result = read_status(request, response)
    entries = tuple(read(entry) for entry in request.get("localAuthorizationList", ()))
    learnt = LocalListAnswered(result.status, version, request["updateType"], entries)
    return CommandResult(result.accepted, result.status, result.detail, learnt=(learnt,))
