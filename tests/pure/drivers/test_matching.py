"""Which card a charger means."""

import pytest

from apps.drivers.engine.matching import Candidate, Match, match, search_keys

LONG = "de*abc*c12345678*9*extra"


@pytest.mark.parametrize(
    ("sent", "stored", "found"),
    [
        ("04a1b2c3", ["04a1b2c3"], 0),
        ("04a1b2c3;xyz", ["04a1b2c3"], 0),
        ("04a1b2c3;xyz", ["04a1b2c3", "04a1b2c3;xyz"], 1),
        (LONG[:20], [LONG], 0),
        (LONG[:20], [LONG, LONG + "2"], None),
        (LONG[:20], [LONG, LONG[:20]], 1),
        (LONG[:19], [LONG], None),
        ("04a1b2c3", ["c3b2a104"], None),
        ("unknown", [], None),
    ],
)
def test_a_card_is_found_by_what_the_charger_sent(sent, stored, found):
    assert match(sent, [Candidate(place, key) for place, key in enumerate(stored)]).pk == found


def test_a_reversed_uid_is_a_near_miss_and_no_match():
    assert match("04a1b2c3", [Candidate(7, "c3b2a104")]) == Match(None, near_miss=7)


def test_every_form_that_could_match_is_searched_for():
    assert search_keys("04a1b2c3") == ["04a1b2c3", "c3b2a104"]
    assert search_keys("abc;def") == ["abc;def", "abc"]
    assert search_keys(LONG) == [LONG[:20]]
