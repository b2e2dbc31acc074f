"""Making tariffs and choosing the one that applies."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apps.core.models import AuditEntry
from apps.tariffs.engine.errors import InvalidTariff
from apps.tariffs.engine.tariff import PriceLimit
from apps.tariffs.models import Tariff
from apps.tariffs.selectors import TariffQuestion, engine_tariffs, tariff_for, tariff_versions_for
from apps.tariffs.services.tariffs import (
    InvalidPeriod,
    OtherOrganisation,
    TariffNameTaken,
    WrongCurrency,
    add_version,
    assign_tariff,
    create_tariff,
    end_assignment,
)
from tests.factories.chargers import NOON
from tests.factories.places import AreaFactory, SiteFactory
from tests.factories.tariffs import simple_tariff, tariff_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_site_without_tariff_has_none(harbour):
    assert tariff_for(site_id=harbour.pk, at=NOON) is None


def test_the_narrowest_assignment_wins(harbour):
    area = AreaFactory(site=harbour)
    whole = tariff_at(harbour)
    in_area = tariff_at(harbour, name="Area", area=area)
    for_group = tariff_at(harbour, name="Group", driver_group_id=7)
    questions = [
        TariffQuestion(harbour.pk, NOON),
        TariffQuestion(harbour.pk, NOON, area.pk),
        TariffQuestion(harbour.pk, NOON, area.pk, 7),
        TariffQuestion(harbour.pk, NOON, None, 8),
        TariffQuestion(harbour.pk + 1, NOON),
    ]
    assert tariff_versions_for(questions) == [whole.pk, in_area.pk, for_group.pk, whole.pk, None]


def test_many_questions_are_one_query(harbour, linden_court, django_assert_num_queries):
    tariff_at(harbour)
    with django_assert_num_queries(1):
        tariff_versions_for([TariffQuestion(site.pk, NOON) for site in (harbour, linden_court)] * 20)


def test_a_new_version_holds_from_its_day_and_the_old_one_before(harbour, ada):
    first = tariff_at(harbour)
    second = add_version(tariff=first.tariff, content=simple_tariff(per_kwh="0.60"), valid_from=NOON, actor=ada)
    assert tariff_for(site_id=harbour.pk, at=NOON - DAY) == first
    assert tariff_for(site_id=harbour.pk, at=NOON) == second
    assert (second.number, engine_tariffs([second.pk])[second.pk].version) == (2, 2)
    assert AuditEntry.objects.filter(action="tariff.version_added").count() == 1


def test_an_ended_assignment_no_longer_applies(harbour, ada):
    version = tariff_at(harbour)
    end_assignment(assignment=version.tariff.assignments.get(), at=NOON, actor=ada)
    assert tariff_for(site_id=harbour.pk, at=NOON - DAY) == version
    assert tariff_for(site_id=harbour.pk, at=NOON) is None


def test_two_tariffs_of_one_name_are_refused(harbour, ada):
    tariff_at(harbour, name="Night")
    with pytest.raises(TariffNameTaken):
        create_tariff(
            organisation=harbour.organisation, name="Night", content=simple_tariff(), valid_from=NOON, actor=ada
        )


def test_a_tariff_must_fit_its_place(harbour, rival_site, ada):
    tariff = tariff_at(harbour).tariff
    dollars = SiteFactory(organisation=harbour.organisation, currency="USD")
    with pytest.raises(OtherOrganisation):
        assign_tariff(tariff=tariff, site=rival_site, valid_from=NOON, actor=ada)
    with pytest.raises(WrongCurrency):
        assign_tariff(tariff=tariff, site=dollars, valid_from=NOON, actor=ada)
    with pytest.raises(InvalidPeriod):
        assign_tariff(tariff=tariff, site=harbour, valid_from=NOON, valid_until=NOON, actor=ada)
    assert tariff.assignments.count() == 1


def test_an_evse_comes_before_its_area_and_after_a_group(harbour):
    area = AreaFactory(site=harbour)
    tariff_at(harbour)
    in_area = tariff_at(harbour, name="Area", area=area)
    at_evse = tariff_at(harbour, name="Fast", evse_id=5)
    for_group = tariff_at(harbour, name="Group", driver_group_id=7)
    questions = [
        TariffQuestion(harbour.pk, NOON, area.pk, evse_id=5),
        TariffQuestion(harbour.pk, NOON, area.pk, evse_id=6),
        TariffQuestion(harbour.pk, NOON, area.pk, 7, evse_id=5),
    ]
    assert tariff_versions_for(questions) == [at_evse.pk, in_area.pk, for_group.pk]


def test_the_database_refuses_to_change_a_version(harbour):
    version = tariff_at(harbour)
    with pytest.raises(DatabaseError, match="never changed: add another one"), transaction.atomic():
        type(version).objects.filter(pk=version.pk).update(valid_from=NOON)
    version.refresh_from_db()
    assert version.valid_from != NOON


def test_a_tariff_that_could_not_be_read_back_is_refused(harbour, ada):
    upside_down = replace(simple_tariff(), min_price=PriceLimit(Decimal(9)), max_price=PriceLimit(Decimal(1)))
    with pytest.raises(InvalidTariff):
        create_tariff(organisation=harbour.organisation, name="Odd", content=upside_down, valid_from=NOON, actor=ada)
    assert not Tariff.objects.exists()
