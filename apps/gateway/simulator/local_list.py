"""The local authorisation list as a simulated station keeps it, the same for every version of OCPP."""

from dataclasses import dataclass, field
from datetime import datetime

from apps.gateway.simulator import clock


@dataclass(frozen=True)
class LocalRules:
    """The variables that say what the station decides by itself; `capacity` entries in all, `items` per message."""

    is_enabled: bool
    authorizes_offline: bool
    pre_authorizes: bool
    starts_unknown_offline: bool
    capacity: int
    items: int


@dataclass(frozen=True)
class Known:
    """What the list says of a token."""

    status: str
    expires_at: str | None = None
    group: str | None = None


@dataclass
class LocalList:
    """Tokens by their identifier in lower case. `fails` makes every update answer Failed."""

    version: int = 0
    tokens: dict[str, Known] = field(default_factory=dict)
    fails: bool = False

    def update(self, kind: str, version: int, entries: dict[str, Known | None], rules: LocalRules) -> str:
        """Apply an update whole or not at all; returns the UpdateStatus."""
        if self.fails or len(entries) > rules.items or version < 1:
            return "Failed"
        if kind == "Differential" and version <= self.version:
            return "VersionMismatch"
        tokens = {} if kind == "Full" else dict(self.tokens)
        for token, known in entries.items():
            if known is None:
                tokens.pop(token.casefold(), None)
            else:
                tokens[token.casefold()] = known
        if len(tokens) > rules.capacity:
            return "Failed"
        self.tokens, self.version = tokens, version
        return "Accepted"

    def status_of(self, token: str) -> str | None:
        """What the list says of the token now, None where it does not know it."""
        known = self.tokens.get(token.casefold())
        if known is None:
            return None
        if known.expires_at and datetime.fromisoformat(known.expires_at) <= clock.now():
            return "Expired"
        return known.status

    def are_of_one_group(self, first: str, second: str) -> bool:
        """Whether both tokens are listed with the same group."""
        one, other = self.tokens.get(first.casefold()), self.tokens.get(second.casefold())
        return one is not None and other is not None and one.group is not None and one.group == other.group
