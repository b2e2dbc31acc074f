"""Judging presented tokens, many at once: two SELECTs per batch, further ones only where limits want to be known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from apps.chargers.facts import Fact
from apps.chargers.messages.events import AuthorizeRequested
from apps.chargers.messages.tokens import AuthorizationStatus, IdToken, IdTokenInfo, IdTokenType
from apps.drivers import occupancy
from apps.drivers.choices import TokenStatus
from apps.drivers.engine.access import Rule, TokenFacts, decide
from apps.drivers.engine.matching import Candidate, match, search_keys
from apps.drivers.services.card_lookup import (
    StoredCard,
    load_cards,
    load_currents,
    load_master_pass_groups,
    load_rules,
)
from apps.drivers.services.limits import LimitQuestion, Usage, usages_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AuthorisationRequest:
    """``evse_number`` is given where a session is to start there: a session at another EVSE is then a second one.

    ``is_start``: a session begins with it, so that one which runs already excuses nothing. ``transaction_id``: it is
    told in that transaction, and excuses nothing in another one.
    """

    organisation_id: int
    site_id: int
    station_id: int
    id_token: IdToken
    at: datetime
    site_time_zone: str
    area_id: int | None = None
    evse_number: int | None = None
    is_start: bool = False
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The verdict with what it rests on; without a stored token the keys are ``None``.

    ``energy_left_wh``: what the driver may still have in his period, with what this session had so far taken off.
    """

    info: IdTokenInfo
    id_token_pk: int | None = None
    driver_pk: int | None = None
    driver_group_pk: int | None = None
    free_of_charge: bool = False
    energy_left_wh: int | None = None

    @property
    def is_accepted(self) -> bool:
        return self.info.status is AuthorizationStatus.ACCEPTED


def authorise_facts(facts: Sequence[Fact[AuthorizeRequested]]) -> list[Authorisation]:
    """The verdicts on what Authorize requests present."""
    return authorise_tokens([request_of(fact, fact.event.id_token) for fact in facts])


def request_of(
    fact: Fact,
    id_token: IdToken,
    *,
    at: datetime | None = None,
    evse_number: int | None = None,
    is_start: bool = False,
    transaction_id: str | None = None,
) -> AuthorisationRequest:
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
        is_start=is_start or evse_number is not None,
        transaction_id=transaction_id,
    )


def authorise_tokens(requests: Sequence[AuthorisationRequest]) -> list[Authorisation]:
    """The verdict on each request, in order.

    ``NoAuthorization`` (a start by button, OCPP 2.0.1) is accepted and nobody's. Identifiers are found within the
    organisation as ``engine.matching`` says; tokens of other organisations are unknown here. Limits of drivers are
    looked up only where there are any, and running sessions where a card is refused that may be about to stop one.
    """
    asked = [request for request in requests if request.id_token.type != IdTokenType.NO_AUTHORIZATION]
    if not asked:
        return [_NOBODY for _ in requests]
    cards = load_cards(
        {request.organisation_id for request in asked},
        {key for request in asked for key in search_keys(request.id_token.key)},
    )
    found = [(request, card) for request in asked if (card := _find(request, cards)) is not None]
    places = _load_places([request for request, _ in found], [card for _, card in found])
    judged = {id(request): _judge(request, card, places, Usage()) for request, card in found}
    doubtful = [(request, card) for request, card in found if _needs_usage(request, card, judged[id(request)])]
    usages = usages_of(_question(request, card) for request, card in doubtful) if doubtful else []
    for (request, card), usage in zip(doubtful, usages, strict=True):
        judged[id(request)] = _judge(request, card, places, usage)
    return [_verdict(request, judged) for request in requests]


_NOBODY = Authorisation(IdTokenInfo(AuthorizationStatus.ACCEPTED))
_UNKNOWN = Authorisation(IdTokenInfo(AuthorizationStatus.UNKNOWN))


