"""Codes on stickers: made once, unguessable, replaced without a trace of the old one."""

import re

import pytest

from apps.invoicing.models import QrCode
from apps.invoicing.services.guests.codes import ALPHABET, EvseHasNoCode, make_codes, renew_code
from apps.invoicing.services.guests.offers import find_code
from tests.factories.chargers import NOON, StationFactory
from tests.factories.places import SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory(site=SiteFactory(), evses=2)


def test_each_charging_point_gets_one_code_however_often_they_are_made(station):
    assert len(make_codes(site=station.site, actor=None, at=NOON)) == 2
    assert make_codes(site=station.site, actor=None, at=NOON) == []
    assert {code.evse.number for code in QrCode.objects.in_use()} == {1, 2}


def test_codes_are_long_and_hold_no_letters_that_people_confuse(station):
    codes = [row.code for row in make_codes(site=station.site, actor=None, at=NOON)]
    assert all(re.fullmatch(f"[{ALPHABET}]{{11}}", code) for code in codes)
    assert not set("01lio") & set(ALPHABET)


def test_a_code_is_found_in_any_letter_case(station):
    code, _ = make_codes(site=station.site, actor=None, at=NOON)
    assert find_code(code.code.upper()) == code


def test_a_new_code_ends_the_old_one(station):
    old, other = make_codes(site=station.site, actor=None, at=NOON)
    new = renew_code(evse=old.evse, actor=None, at=NOON)
    assert find_code(old.code) is None
    assert find_code(new.code).evse == old.evse
    assert find_code(other.code) == other


def test_there_is_nothing_to_replace_where_no_code_was_made(station):
    with pytest.raises(EvseHasNoCode):
        renew_code(evse=station.evses.first(), actor=None, at=NOON)


def test_retired_stations_get_no_codes(station):
    station.retired_at = NOON
    station.save()
    assert make_codes(site=station.site, actor=None, at=NOON) == []
