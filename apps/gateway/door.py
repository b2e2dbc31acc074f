"""Who is let in: the checks between a charger's handshake and its upgrade.

Identities of simultaneous handshakes are looked up together, so that ten thousand chargers coming back after an outage
cost a few dozen queries. Whoever is refused is told why by HTTP status, and the operator reads the sentence on the page
"why can't it connect".
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from apps.chargers.services.connections import Refusal as RefusedAttempt
from apps.chargers.services.connections import StationCredentials, check_password, matches_pending_password
from apps.gateway import metrics
from apps.gateway.handshake import (
    ConnectRequest,
    Refusal,
    choose_version,
    identity_problem,
    version_problem,
)
from apps.gateway.throttle import FailureThrottle
from apps.gateway.writing import DatabaseAway

FAILURES_PER_MINUTE = 10

LookUp = Callable[[str], Awaitable[StationCredentials | None]]


@dataclass(frozen=True, slots=True)
class Admission:
    """A charger that may come in: who it is, the version to speak, the subprotocol to answer with.

    ``used_pending_password``: it came with the new password of an unfinished change.
    """

    credentials: StationCredentials
    version: str
    subprotocol: str | None
    used_pending_password: bool


class Door:
    """Decides about handshakes. ``refused`` collects what the operator is to see of those turned away."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._throttle = FailureThrottle(limit=FAILURES_PER_MINUTE)
        self.refused: list[RefusedAttempt] = []

    async def admit(self, request: ConnectRequest) -> Admission | Refusal:
        """The decision about ``request``; a refusal is noted."""
        decision = await self._decide(request)
        if isinstance(decision, Refusal):
            metrics.refusals[decision.status] += 1
            self._note(request, decision)
        return decision

    async def _decide(self, request: ConnectRequest) -> Admission | Refusal:
        identity = request.identity
        problem = identity_problem(identity)
        if problem:
            return Refusal(400, problem)
        caller = f"{identity} {request.remote_address}"
        if self._throttle.is_blocked(caller, time.monotonic()):
            return Refusal(429, "Too many failed attempts within a minute.")
        try:
            credentials = await self._look_up(identity)
        except DatabaseAway:
            return Refusal(503, "The database is away.")
        if credentials is None or not _is_at_home(request, credentials):
            self._throttle.note_failure(caller, time.monotonic())
            return Refusal(404, "No station of this identity is enrolled.")
        refusal = _judge(request, credentials)
        if refusal is not None:
            if refusal.status == 401:
                self._throttle.note_failure(caller, time.monotonic())
            return refusal
        self._throttle.forget(caller)
        chosen = choose_version(request.offered, assumed=credentials.assumed_protocol)
        if chosen is None:
            return Refusal(400, version_problem(request.offered))
        presented = request.credentials
        used_pending = presented is not None and matches_pending_password(credentials, presented.password)
        return Admission(credentials, *chosen, used_pending)

    def _note(self, request: ConnectRequest, refusal: Refusal) -> None:
        if not request.identity or refusal.status == 503:
            return
        self.refused.append(
            RefusedAttempt(
                identity=request.identity[:120],
                organisation_slug=request.organisation_slug,
                path=request.path,
                at=datetime.now(UTC),
                reason=refusal.reason,
                remote_address=request.remote_address,
                offered_protocols=",".join(request.offered)[:200],
                is_tls=request.is_tls,
                offered_password=request.credentials is not None,
                user_agent=request.user_agent,
            )
        )


def _is_at_home(request: ConnectRequest, credentials: StationCredentials) -> bool:
    """Whether the organisation named in the URL, if one is, is the station's."""
    return not request.organisation_slug or request.organisation_slug == credentials.organisation_slug


def _judge(request: ConnectRequest, credentials: StationCredentials) -> Refusal | None:
    """Why a known station is not let in, if it is not."""
    if credentials.is_retired:
        return Refusal(403, "The station is retired.")
    if credentials.security_profile >= 2 and not request.is_tls:
        return Refusal(403, f"Security profile {credentials.security_profile} asks for TLS.")
    if credentials.security_profile >= 3:
        return Refusal(403, "Security profile 3 asks for a client certificate.")
    if not credentials.asks_for_password:
        if credentials.security_profile >= 1:
            return Refusal(401, "The station must sign in, but no password is set for it.")
        return None
    presented = request.credentials
    if presented is None:
        return Refusal(401, "The charger sent no password.")
    if presented.user != request.identity:
        return Refusal(401, "The user name is not the station's identity.")
    if not check_password(credentials, presented.password):
        return Refusal(401, "Wrong password.")
    return None
