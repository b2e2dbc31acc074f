"""Judging presented tokens, many at once: two SELECTs per batch, three where a token may not charge twice at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from apps.chargers.facts import Fact
from apps.chargers.messages.events import AuthorizeRequested
from apps.chargers.messages.replies import AuthorizeReply
from apps.chargers.messages.tokens import AuthorizationStatus, IdToken, IdTokenInfo, IdTokenType
from apps.core.db.reading import columns_of, read
from apps.core.db.rowsets import is_any_of
from apps.drivers.engine.access import Rule, TokenFacts, decide
from apps.drivers.engine.matching import Candidate, match, search_keys
from apps.drivers.models import AccessRule, Driver
from apps.drivers.models import IdToken as StoredToken
from apps.drivers.occupancy import OpenSession, open_sessions_of
from apps.sites.choices import AccessPolicy
from apps.sites.models import Site

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AuthorisationRequest:
    """``evse_number`` is given where a session is to start there: a session at another EVSE is then a second one."""

    organisation_id: int
    site_id: int
    station_id: int
    id_token: IdToken
    at: datetime
    site_time_zone: str
    area_id: int | None = None
    evse_number: int | None = None


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The verdict with what it rests on; without a stored token the keys are ``None``."""

    info: IdTokenInfo
    id_token_pk: int | None = None
    driver_pk: int | None = None
    driver_group_pk: int | None = None
    free_of_charge: bool = False

    @property
    def is_accepted(self) -> bool:
        return self.info.status is AuthorizationStatus.ACCEPTED


@dataclass(frozen=True, slots=True)
class _Stored:
    pk: int
    key: str
    status: str
    expires_at: datetime | None
    parent_group: str
    is_master_pass: bool
    allows_concurrent: bool
    driver_id: int
    driver_left_at: datetime | None
    group_id: int | None


_TOKEN = ("organisation_id", "id", "key", "status", "expires_at", "parent_group", "is_master_pass", "allows_concurrent")
_DRIVER = ("id", "left_at", "group_id")
_SITE = ("id", "access_policy")
_RULE = ("id", "area_id", "group_id", "driver_id", "weekdays", "from_time", "until_time", "free_of_charge")
_TOKEN_COLUMNS = (*((StoredToken, name) for name in _TOKEN), *((Driver, name) for name in _DRIVER))
_SITE_COLUMNS = (*((Site, name) for name in _SITE), *((AccessRule, name) for name in _RULE))
_TOKENS_SQL = (
    f"SELECT {columns_of(StoredToken, _TOKEN, alias='t')}, {columns_of(Driver, _DRIVER, alias='d')} "
    f"FROM {StoredToken._meta.db_table} AS t JOIN {Driver._meta.db_table} AS d ON d.id = t.driver_id"
)
_RULES_SQL = (
    f"SELECT {columns_of(Site, _SITE, alias='s')}, {columns_of(AccessRule, _RULE, alias='r')} "
    f"FROM {Site._meta.db_table} AS s LEFT JOIN {AccessRule._meta.db_table} AS r ON r.site_id = s.id"
)


def authorise_facts(facts: Sequence[Fact[AuthorizeRequested]]) -> list[AuthorizeReply]:
    """Answer Authorize requests; nothing is written."""
    verdicts = authorise_tokens([request_of(fact, fact.event.id_token) for fact in facts])
    return [AuthorizeReply(verdict.info) for verdict in verdicts]


def request_of(fact: Fact, id_token: IdToken, *, at: datetime | None = None, evse_number: int | None = None):
    """The question that ``fact`` asks by presenting ``id_token``; ``at`` defaults to our clock."""
    station = fact.station
    return AuthorisationRequest(
        organisation_id=station.organisation_id,
        site_id=station.site_id,
        station_id=station.station_id,
        id_token=id_token,
        at=at or fact.received_at,
        site_time_zone=station.site_time_zone,
        area_id=station.area_id,
        evse_number=evse_number,
    )


