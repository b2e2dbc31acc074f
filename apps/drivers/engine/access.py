"""Who may charge: the verdict on one presented token. Pure; the facts are given, nothing is looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from apps.chargers.messages.tokens import AuthorizationStatus, IdTokenInfo

MASTER_PASS_GROUP = "MASTER-PASS"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What is known of a token and its driver. ``status`` is a ``TokenStatus`` value.

    ``open_elsewhere`` counts its other sessions, ``driver_sessions`` those of all cards of the driver but the one at
    hand. ``is_charging_here``: it was accepted for a session that runs where it is presented, which it may stop.
    ``is_out_of_energy``: the driver has had what the period allows; ``has_no_credit``: the account refuses.
    """

    status: str
    expires_at: datetime | None = None
    parent_group: str = ""
    is_master_pass: bool = False
    allows_concurrent: bool = True
    open_elsewhere: int = 0
    driver_id: int | None = None
    driver_left_at: datetime | None = None
    group_id: int | None = None
    driver_sessions: int = 0
    max_sessions: int | None = None
    is_charging_here: bool = False
    is_out_of_energy: bool = False
    has_no_credit: bool = False
    personal_message: str = ""
    language: str = ""
    charging_priority: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One access rule of a site; see ``drivers.AccessRule`` for what the fields mean."""

    area_id: int | None = None
    group_id: int | None = None
    driver_id: int | None = None
    weekdays: str = ""
    from_time: time | None = None
    until_time: time | None = None
    free_of_charge: bool = False
    current: str = ""

    @property
    def holds_always(self) -> bool:
        """Whether no hour and no weekday makes a difference."""
        return not self.weekdays and self.from_time == self.until_time


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and whether the rule that admits asks no money."""

    info: IdTokenInfo
    free_of_charge: bool = False


def decide(
    token: TokenFacts | None,
    *,
    rules: Sequence[Rule] = (),
    only_by_rule: bool = False,
    area_id: int | None = None,
    at: datetime,
    at_local: datetime,
    evses: Mapping[int, bool] | None = None,
    evse_number: int | None = None,
) -> Verdict:
    """The verdict on ``token`` (``None``: nobody knows it) at a place.

    ``only_by_rule``: the site admits nobody without a rule. ``at`` is the instant, ``at_local`` the same on the
    site's wall clock. ``evses``: which EVSEs the station has and whether each gives direct current; needed only where
    rules differ by it. ``evse_number``: the one at which it is presented, if that is known. A master pass is no
    driver's: it opens every site and is told apart by its group (OCPP 2.0.1 C16).
    """
    if token is None:
        return Verdict(IdTokenInfo(AuthorizationStatus.UNKNOWN))
    matching = [rule for rule in rules if concerns(rule, token, area_id)]
    admitting = [rule for rule in matching if _is_open(rule, at_local)]
    place = _Place(only_by_rule, matching, admitting, _fitting(admitting, evses or {}, evse_number))
    status = _status(token, place, at)
    evse_ids: tuple[int, ...] = ()
    if status is AuthorizationStatus.ACCEPTED and only_by_rule and not token.is_master_pass and evse_number is None:
        evse_ids = allowed_evses(admitting, evses or {})
    info = IdTokenInfo(
        status,
        expires_at=token.expires_at,
        group_id=group_of(token) or None,
        personal_message=token.personal_message or None,
        language=token.language or None,
        charging_priority=token.charging_priority,
        evse_ids=evse_ids,
    )
    free = status is AuthorizationStatus.ACCEPTED and any(rule.free_of_charge for rule in place.fitting)
    return Verdict(info, free)


def group_of(token: TokenFacts) -> str:
    """The group that stations compare: the parent group, or the one of all master passes; empty for none."""
    return token.parent_group or (MASTER_PASS_GROUP if token.is_master_pass else "")


def allowed_evses(admitting: Sequence[Rule], evses: Mapping[int, bool]) -> tuple[int, ...]:
    """The EVSEs at which these rules admit; empty where that is all of them."""
    fitting = tuple(number for number in sorted(evses) if any(_fits(rule, evses[number]) for rule in admitting))
    return fitting if len(fitting) < len(evses) else ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Rules of the place that concern the token, those open now, and of these those that fit the EVSE."""

    only_by_rule: bool
    matching: Sequence[Rule]
    admitting: Sequence[Rule]
    fitting: Sequence[Rule]


def _status(token: TokenFacts, place: _Place, at: datetime) -> AuthorizationStatus:
    if token.status != "active":
        return AuthorizationStatus.BLOCKED
    if token.is_charging_here:
        return AuthorizationStatus.ACCEPTED
    if token.driver_left_at is not None and token.driver_left_at <= at:
        return AuthorizationStatus.BLOCKED
    if token.expires_at is not None and token.expires_at <= at:
        return AuthorizationStatus.EXPIRED
    if token.is_master_pass:
        return AuthorizationStatus.ACCEPTED
    if place.only_by_rule and not place.fitting:
        return _why_not_admitted(place)
    if token.is_out_of_energy or token.has_no_credit:
        return AuthorizationStatus.NO_CREDIT
    if token.open_elsewhere and not token.allows_concurrent:
        return AuthorizationStatus.CONCURRENT_TX
    if token.max_sessions is not None and token.driver_sessions >= token.max_sessions:
        return AuthorizationStatus.CONCURRENT_TX
    return AuthorizationStatus.ACCEPTED


def _why_not_admitted(place: _Place) -> AuthorizationStatus:
    if place.admitting:
        return AuthorizationStatus.NOT_ALLOWED_TYPE_EVSE
    return AuthorizationStatus.NOT_AT_THIS_TIME if place.matching else AuthorizationStatus.NOT_AT_THIS_LOCATION


def _fitting(rules: Sequence[Rule], evses: Mapping[int, bool], evse_number: int | None) -> list[Rule]:
    """The rules that fit the EVSE, or any of the station; all of them where nothing is known of it."""
    if evse_number is not None and evse_number in evses:
        return [rule for rule in rules if _fits(rule, evses[evse_number])]
    if not evses:
        return list(rules)
    return [rule for rule in rules if any(_fits(rule, is_dc) for is_dc in evses.values())]


def _fits(rule: Rule, is_dc: bool) -> bool:
    return not rule.current or (rule.current == "dc") == is_dc


def concerns(rule: Rule, token: TokenFacts, area_id: int | None) -> bool:
    """Whether the rule is about the token's driver and about the area."""
    if rule.area_id is not None and rule.area_id != area_id:
        return False
    if rule.driver_id is not None:
        return rule.driver_id == token.driver_id
    return rule.group_id is None or rule.group_id == token.group_id


def _is_open(rule: Rule, at_local: datetime) -> bool:
    """Whether the rule's hours hold. A window past midnight belongs to the day it began on."""
    now = at_local.time()
    today = at_local.isoweekday()
    yesterday = (today - 2) % 7 + 1
    start, end = rule.from_time, rule.until_time
    if start == end or (start is None and end is None):
        return _on(rule, today)
    start, end = start or time(0), end or time(0)
    if end == time(0):
        return _on(rule, today) and now >= start
    if start < end:
        return _on(rule, today) and start <= now < end
    return (_on(rule, today) and now >= start) or (_on(rule, yesterday) and now < end)


def _on(rule: Rule, weekday: int) -> bool:
    return not rule.weekdays or str(weekday) in rule.weekdays
