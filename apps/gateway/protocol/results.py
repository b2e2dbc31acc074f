"""Reading answers that carry no more than a status."""

from dataclasses import replace
from typing import Any

import orjson

from apps.chargers.messages.results import CommandResult, Learnt

# Words of agreement in all versions. EmptyResultSet: the charger agrees that there is nothing to report.
AGREEMENT = frozenset({"Accepted", "Scheduled", "Unlocked", "RebootRequired", "AcceptedCanceled", "EmptyResultSet"})
MAX_DETAIL_LENGTH = 500


def read_status(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """The result of any call: by ``status`` where there is one, else an answer is agreement."""
    status = response.get("status")
    rest = {key: value for key, value in response.items() if key not in ("status", "statusInfo", "customData")}
    said = [read_status_info(response)]
    if rest:
        said.append(orjson.dumps(rest).decode())
    detail = " ".join(filter(None, said))[:MAX_DETAIL_LENGTH]
    if not isinstance(status, str):
        return CommandResult(accepted=True, status="", detail=detail)
    return CommandResult(accepted=status in AGREEMENT, status=status, detail=detail)


def read_status_info(response: dict[str, Any], field: str = "statusInfo") -> str:
    """The reason a 2.x charger gives beside its status, for people."""
    info = response.get(field) or {}
    return ": ".join(filter(None, (info.get("reasonCode"), info.get("additionalInfo"))))


def with_lesson(result: CommandResult, *learnt: Learnt) -> CommandResult:
    """``result`` with what else the answer teaches."""
    return replace(result, learnt=learnt)


def with_lesson_if_accepted(result: CommandResult, *learnt: Learnt) -> CommandResult:
    """``result`` with what the charger's agreement teaches; a refusal teaches nothing."""
    return with_lesson(result, *learnt) if result.accepted else result