def authorise_tokens(requests: Sequence[AuthorisationRequest]) -> list[Authorisation]:
    """The verdict on each request, in order.

    ``NoAuthorization`` (a start by button, OCPP 2.0.1) is accepted and nobody's. Identifiers are found within the
    organisation as ``engine.matching`` says; tokens of other organisations are unknown here.
    """
    asked = [request for request in requests if request.id_token.type != IdTokenType.NO_AUTHORIZATION]
    if not asked:
        return [_NOBODY for _ in requests]
    stored = _load_tokens(asked)
    matched = {id(request): _find(request, stored) for request in asked}
    found = [token for token in matched.values() if token is not None]
    sites = _load_rules({request.site_id for request in asked}) if found else {}
    open_sessions = _open_sessions(found)
    return [
        _judge(request, matched[id(request)], sites, open_sessions) if id(request) in matched else _NOBODY
        for request in requests
    ]


_NOBODY = Authorisation(IdTokenInfo(AuthorizationStatus.ACCEPTED))


def _load_tokens(requests: Sequence[AuthorisationRequest]) -> dict[int, list[_Stored]]:
    """Candidates by organisation."""
    keys = {key for request in requests for key in search_keys(request.id_token.key)}
    organisations = {request.organisation_id for request in requests}
    in_organisations, first = is_any_of(organisations)
    has_key, second = is_any_of(keys, "text")
    sql = f"{_TOKENS_SQL} WHERE t.organisation_id {in_organisations} AND t.short_key {has_key}"
    by_organisation: dict[int, list[_Stored]] = defaultdict(list)
    for organisation_id, *values in read(sql, [first, second], _TOKEN_COLUMNS):
        by_organisation[organisation_id].append(_Stored(*values))
    return by_organisation


def _find(request: AuthorisationRequest, stored: dict[int, list[_Stored]]) -> _Stored | None:
    key = request.id_token.key
    wanted = search_keys(key)
    candidates = [token for token in stored.get(request.organisation_id, ()) if token.key[:20] in wanted]
    result = match(key, [Candidate(token.pk, token.key) for token in candidates])
    if result.near_miss is not None:
        log.info("token.reversed_uid", station_id=request.station_id, id_token_id=result.near_miss)
    return next((token for token in candidates if token.pk == result.pk), None)


def _load_rules(site_ids: set[int]) -> dict[int, tuple[bool, list[Rule]]]:
    """``{site: (only by rule, rules)}`` in one statement."""
    sites: dict[int, tuple[bool, list[Rule]]] = {}
    is_one, parameter = is_any_of(site_ids)
    for site_id, policy, rule_id, *values in read(f"{_RULES_SQL} WHERE s.id {is_one}", [parameter], _SITE_COLUMNS):
        _, rules = sites.setdefault(site_id, (policy == AccessPolicy.BY_RULE, []))
        if rule_id is not None:
            rules.append(Rule(*values))
    return sites


def _open_sessions(tokens: Sequence[_Stored]) -> dict[int, list[OpenSession]]:
    """Open sessions of the tokens that may not charge twice at a time."""
    limited = {token.pk for token in tokens if not token.allows_concurrent}
    by_token: dict[int, list[OpenSession]] = defaultdict(list)
    for session in open_sessions_of(limited):
        by_token[session.id_token_id].append(session)
    return by_token


def _judge(
    request: AuthorisationRequest,
    token: _Stored | None,
    sites: dict[int, tuple[bool, list[Rule]]],
    open_sessions: dict[int, list[OpenSession]],
) -> Authorisation:
    if token is None:
        return Authorisation(IdTokenInfo(AuthorizationStatus.UNKNOWN))
    only_by_rule, rules = sites.get(request.site_id, (False, []))
    elsewhere = [session for session in open_sessions.get(token.pk, ()) if not _is_here(session, request)]
    verdict = decide(
        TokenFacts(
            status=token.status,
            expires_at=token.expires_at,
            parent_group=token.parent_group,
            is_master_pass=token.is_master_pass,
            allows_concurrent=token.allows_concurrent,
            open_elsewhere=len(elsewhere),
            driver_id=token.driver_id,
            driver_left_at=token.driver_left_at,
            group_id=token.group_id,
        ),
        rules=rules,
        only_by_rule=only_by_rule,
        area_id=request.area_id,
        at=request.at,
        at_local=request.at.astimezone(ZoneInfo(request.site_time_zone)),
    )
    return Authorisation(verdict.info, token.pk, token.driver_id, token.group_id, verdict.free_of_charge)


def _is_here(session: OpenSession, request: AuthorisationRequest) -> bool:
    """Whether the request may be about that very session: presenting a card also stops."""
    if session.station_id != request.station_id:
        return False
    return request.evse_number is None or session.evse_number in (None, request.evse_number)
