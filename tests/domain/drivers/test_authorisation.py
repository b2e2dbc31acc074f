"""Judging presented tokens against the database."""

from datetime import time, timedelta

import pytest

from apps.chargers.messages.events import AuthorizeRequested
from apps.chargers.messages.tokens import IdToken, IdTokenType
from apps.drivers.services.authorisation import authorise_facts, authorise_tokens, request_of
from apps.sites.choices import AccessPolicy
from tests.factories.chargers import NOON, StationFactory, fact_of
from tests.factories.drivers import AccessRuleFactory, DriverGroupFactory, IdTokenFactory
from tests.factories.places import AreaFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(harbour):
    return StationFactory(site=harbour)


def authorise(station, value, at=NOON):
    (reply,) = authorise_facts([fact_of(station, AuthorizeRequested(IdToken(value)), at)])
    return reply.info


def test_a_card_is_accepted_in_any_letter_case_with_its_group_and_expiry(station, voltwerk):
    until = NOON + timedelta(days=1)
    IdTokenFactory(organisation=voltwerk, value="AbC123", parent_group="FLEET", expires_at=until)
    info = authorise(station, "aBc123")
    assert (info.status, info.group_id, info.expires_at) == ("Accepted", "FLEET", until)


def test_two_cards_of_one_group_answer_with_the_same_group(station, voltwerk):
    for value in ("ONE", "TWO"):
        IdTokenFactory(organisation=voltwerk, value=value, parent_group="FLAT-3")
    assert authorise(station, "ONE").group_id == authorise(station, "TWO").group_id == "FLAT-3"


def test_a_card_of_another_organisation_is_unknown(station, rival):
    IdTokenFactory(organisation=rival, value="SPY")
    assert authorise(station, "SPY").status == "Unknown"


def test_the_same_value_in_two_organisations_is_judged_by_the_stations(station, voltwerk, rival):
    IdTokenFactory(organisation=rival, value="SAME", status="blocked")
    IdTokenFactory(organisation=voltwerk, value="SAME")
    assert authorise(station, "SAME").status == "Accepted"


def test_a_contract_longer_than_20_characters_is_found_by_what_1_6_can_send(station, voltwerk):
    IdTokenFactory(organisation=voltwerk, value="DE*ABC*C12345678*9*EXTRA")
    assert authorise(station, "DE*ABC*C12345678*9*E").status == "Accepted"


def test_a_reversed_uid_is_not_accepted(station, voltwerk):
    IdTokenFactory(organisation=voltwerk, value="04A1B2C3")
    assert authorise(station, "C3B2A104").status == "Unknown"


def test_hours_are_those_of_the_sites_clock(station, voltwerk, harbour):
    """Noon UTC is 13:00 in Berlin in March."""
    harbour.access_policy = AccessPolicy.BY_RULE
    harbour.save()
    group = DriverGroupFactory(organisation=voltwerk)
    IdTokenFactory(organisation=voltwerk, value="CARD", driver__group=group)
    AccessRuleFactory(site=harbour, group=group, from_time=time(13), until_time=time(14))
    assert authorise(station, "CARD").status == "Accepted"
    assert authorise(station, "CARD", NOON + timedelta(hours=1)).status == "NotAtThisTime"


def test_a_rule_of_an_area_admits_at_its_stations_only(station, voltwerk, harbour):
    harbour.access_policy = AccessPolicy.BY_RULE
    harbour.save()
    area = AreaFactory(site=harbour)
    AccessRuleFactory(site=harbour, area=area)
    IdTokenFactory(organisation=voltwerk, value="CARD")
    assert authorise(station, "CARD").status == "NotAtThisLocation"
    assert authorise(StationFactory(site=harbour, area=area), "CARD").status == "Accepted"


def test_a_second_session_elsewhere_is_refused_only_if_the_card_forbids_it(station, voltwerk, harbour):
    single = IdTokenFactory(organisation=voltwerk, value="SINGLE", allows_concurrent=False)
    several = IdTokenFactory(organisation=voltwerk, value="SEVERAL")
    other = StationFactory(site=harbour)
    SessionFactory(station=other, id_token=single)
    SessionFactory(station=other, id_token=several, evse_number=2)
    assert authorise(station, "SINGLE").status == "ConcurrentTx"
    assert authorise(station, "SEVERAL").status == "Accepted"
    assert authorise(other, "SINGLE").status == "Accepted", "presenting the card where it charges stops it"


def test_a_start_at_another_evse_of_the_same_station_is_a_second_session(station, voltwerk):
    card = IdTokenFactory(organisation=voltwerk, value="SINGLE", allows_concurrent=False)
    SessionFactory(station=station, id_token=card, evse_number=1)
    fact = fact_of(station, AuthorizeRequested(IdToken("SINGLE")))
    answers = authorise_tokens([request_of(fact, fact.event.id_token, evse_number=number) for number in (1, 2)])
    assert [answer.info.status for answer in answers] == ["Accepted", "ConcurrentTx"]


def test_a_start_by_button_needs_no_look_up(station, django_assert_num_queries):
    fact = fact_of(station, AuthorizeRequested(IdToken("", IdTokenType.NO_AUTHORIZATION)))
    with django_assert_num_queries(0):
        assert authorise_facts([fact])[0].info.status == "Accepted"


@pytest.mark.parametrize("how_many", [1, 50])
def test_a_batch_costs_two_queries_whatever_its_size(how_many, voltwerk, harbour, django_assert_num_queries):
    cards = IdTokenFactory.create_batch(how_many, organisation=voltwerk)
    stations = StationFactory.create_batch(how_many, site=harbour)
    facts = [
        fact_of(station, AuthorizeRequested(IdToken(card.value))) for station, card in zip(stations, cards, strict=True)
    ]
    with django_assert_num_queries(2):
        replies = authorise_facts(facts)
    assert {reply.info.status for reply in replies} == {"Accepted"}
