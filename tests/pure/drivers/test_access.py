"""Every verdict on a token."""

from datetime import UTC, datetime, time, timedelta

import pytest

from apps.drivers.engine.access import MASTER_PASS_GROUP, Rule, TokenFacts, decide

SATURDAY_NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def status_of(token, *rules, at=SATURDAY_NOON, only_by_rule=False, area_id=None):
    verdict = decide(token, rules=rules, only_by_rule=only_by_rule, area_id=area_id, at=at, at_local=at)
    return verdict.info.status


ACTIVE = TokenFacts("active", driver_id=1, group_id=10)


@pytest.mark.parametrize(
    ("token", "status"),
    [
        (None, "Unknown"),
        (ACTIVE, "Accepted"),
        (TokenFacts("blocked"), "Blocked"),
        (TokenFacts("lost"), "Blocked"),
        (TokenFacts("active", driver_left_at=SATURDAY_NOON), "Blocked"),
        (TokenFacts("active", expires_at=SATURDAY_NOON), "Expired"),
        (TokenFacts("active", expires_at=SATURDAY_NOON + timedelta(seconds=1)), "Accepted"),
        (TokenFacts("blocked", expires_at=SATURDAY_NOON), "Blocked"),
        (TokenFacts("active", open_elsewhere=1), "Accepted"),
        (TokenFacts("active", open_elsewhere=1, allows_concurrent=False), "ConcurrentTx"),
        (TokenFacts("active", open_elsewhere=0, allows_concurrent=False), "Accepted"),
    ],
)
def test_what_the_token_itself_says(token, status):
    assert status_of(token) == status


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        (Rule(), "Accepted"),
        (Rule(group_id=10), "Accepted"),
        (Rule(driver_id=1), "Accepted"),
        (Rule(group_id=11), "NotAtThisLocation"),
        (Rule(driver_id=2), "NotAtThisLocation"),
        (Rule(area_id=5), "NotAtThisLocation"),
        (Rule(weekdays="67"), "Accepted"),
        (Rule(weekdays="12345"), "NotAtThisTime"),
        (Rule(from_time=time(12), until_time=time(13)), "Accepted"),
        (Rule(from_time=time(11), until_time=time(12)), "NotAtThisTime"),
        (Rule(from_time=time(8), until_time=time(8)), "Accepted"),
        (Rule(from_time=time(10), until_time=time(0)), "Accepted"),
        (Rule(from_time=time(13), until_time=time(0)), "NotAtThisTime"),
        (Rule(from_time=time(20), until_time=time(13)), "Accepted"),
        (Rule(from_time=time(20), until_time=time(13), weekdays="5"), "Accepted"),
        (Rule(from_time=time(20), until_time=time(13), weekdays="6"), "NotAtThisTime"),
    ],
)
def test_what_a_rule_says_where_only_rules_admit(rule, status):
    assert status_of(ACTIVE, rule, only_by_rule=True) == status


def test_one_open_rule_among_closed_ones_is_enough():
    assert status_of(ACTIVE, Rule(weekdays="1"), Rule(group_id=10), only_by_rule=True) == "Accepted"


def test_a_rule_of_the_area_admits_in_that_area():
    assert status_of(ACTIVE, Rule(area_id=5), only_by_rule=True, area_id=5) == "Accepted"


def test_without_a_rule_a_site_that_asks_for_one_admits_nobody():
    assert status_of(ACTIVE, only_by_rule=True) == "NotAtThisLocation"


def test_a_master_pass_opens_every_site_and_is_known_by_its_group():
    token = TokenFacts("active", is_master_pass=True, allows_concurrent=False, open_elsewhere=3)
    verdict = decide(token, only_by_rule=True, at=SATURDAY_NOON, at_local=SATURDAY_NOON)
    assert (verdict.info.status, verdict.info.group_id) == ("Accepted", MASTER_PASS_GROUP)


def test_a_blocked_master_pass_opens_nothing():
    assert status_of(TokenFacts("blocked", is_master_pass=True)) == "Blocked"


def test_the_answer_carries_group_and_expiry():
    until = SATURDAY_NOON + timedelta(days=1)
    info = decide(
        TokenFacts("active", expires_at=until, parent_group="FLEET"), at=SATURDAY_NOON, at_local=SATURDAY_NOON
    ).info
    assert (info.group_id, info.expires_at) == ("FLEET", until)


def test_only_the_rule_that_admits_makes_it_free():
    closed_and_free, open_and_paid = Rule(weekdays="1", free_of_charge=True), Rule()
    at = SATURDAY_NOON
    assert not decide(ACTIVE, rules=[closed_and_free, open_and_paid], at=at, at_local=at).free_of_charge
    assert decide(ACTIVE, rules=[Rule(free_of_charge=True)], at=at, at_local=at).free_of_charge


def test_a_refused_token_is_never_free():
    at = SATURDAY_NOON
    assert not decide(TokenFacts("blocked"), rules=[Rule(free_of_charge=True)], at=at, at_local=at).free_of_charge
