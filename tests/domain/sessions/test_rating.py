"""Charge detail records: what is written, when a further version is, and who pays."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.core import outbox
from apps.core.models import AuditEntry, OutboxEvent
from apps.sessions.choices import RatingReason
from apps.sessions.models import ChargeDetailRecord, ChargingSession, MeterValue
from apps.sessions.services.by_hand import SessionIsOpen, WrongTariff, rate_again
from apps.sessions.services.rating import rate_missed_sessions, rate_sessions
from apps.tariffs.engine.breakdown_json import from_json
from apps.tariffs.selectors import forget_tariffs
from apps.tariffs.services.tariffs import add_version
from tests.domain.chargers.test_concurrency import together
from tests.factories.billing import BillingAccountFactory, VehicleFactory
from tests.factories.chargers import NOON, StationFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import tariff_at
from tests.pure.tariffs.builders import element, energy, tariff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
YEAR = timedelta(days=365)


@pytest.fixture
def station(harbour):
    return StationFactory(site=harbour)


def ended(station, *, tariff=None, **changes):
    """10 kWh in the hour before ``NOON``."""
    values = {"state": "ended", "started_at": NOON - HOUR, "ended_at": NOON, "meter_last_at": NOON, "energy_wh": 10_000}
    return SessionFactory(station=station, tariff_version=tariff, **{**values, **changes})


def rate(*sessions, reason=RatingReason.ENDED, actor=None, at=NOON):
    return rate_sessions(session_ids=[session.pk for session in sessions], reason=reason, actor=actor, at=at)


def versions(session):
    rows = session.cdrs.order_by("version")
    return list(rows.values_list("version", "gross", "is_current", "reason"))


def test_a_session_becomes_a_record_and_its_copy(station):
    plan = tariff_at(station.site, per_kwh="0.50", fee="1.00", vat="20")
    session = ended(station, tariff=plan)
    (key,) = rate(session).written.values()
    record = ChargeDetailRecord.objects.get()
    assert (record.pk, record.session, record.version, record.is_current, record.site) == (
        key, session, 1, True, station.site,
    )  # fmt: skip
    assert (record.net, record.tax, record.gross) == (Decimal(6), Decimal("1.2"), Decimal("7.2"))
    assert (record.energy_wh, record.currency, record.tariff_version) == (10_000, "EUR", plan)
    session.refresh_from_db()
    assert (session.cost_net, session.cost_gross, session.priced_at) == (record.net, record.gross, NOON)
    assert session.price_breakdown == record.breakdown
    assert from_json(record.breakdown).gross == Decimal("7.2")


def test_the_event_names_the_record(station):
    session = ended(station, tariff=tariff_at(station.site))
    (key,) = rate(session).written.values()
    event = OutboxEvent.objects.get(name="session.rated")
    assert (event.subject_id, event.payload) == (
        session.pk, {"cdr_id": key, "version": 1, "site_id": station.site_id, "account_id": None},
    )  # fmt: skip


def test_the_end_of_a_session_leads_to_its_record(station):
    session = ended(station, tariff=tariff_at(station.site))
    outbox.record(outbox.Event("session.ended", session.pk))
    outbox.relay()
    assert versions(session) == [(1, 5, True, "ended")]


def test_rating_a_year_later_gives_the_same_cents(station):
    session = ended(station, tariff=tariff_at(station.site, per_kwh="0.333", per_h="1.27", vat="19"))
    rate(session)
    before = ChargeDetailRecord.objects.values().get()
    forget_tariffs()
    assert rate(session, at=NOON + YEAR).written == {}
    assert rate(session, reason=RatingReason.BY_HAND, at=NOON + YEAR).written == {}
    assert ChargeDetailRecord.objects.values().get() == before
    assert before["gross"] == Decimal("5.474000")


def test_other_facts_make_a_further_version_and_the_old_one_stays(station):
    session = ended(station, tariff=tariff_at(station.site, per_kwh="0.50"))
    rate(session)
    ChargingSession.objects.update(energy_wh=12_000)
    rate(session, at=NOON + HOUR)
    assert versions(session) == [(1, 5, False, "ended"), (2, 6, True, "facts")]
    session.refresh_from_db()
    assert session.cost_gross == 6
    assert OutboxEvent.objects.filter(name="session.rated").count() == 2


def test_a_late_curve_that_moves_energy_into_another_price_is_another_amount(station):
    first = tariff_at(station.site)
    content = tariff(element(energy("1.00"), max_duration_s=1800), energy("0.10"))
    version = add_version(tariff=first.tariff, content=content, valid_from=NOON, actor=None)
    session = ended(station, tariff=version)
    rate(session)
    for minutes, energy_wh in ((0, 0), (30, 8_000), (60, 10_000)):
        MeterValue.objects.create(
            station_id=station.pk, evse_number=1, at=NOON - HOUR + timedelta(minutes=minutes), received_at=NOON,
            energy_wh=energy_wh, session_id=session.pk,
        )  # fmt: skip
    rate(session)
    assert versions(session) == [(1, Decimal("5.5"), False, "ended"), (2, Decimal("8.2"), True, "facts")]


def test_the_vehicle_of_the_card_pays_before_the_driver(station):
    organisation = station.site.organisation
    own, fleet = BillingAccountFactory(organisation=organisation), BillingAccountFactory(organisation=organisation)
    van = VehicleFactory(account=fleet)
    driver = DriverFactory(organisation=organisation, account=own)
    card, fleet_card = IdTokenFactory(driver=driver), IdTokenFactory(driver=driver, vehicle=van)
    plan = tariff_at(station.site)
    private, business = (ended(station, tariff=plan, driver=driver, id_token=token) for token in (card, fleet_card))
    rate(private, business)
    assert (private.cdrs.get().account, private.cdrs.get().vehicle) == (own, None)
    assert (business.cdrs.get().account, business.cdrs.get().vehicle, business.cdrs.get().driver) == (
        fleet,
        van,
        driver,
    )


def test_a_card_that_changes_hands_does_not_take_past_charging_along(station):
    first, second = BillingAccountFactory.create_batch(2, organisation=station.site.organisation)
    driver = DriverFactory(organisation=station.site.organisation, account=first)
    session = ended(station, tariff=tariff_at(station.site), driver=driver)
    rate(session)
    driver.account = second
    driver.save()
    assert rate(session).written == {}
    rate(session, reason=RatingReason.BY_HAND)
    assert list(session.cdrs.order_by("version").values_list("account", flat=True)) == [first.pk, second.pk]


def test_an_account_that_is_found_later_makes_a_version_that_can_be_billed(station):
    driver = DriverFactory(organisation=station.site.organisation)
    session = ended(station, tariff=tariff_at(station.site), driver=driver)
    rate(session)
    driver.account = BillingAccountFactory(organisation=station.site.organisation)
    driver.save()
    rate(session)
    assert session.cdrs.get(is_current=True).account == driver.account


@pytest.mark.parametrize(("end", "day"), [("2026-03-31T21:59:59", (3, 31)), ("2026-03-31T22:00:00", (4, 1))])
def test_the_month_is_that_of_the_end_on_the_clock_of_the_site(station, end, day):
    end_at = datetime.fromisoformat(end).replace(tzinfo=UTC)  # Harbour is in Berlin
    session = ended(station, tariff=tariff_at(station.site), started_at=end_at - HOUR, ended_at=end_at)
    rate(session)
    assert session.cdrs.get().end_date == date(2026, *day)


def test_free_of_charge_is_a_record_over_nothing_that_says_why(station):
    session = ended(station, free_of_charge=True)
    rate(session)
    record = session.cdrs.get()
    assert (record.net, record.gross, record.energy_wh) == (0, 0, 10_000)
    assert "Free of charge" in record.breakdown["lines"][0]["why"]


def test_without_a_tariff_there_is_no_record(station):
    session = ended(station)
    rate(session)
    session.refresh_from_db()
    assert (session.cdrs.count(), session.cost_gross, session.priced_at) == (0, None, NOON)


def test_a_session_that_needs_review_is_rated_too(station):
    session = ended(station, tariff=tariff_at(station.site), state="review", flags=["meter_backwards"])
    rate(session)
    assert session.cdrs.get().gross == 5


def test_a_session_that_runs_is_left_alone(station, ada):
    session = SessionFactory(station=station, tariff_version=tariff_at(station.site))
    rate(session)
    with pytest.raises(SessionIsOpen):
        rate_again(session=session, actor=ada, at=NOON)
    assert not ChargeDetailRecord.objects.exists()


def test_what_cannot_be_priced_is_flagged_beside_others_that_are(station):
    plan = tariff_at(station.site)
    lost = StationFactory(site__organisation=station.site.organisation, site__time_zone="Mars/Olympus")
    good, bad = ended(station, tariff=plan), ended(lost, tariff=plan)
    rating = rate(good, bad)
    assert {key: error.code for key, error in rating.refused.items()} == {bad.pk: "time_zone"}
    assert (good.cdrs.count(), bad.cdrs.count()) == (1, 0)
    bad.refresh_from_db()
    assert (bad.flags, bad.priced_at) == (["unpriced"], NOON)
    type(lost.site).objects.filter(pk=lost.site_id).update(time_zone="Europe/Berlin")
    rate(bad)
    bad.refresh_from_db()
    assert (bad.flags, bad.cost_gross) == ([], 5)


def test_by_hand_another_tariff_is_taken_and_audited(station, ada):
    session = ended(station, tariff=tariff_at(station.site, per_kwh="0.50"))
    rate(session)
    other = tariff_at(station.site, name="Goodwill", per_kwh="0.20")
    rate_again(session=session, actor=ada, at=NOON, tariff_version=other)
    assert versions(session) == [(1, 5, False, "ended"), (2, 2, True, "by_hand")]
    assert set(AuditEntry.objects.filter(actor=ada).values_list("action", flat=True)) == {
        "session.tariff_chosen", "session.repriced",
    }  # fmt: skip


def test_the_tariff_of_others_or_of_another_currency_is_refused(station, rival_site, ada):
    session = ended(station, tariff=tariff_at(station.site))
    rate(session)
    with pytest.raises(WrongTariff):
        rate_again(session=session, actor=ada, at=NOON, tariff_version=tariff_at(rival_site, name="Rival"))
    assert versions(session) == [(1, 5, True, "ended")]


def test_what_was_never_rated_is_found_by_the_sweep(station):
    session = ended(station, tariff=tariff_at(station.site))
    assert rate_missed_sessions(at=NOON + HOUR) == 1
    assert rate_missed_sessions(at=NOON + HOUR) == 0
    assert versions(session) == [(1, 5, True, "ended")]


def test_many_sessions_cost_as_many_queries_as_one(station, django_assert_max_num_queries):
    plan = tariff_at(station.site)
    sessions = [ended(station, tariff=plan) for _ in range(20)]
    with django_assert_max_num_queries(11):
        assert len(rate(*sessions).written) == 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_raters_write_one_version(station):
    plan = tariff_at(station.site)
    sessions = [ended(station, tariff=plan) for _ in range(5)]
    first, second = together(lambda: rate(*sessions), lambda: rate(*reversed(sessions)))
    assert len(first.written) + len(second.written) == 5
    ChargingSession.objects.update(energy_wh=20_000)
    together(*[lambda: rate(*sessions)] * 4)
    assert [versions(session) for session in sessions] == [[(1, 5, False, "ended"), (2, 10, True, "facts")]] * 5
    assert OutboxEvent.objects.filter(name="session.rated").count() == 10
