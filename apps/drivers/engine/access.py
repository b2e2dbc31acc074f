"""Who may charge: the verdict on one presented token. Pure; the facts are given, nothing is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from apps.chargers.messages.tokens import AuthorizationStatus, IdTokenInfo

MASTER_PASS_GROUP = "MASTER-PASS"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What is known of a token. ``status`` is a ``TokenStatus`` value; ``open_elsewhere`` counts its other sessions."""

    status: str
    expires_at: datetime | None = None
    parent_group: str = ""
    is_master_pass: bool = False
    allows_concurrent: bool = True
    open_elsewhere: int = 0
    driver_id: int | None = None
    driver_left_at: datetime | None = None
    group_id: int | None = None


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
) -> Verdict:
    """The verdict on ``token`` (``None``: nobody knows it) at a place.

    ``only_by_rule``: the site admits nobody without a rule. ``at`` is the instant, ``at_local`` the same on the
    site's wall clock. A master pass is no driver's: it opens every site and is told apart by its group
    (OCPP 2.0.1 C16).
    """
    if token is None:
        return Verdict(IdTokenInfo(AuthorizationStatus.UNKNOWN))
    matching = [rule for rule in rules if _concerns(rule, token, area_id)]
    admitting = [rule for rule in matching if _is_open(rule, at_local)]
    status = _status(token, only_by_rule, bool(matching), bool(admitting), at)
    group = token.parent_group or (MASTER_PASS_GROUP if token.is_master_pass else "")
    info = IdTokenInfo(status, expires_at=token.expires_at, group_id=group or None)
    free = status is AuthorizationStatus.ACCEPTED and any(rule.free_of_charge for rule in admitting)
    return Verdict(info, free)


def _status(
    token: TokenFacts, only_by_rule: bool, has_rule: bool, is_admitted: bool, at: datetime
) -> AuthorizationStatus:
    if token.status != "active" or (token.driver_left_at is not None and token.driver_left_at <= at):
        return AuthorizationStatus.BLOCKED
    if token.expires_at is not None and token.expires_at <= at:
        return AuthorizationStatus.EXPIRED
    if token.is_master_pass:
        return AuthorizationStatus.ACCEPTED
    if only_by_rule and not is_admitted:
        return AuthorizationStatus.NOT_AT_THIS_TIME if has_rule else AuthorizationStatus.NOT_AT_THIS_LOCATION
    if token.open_elsewhere and not token.allows_concurrent:
        return AuthorizationStatus.CONCURRENT_TX
    return AuthorizationStatus.ACCEPTED


def _concerns(rule: Rule, token: TokenFacts, area_id: int | None) -> bool:
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