@dataclass(frozen=True, slots=True)
class _Places:
    """What is known of where cards were presented, by key of site and of station."""

    rules: dict[int, tuple[bool, list[Rule]]]
    currents: dict[int, dict[int, bool]]
    master_groups: dict[int, str]


def _verdict(request: AuthorisationRequest, judged: dict[int, Authorisation]) -> Authorisation:
    if request.id_token.type == IdTokenType.NO_AUTHORIZATION:
        return _NOBODY
    return judged.get(id(request), _UNKNOWN)


def _find(request: AuthorisationRequest, cards: dict[int, list[StoredCard]]) -> StoredCard | None:
    key = request.id_token.key
    wanted = search_keys(key)
    candidates = [card for card in cards.get(request.organisation_id, ()) if card.key[:20] in wanted]
    result = match(key, [Candidate(card.pk, card.key) for card in candidates])
    if result.near_miss is not None:
        log.info("token.reversed_uid", station_id=request.station_id, id_token_id=result.near_miss)
    return next((card for card in candidates if card.pk == result.pk), None)


def _load_places(requests: Sequence[AuthorisationRequest], cards: Sequence[StoredCard]) -> _Places:
    """One query; one more where a rule tells currents apart, and one where a master pass is presented."""
    rules = load_rules({request.site_id for request in requests}) if requests else {}
    choosy = {site_id for site_id, (_, of_site) in rules.items() if any(rule.current for rule in of_site)}
    master = [r.station_id for r, card in zip(requests, cards, strict=True) if _needs_master_group(card)]
    return _Places(
        rules,
        load_currents({request.station_id for request in requests if request.site_id in choosy}),
        load_master_pass_groups(master),
    )


def _needs_master_group(card: StoredCard) -> bool:
    return card.is_master_pass and not card.parent_group


def _needs_usage(request: AuthorisationRequest, card: StoredCard, rough: Authorisation) -> bool:
    if not rough.is_accepted:
        return not request.is_start and card.status == TokenStatus.ACTIVE
    is_limited = not card.allows_concurrent or card.max_sessions is not None or card.energy_limit_wh is not None
    return not card.is_master_pass and (is_limited or occupancy.keeps_accounts())


def _question(request: AuthorisationRequest, card: StoredCard) -> LimitQuestion:
    return LimitQuestion(
        card, request.station_id, request.at, request.site_time_zone, request.evse_number, request.is_start,
        request.transaction_id,
    )  # fmt: skip


def _judge(request: AuthorisationRequest, card: StoredCard, places: _Places, usage: Usage) -> Authorisation:
    only_by_rule, rules = places.rules.get(request.site_id, (False, []))
    group = card.parent_group
    if _needs_master_group(card):
        group = places.master_groups.get(request.station_id, "")
    verdict = decide(
        TokenFacts(
            status=card.status,
            expires_at=card.expires_at,
            parent_group=group,
            is_master_pass=card.is_master_pass,
            allows_concurrent=card.allows_concurrent,
            open_elsewhere=usage.open_elsewhere,
            driver_id=card.driver_id,
            driver_left_at=card.driver_left_at,
            group_id=card.group_id,
            driver_sessions=usage.driver_sessions,
            max_sessions=card.max_sessions,
            is_charging_here=usage.is_charging_here,
            is_out_of_energy=usage.is_out_of_energy,
            has_no_credit=usage.has_no_credit,
            personal_message=card.personal_message,
            language=card.language,
            charging_priority=card.charging_priority or 0,
        ),
        rules=rules,
        only_by_rule=only_by_rule,
        area_id=request.area_id,
        at=request.at,
        at_local=request.at.astimezone(ZoneInfo(request.site_time_zone)),
        evses=places.currents.get(request.station_id),
        evse_number=request.evse_number,
    )
    return Authorisation(
        verdict.info, card.pk, card.driver_id, card.group_id, verdict.free_of_charge, usage.energy_left_wh
    )
