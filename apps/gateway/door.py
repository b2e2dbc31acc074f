"""Who is let in: the checks between a charger's handshake and its upgrade.

Identities of simultaneous handshakes are looked up together, so that ten thousand chargers coming back after an outage
cost a few dozen queries. Whoever is refused is told why by HTTP status, and the operator reads the sentence on the page
"why can't it connect".
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from apps.chargers.engine.client_certificates import CertificateVerdict, judge_certificate
from apps.chargers.services.connections import Refusal as RefusedAttempt
from apps.chargers.services.connections import (
    RefusalKind,
    StationCredentials,
    Trust,
    check_password,
    matches_pending_password,
)
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
NOTHING, PASSWORD, TLS, MUTUAL_TLS = range(4)
"""Security profiles: 0 is no profile of OCPP's, 1 a password, 2 TLS and a password, 3 TLS with certificates."""
REVOKED = "The certificate of the charger was revoked."
ANOTHERS = "The certificate of the charger belongs to another station."

LookUp = Callable[[str], Awaitable[StationCredentials | None]]


@dataclass(frozen=True, slots=True)
class Admission:
    """A charger that may come in: who it is, the version to speak, the subprotocol to answer with.

    ``used_pending_password``: it came with the new password of an unfinished change. ``security_profile``: by which of
    OCPP's profiles it came; 0 without a password. ``certificate_fingerprint`` only where the certificate let it in, by
    the ``trust`` of that moment.
    """

    credentials: StationCredentials
    version: str
    subprotocol: str | None
    used_pending_password: bool
    security_profile: int
    certificate_fingerprint: str = ""
    trust: Trust | None = None

    @property
    def reached_wanted_profile(self) -> bool:
        """Whether this connection proves that the charger took the profile it was asked to take."""
        wanted = self.credentials.wanted_security_profile
        return wanted is not None and self.security_profile >= wanted


class Door:
    """Decides about handshakes. ``refused`` collects what the operator is to see of those turned away.

    ``trust``: who may have signed the certificates of chargers, kept up to date by the process.
    """

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._throttle = FailureThrottle(limit=FAILURES_PER_MINUTE)
        self.refused: list[RefusedAttempt] = []
        self.trust = Trust()

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
        trust = self.trust
        try:
            verdict = await self.judge_certificate(request, credentials, trust=trust, at=datetime.now(UTC))
        except DatabaseAway:
            return Refusal(503, "The database is away.")
        profile = _judge(request, credentials, verdict)
        if isinstance(profile, Refusal):
            if profile.status == 401:
                self._throttle.note_failure(caller, time.monotonic())
            return profile
        self._throttle.forget(caller)
        chosen = choose_version(request.offered, assumed=credentials.assumed_protocol)
        if chosen is None:
            return Refusal(400, version_problem(request.offered))
        presented = request.credentials
        used_pending = presented is not None and matches_pending_password(credentials, presented.password)
        fingerprint = verdict.fingerprint if verdict and profile == MUTUAL_TLS else ""
        return Admission(credentials, *chosen, used_pending, profile, fingerprint, trust)

    async def judge_certificate(
        self, request: ConnectRequest, credentials: StationCredentials, *, trust: Trust, at: datetime
    ) -> CertificateVerdict | None:
        """What the certificate that came with ``request`` is worth; ``None`` without one. Raises ``DatabaseAway``."""
        if not request.client_certificates or not request.is_tls:
            return None
        chain = request.client_certificates
        store = trust.store_for(credentials.organisation_id)
        verdict = judge_certificate(chain, trust=store, names=(credentials.identity,), at=at)
        if not verdict.is_good and credentials.serial_number:
            store = trust.store_for_serial_numbers(credentials.organisation_id)
            by_serial = judge_certificate(chain, trust=store, names=(credentials.serial_number,), at=at)
            if by_serial.is_good:
                verdict = await self._unless_anothers(by_serial, credentials)
        if verdict.is_good and verdict.fingerprint in trust.revoked:
            return replace(verdict, problem=REVOKED)
        return verdict

    async def _unless_anothers(
        self, verdict: CertificateVerdict, credentials: StationCredentials
    ) -> CertificateVerdict:
        """Anybody may enrol a station whose identity is the serial number of somebody else's, and have it signed."""
        other = await self._look_up(credentials.serial_number)
        is_anothers = other is not None and other.station_id != credentials.station_id
        return replace(verdict, problem=ANOTHERS) if is_anothers else verdict

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
                kind=refusal.kind,
            )
        )


def _is_at_home(request: ConnectRequest, credentials: StationCredentials) -> bool:
    """Whether the organisation named in the URL, if one is, is the station's."""
    return not request.organisation_slug or request.organisation_slug == credentials.organisation_slug


def _judge(
    request: ConnectRequest, credentials: StationCredentials, verdict: CertificateVerdict | None
) -> Refusal | int:
    """By which security profile a known station is let in, or why it is not (OCPP 2.0.1 A00)."""
    required = credentials.security_profile
    if credentials.is_retired:
        return Refusal(403, "The station is retired.")
    if verdict is not None and verdict.is_good:
        return MUTUAL_TLS
    if required >= TLS and not request.is_tls:
        return Refusal(403, f"Security profile {required} asks for TLS.", RefusalKind.DOWNGRADE)
    if required >= MUTUAL_TLS:
        if verdict is not None:
            return Refusal(403, verdict.problem, RefusalKind.CERTIFICATE)
        return Refusal(403, "Security profile 3 asks for a client certificate.", RefusalKind.DOWNGRADE)
    if not credentials.asks_for_password:
        if required >= PASSWORD:
            return Refusal(401, "The station must sign in, but no password is set for it.")
        return NOTHING
    return _judge_password(request, credentials) or (TLS if request.is_tls else PASSWORD)


def _judge_password(request: ConnectRequest, credentials: StationCredentials) -> Refusal | None:
    presented = request.credentials
    if presented is None:
        kind = RefusalKind.DOWNGRADE if credentials.security_profile else RefusalKind.PASSWORD
        return Refusal(401, "The charger sent no password.", kind)
    if presented.user != request.identity:
        return Refusal(401, "The user name is not the station's identity.", RefusalKind.PASSWORD)
    if not check_password(credentials, presented.password):
        return Refusal(401, "Wrong password.", RefusalKind.PASSWORD)
    return None
