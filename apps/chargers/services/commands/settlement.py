"""What became of a command that was sent: the value that the gateway hands back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.chargers.choices import CommandState
from apps.chargers.engine import wording
from apps.chargers.messages.results import CommandResult

NOTHING_TO_TELL = ("EmptyResultSet", "NoProfiles")


@dataclass(frozen=True, slots=True)
class Settlement:
    """Made by one of the constructors below.

    ``action`` and ``request`` are what went over the wire, ``response`` the charger's whole answer, for the evidence;
    secrets in them are masked when they are stored.
    """

    command_id: int
    state: CommandState
    at: datetime
    explanation: str = ""
    action: str = ""
    request: Any = None
    response: Any = None
    result: CommandResult | None = None
    error_code: str = ""

    @classmethod
    def answered(cls, command_id: int, result: CommandResult, response: Any, at: datetime, **wire: Any) -> "Settlement":
        """The charger said yes or no in its own words. ``wire``: ``action`` and ``request``."""
        state = CommandState.ACCEPTED if result.accepted else CommandState.REJECTED
        return cls(command_id, state, at, result=result, response=response, **wire)

    @classmethod
    def failed(
        cls, command_id: int, code: str, description: str, details: Any, at: datetime, **wire: Any
    ) -> "Settlement":
        """The charger answered with a CALLERROR, or with something that breaks the schema."""
        response = {"errorCode": code, "errorDescription": description, "errorDetails": details}
        explanation = wording.explain_error(code, description)
        return cls(
            command_id, CommandState.FAILED, at, explanation, response=response, error_code=code[:60], **wire
        )  # fmt: skip

    @classmethod
    def timed_out(cls, command_id: int, at: datetime, **wire: Any) -> "Settlement":
        """No answer within ``OCPP_CALL_TIMEOUT_S``."""
        return cls(command_id, CommandState.TIMED_OUT, at, wording.NO_ANSWER, **wire)

    @classmethod
    def lost(cls, command_id: int, at: datetime, **wire: Any) -> "Settlement":
        """The socket went, or gave way to a newer one, before the answer."""
        return cls(command_id, CommandState.FAILED, at, wording.LOST, error_code="connection lost", **wire)

    @classmethod
    def impossible(cls, command_id: int, sentence: str, at: datetime) -> "Settlement":
        """It could not be sent at all; ``sentence`` says why."""
        return cls(command_id, CommandState.FAILED, at, sentence, error_code="not expressible")

    @property
    def word(self) -> str:
        """The charger's own word."""
        return self.result.status[:60] if self.result else ""

    def explain(self, awaits: str) -> str:
        """One sentence for people; ``awaits`` as in ``StationCommand``."""
        if self.result is None:
            return self.explanation
        result = self.result
        return wording.explain_answer(
            accepted=result.accepted, status=result.status, detail=result.detail, awaits=self._still_awaits(awaits)
        )

    def confirm_due_at(self, awaits: str) -> datetime | None:
        """Until when the promised fact must have come, where the charger agreed to a command that promises one."""
        if self.state is not CommandState.ACCEPTED or not self._still_awaits(awaits):
            return None
        return self.at + timedelta(seconds=wording.CONFIRMATION_WINDOW_S[awaits])

    def _still_awaits(self, awaits: str) -> str:
        """Nothing more is to come where a 1.6 charger answered with the report itself, or there is nothing to tell."""
        if awaits != "report.completed" or self.result is None:
            return awaits
        return "" if self.result.variables or self.result.status in NOTHING_TO_TELL else awaits
