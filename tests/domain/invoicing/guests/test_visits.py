"""A guest's visit through the services: the good way, and every way on which it comes to nothing."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail

from apps.chargers.choices import CommandState
from apps.chargers.models import StationCommand, StationConnection
from apps.drivers.models import IdToken
from apps.invoicing.choices import Availability
from apps.invoicing.engine.guests import HOLD_FOR, PAY_WITHIN, PLUG_IN_WITHIN, SILENT_AFTER
from apps.invoicing.models import GuestVisit, Invoice, LedgerEntry, Payment
from apps.invoicing.services.guests.beginning import (
    MOST_PER_ORIGIN,
    NotOffered,
    OfferChanged,
    TooManyVisits,
    ask_for_end,
)
from apps.invoicing.services.guests.driving import drive_due, drive_visit
from apps.invoicing.services.guests.links import LinkSpent, new_link, use_link
from apps.invoicing.services.guests.offers import find_code, offer_at
from apps.invoicing.services.guests.refunding import refund_visit
from apps.invoicing.services.guests.starting import stop_stray
from apps.sessions.models import ChargingSession
from tests.domain.invoicing.guests.conftest import MINUTE
from tests.factories.billing import SiteTermsFactory
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import tariff_at

HOUR = timedelta(hours=1)


def assert_nothing_kept(point, visit: GuestVisit) -> None:
    """No money with us, none held at the provider, no receipt, and nobody can start with the token."""
    payment = Payment.objects.get(pk=visit.payment_id)
    held = point.held(visit)
    assert payment.captured_amount - payment.refunded_amount == 0
    assert held.captured - held.refunded == 0
    assert held.phase in ("released", "failed", "captured")
    assert visit.receipt_id is None
    assert not IdToken.objects.filter(value=visit.token_value).exists()
    assert visit.due_at is None


# --- the good way -------------------------------------------------------------------------------------------


def test_what_was_charged_is_captured_and_receipted_to_the_cent(point):
    visit, session = point.charging()
    point.end(session, energy_wh=8_421)
    visit = drive_visit(visit.pk, at=NOON + HOUR)
    receipt = Invoice.objects.get(pk=visit.receipt_id)
    assert (visit.state, receipt.kind, receipt.state) == ("paid", "receipt", "paid")
    # 8.421 kWh at 0.50 are 4.21 net; 19 % of that are 0.80.
    assert (receipt.net, receipt.tax, receipt.gross) == (Decimal("4.21"), Decimal("0.80"), Decimal("5.01"))
    held = point.held(visit)
    assert (held.phase, held.authorised, held.captured) == ("captured", visit.hold_amount, Decimal("5.01"))
    assert receipt.open_amount == 0
    assert Payment.objects.get(pk=visit.payment_id).allocated_amount == Decimal("5.01")


def test_the_books_balance_after_a_visit(point):
    visit, session = point.charging()
    point.end(session, energy_wh=8_421)
    drive_visit(visit.pk, at=NOON + HOUR)
    balances = {}
    for entry in LedgerEntry.objects.select_related("debit", "credit"):
        balances[entry.debit.kind] = balances.get(entry.debit.kind, 0) + entry.amount
        balances[entry.credit.kind] = balances.get(entry.credit.kind, 0) - entry.amount
    assert balances == {
        "receivable": Decimal(0), "revenue": Decimal("-4.21"), "vat": Decimal("-0.80"), "bank": Decimal("5.01"),
    }  # fmt: skip


def test_driving_again_changes_nothing(point):
    visit, session = point.charging()
    point.end(session, energy_wh=8_421)
    first = drive_visit(visit.pk, at=NOON + HOUR)
    second = drive_visit(visit.pk, at=NOON + 2 * HOUR)
    assert (first.state, first.receipt_id) == (second.state, second.receipt_id)
    assert Invoice.objects.count() == 1


def test_the_charger_is_asked_once_with_a_token_that_every_version_can_carry(point):
    visit = point.started()
    drive_visit(visit.pk, at=NOON)
    (command,) = StationCommand.objects.filter(name="RequestStartTransaction")
    assert command.arguments["evse_id"] == 1
    assert command.arguments["id_token"] == visit.token_value
    assert len(visit.token_value) <= 20
    assert IdToken.objects.get(value=visit.token_value).expires_at > NOON + PLUG_IN_WITHIN


def test_a_guest_who_stops_has_the_charger_asked(point):
    visit, session = point.charging()
    ask_for_end(visit=visit, at=NOON + 3 * MINUTE)
    drive_visit(visit.pk, at=NOON + 3 * MINUTE)
    drive_visit(visit.pk, at=NOON + 4 * MINUTE)
    (command,) = StationCommand.objects.filter(name="RequestStopTransaction")
    assert command.arguments == {"transaction_id": session.transaction_id}
    drive_visit(visit.pk, at=NOON + 6 * MINUTE)  # nothing came of it: asked again
    assert StationCommand.objects.filter(name="RequestStopTransaction").count() == 2


def test_a_session_is_stopped_before_it_costs_more_than_is_held(point):
    visit, session = point.charging()
    # 25.00 are held: 42.0 kWh gross at 0.595. At 60 kW three minutes are 3 kWh.
    assert visit.hold_amount == Decimal("25.00")
    later = NOON + 40 * MINUTE
    ChargingSession.objects.filter(pk=session.pk).update(
        energy_wh=38_000, meter_last_at=later, last_value_at=later, power_w=60_000
    )
    drive_visit(visit.pk, at=later)
    assert not StationCommand.objects.filter(name="RequestStopTransaction").exists()
    ChargingSession.objects.filter(pk=session.pk).update(energy_wh=39_200)
    visit = drive_visit(visit.pk, at=later)
    assert StationCommand.objects.filter(name="RequestStopTransaction").count() == 1
    assert visit.explanation == "It was stopped before the cost exceeded the authorised amount."


def test_what_a_slow_charger_gave_too_much_is_not_charged(point):
    visit, session = point.charging()
    point.end(session, energy_wh=50_000)  # 29.75 gross
    visit = drive_visit(visit.pk, at=NOON + HOUR)
    receipt = Invoice.objects.get(pk=visit.receipt_id)
    assert visit.state == "paid"
    assert receipt.payable == point.held(visit).captured
    assert Decimal("24.98") <= receipt.payable <= visit.hold_amount
    assert [line.kind for line in receipt.lines.order_by("position")] == ["session", "discount"]


# --- every way that comes to nothing ------------------------------------------------------------------------


def test_a_guest_who_never_pays_is_forgotten(point):
    visit = point.begin()
    visit = drive_visit(visit.pk, at=NOON + PAY_WITHIN)
    assert visit.state == "abandoned"
    assert_nothing_kept(point, visit)


def test_a_declined_card_ends_as_such(point):
    visit = point.begin()
    point.pay(visit, agrees=False)
    assert drive_visit(visit.pk, at=NOON).state == "paying"  # another card may be tried on the provider's page
    visit = drive_visit(visit.pk, at=NOON + PAY_WITHIN)
    assert visit.state == "failed"
    assert_nothing_kept(point, visit)


def test_a_charger_that_refuses_costs_nothing(point):
    visit = point.started()
    point.answer(visit, CommandState.REJECTED, status_word="Rejected", explanation="The charger answered “Rejected”.")
    visit = drive_visit(visit.pk, at=NOON + MINUTE)
    assert (visit.state, visit.explanation) == ("refused", "The charger answered “Rejected”.")
    assert_nothing_kept(point, visit)
    assert "Nothing was charged" in mail.outbox[-1].body


def test_a_charger_that_does_not_answer_costs_nothing(point):
    visit = point.started()
    point.answer(visit, CommandState.TIMED_OUT)
    visit = drive_visit(visit.pk, at=NOON + MINUTE)
    assert visit.state == "unreachable"
    assert_nothing_kept(point, visit)


def test_nobody_plugs_in(point):
    visit = point.started()
    point.answer(visit, CommandState.ACCEPTED)
    assert drive_visit(visit.pk, at=NOON + PLUG_IN_WITHIN - timedelta(seconds=1)).state == "starting"
    visit = drive_visit(visit.pk, at=NOON + PLUG_IN_WITHIN)
    assert visit.state == "unplugged"
    assert_nothing_kept(point, visit)


def test_a_guest_who_gives_up_before_it_began_pays_nothing(point):
    visit = point.started()
    ask_for_end(visit=visit, at=NOON + MINUTE)
    visit = drive_visit(visit.pk, at=NOON + MINUTE)
    assert visit.state == "cancelled"
    assert_nothing_kept(point, visit)


def test_no_energy_costs_nothing_even_where_the_session_has_a_fee(point):
    tariff_at(point.evse.station.site, name="Fee", per_kwh="0.50", fee="1.00", vat="19", valid_from=NOON - HOUR)
    visit, session = point.charging()
    point.end(session, energy_wh=0)
    visit = drive_visit(visit.pk, at=NOON + HOUR)
    assert visit.state == "nothing"
    assert_nothing_kept(point, visit)


@pytest.mark.parametrize("flag", ["meter_backwards", "meter_implausible", "start_missing"])
def test_a_meter_in_doubt_charges_nothing(point, flag):
    visit, session = point.charging()
    point.end(session, energy_wh=8_000, state="review", flags=[flag])
    visit = drive_visit(visit.pk, at=NOON + HOUR)
    assert visit.state == "doubtful"
    assert_nothing_kept(point, visit)


def test_a_charger_that_vanishes_is_billed_for_what_its_meter_told(point):
    visit, session = point.charging()
    ChargingSession.objects.filter(pk=session.pk).update(
        energy_wh=4_000, meter_start_wh=0, meter_last_wh=4_000, meter_last_at=NOON + 30 * MINUTE,
        last_value_at=NOON + 30 * MINUTE,
    )  # fmt: skip
    StationConnection.objects.update(is_online=False)
    silent = NOON + 30 * MINUTE + SILENT_AFTER
    assert drive_visit(visit.pk, at=silent - MINUTE).state == "charging"
    visit = drive_visit(visit.pk, at=silent)
    assert visit.state == "paid"
    assert point.held(visit).captured == Decimal("2.38")


def test_a_session_that_never_ends_is_closed_before_the_hold_lapses(point):
    visit, _session = point.charging()
    visit = drive_visit(visit.pk, at=NOON + HOLD_FOR)
    assert visit.state == "nothing"
    assert_nothing_kept(point, visit)


def test_a_payment_that_comes_through_too_late_goes_back(point):
    visit = point.begin()
    GuestVisit.objects.filter(pk=visit.pk).update(state="abandoned", due_at=None, ended_at=NOON)
    Payment.objects.filter(pk=visit.payment_id).update(state="authorised", authorised_amount=visit.hold_amount)
    point.pay(visit)
    assert drive_due(at=NOON + HOUR) == 1
    assert_nothing_kept(point, GuestVisit.objects.get(pk=visit.pk))
    assert point.held(visit).phase == "released"


def test_a_message_of_the_provider_that_is_lost_is_asked_for(point):
    visit = point.begin()
    point.pay(visit)  # nobody tells us
    assert drive_visit(visit.pk, at=NOON).state == "starting"


def test_a_provider_that_is_away_is_asked_again(point, settings):
    visit = point.started()
    point.answer(visit, CommandState.REJECTED)
    settings.DUMMY_PAYMENTS = "away"
    visit = drive_visit(visit.pk, at=NOON + MINUTE)
    assert (visit.state, visit.ending) == ("releasing", "refused")
    assert "does not answer" in visit.problem
    settings.DUMMY_PAYMENTS = ""
    assert drive_due(at=NOON + HOUR) == 1
    visit.refresh_from_db()
    assert visit.state == "refused"
    assert_nothing_kept(point, visit)


# --- two of them ----------------------------------------------------------------------------------------------


def test_a_double_tap_is_one_visit_and_one_payment(point):
    key = uuid.uuid4()
    first, second = point.begin(form_key=key), point.begin(form_key=key)
    assert first == second
    assert Payment.objects.count() == 1
    assert first.pay_url == second.pay_url


def test_the_second_of_two_who_paid_gets_the_money_back(point):
    quick, slow = point.begin(), point.begin(email="slow@example.com")
    point.pay(quick)
    point.pay(slow)
    assert drive_visit(quick.pk, at=NOON).state == "starting"
    slow = drive_visit(slow.pk, at=NOON)
    assert slow.state == "taken"
    assert_nothing_kept(point, slow)


def test_nobody_begins_where_somebody_charges(point):
    SessionFactory(station=point.evse.station, evse_number=1)
    with pytest.raises(NotOffered):
        point.begin()
    assert not GuestVisit.objects.exists()


def test_a_session_that_begins_after_the_visit_is_stopped_and_costs_nothing(point):
    visit = point.started()
    drive_visit(visit.pk, at=NOON + PLUG_IN_WITHIN)
    session = point.plug_in(visit, at=NOON + PLUG_IN_WITHIN + MINUTE, remote_start_command=None)
    assert stop_stray(session_id=session.pk, at=NOON + PLUG_IN_WITHIN + MINUTE)
    assert StationCommand.objects.filter(name="RequestStopTransaction").count() == 1
    assert GuestVisit.objects.get(pk=visit.pk).session_id is None


def test_a_session_of_its_own_visit_is_no_stray(point):
    _visit, session = point.charging()
    assert not stop_stray(session_id=session.pk, at=NOON + HOUR)


def test_whoever_tries_too_often_has_to_wait(point):
    for number in range(MOST_PER_ORIGIN):
        point.begin(email=f"g{number}@example.com")
    with pytest.raises(TooManyVisits):
        point.begin()
    point.begin(origin="fedcba9876543210")
    point.begin(at=NOON + timedelta(minutes=11))


# --- what is offered ------------------------------------------------------------------------------------------


def offer(point, at=NOON):
    return offer_at(find_code(point.code.code), at=at)


def test_the_price_stands_before_anything_gross_and_in_the_order_of_afir(point):
    site = point.evse.station.site
    tariff_at(site, name="All", per_kwh="0.50", per_h="6.00", fee="0.30", vat="19", valid_from=NOON - HOUR)
    prices = [(line.price, line.unit) for line in offer(point).prices]
    assert prices == [(Decimal("0.5950"), "kWh"), (Decimal("0.1190"), "min"), (Decimal("0.3570"), "session")]


@pytest.mark.parametrize(
    ("status", "availability"),
    [
        ("Available", Availability.FREE), ("Preparing", Availability.PLUGGED_IN), ("Occupied", Availability.PLUGGED_IN),
        ("Charging", Availability.BUSY), ("Finishing", Availability.BUSY), ("Reserved", Availability.RESERVED),
        ("Unavailable", Availability.OUT_OF_ORDER), ("Faulted", Availability.OUT_OF_ORDER),
    ],
)  # fmt: skip
def test_availability_is_what_the_charger_says(point, status, availability):
    point.evse.connectors.update(status=status)
    assert offer(point).availability == availability


def test_an_offline_charger_is_not_offered(point):
    StationConnection.objects.update(is_online=False)
    assert offer(point).availability == Availability.OFFLINE


def test_a_site_without_issuer_or_price_is_not_open_to_guests(point):
    station = OnlineStationFactory(site__organisation=point.evse.station.site.organisation)
    from apps.invoicing.services.guests.codes import make_codes

    code = make_codes(site=station.site, actor=None, at=NOON)[0]
    assert offer_at(find_code(code.code), at=NOON).reason == "There is no price for guests at this place."
    tariff_at(station.site, name="Other")
    assert "receipts" in offer_at(find_code(code.code), at=NOON).reason
    SiteTermsFactory(site=station.site)
    assert offer_at(find_code(code.code), at=NOON).is_open


def test_a_site_that_admits_by_rule_asks_before_anybody_pays(point):
    site = point.evse.station.site
    site.access_policy = "by_rule"
    site.save()
    assert offer(point).reason == "This place is not open to guests now."


def test_a_price_that_changed_meanwhile_is_agreed_to_anew(point):
    shown = offer(point).tariff_version.pk
    tariff_at(point.evse.station.site, name="Dearer", per_kwh="0.90", valid_from=NOON - MINUTE)
    with pytest.raises(OfferChanged):
        point.begin(tariff_version_id=shown)


# --- the way back ---------------------------------------------------------------------------------------------


def test_the_link_in_the_mail_opens_once(point):
    visit = point.started()
    (message,) = mail.outbox
    token = message.body.split("/q/link/")[1].split("/")[0]
    assert visit.link_hash
    assert token not in visit.link_hash
    assert use_link(token, at=NOON) == visit
    with pytest.raises(LinkSpent):
        use_link(token, at=NOON)


def test_a_link_dies_after_a_day_by_a_newer_one_and_without_our_signature(point):
    visit = point.started()
    old = new_link(visit, at=NOON)
    new = new_link(visit, at=NOON)
    for token, at in ((old, NOON), (new, NOON + timedelta(days=1)), (new[:-1] + "x", NOON), ("nonsense", NOON)):
        with pytest.raises(LinkSpent):
            use_link(token, at=at)


# --- a person gives it back -------------------------------------------------------------------------------------


def test_a_refund_credits_the_receipt_and_gives_the_money_back_once(point):
    visit, session = point.charging()
    point.end(session, energy_wh=8_421)
    visit = drive_visit(visit.pk, at=NOON + HOUR)
    refund_visit(visit=visit, reason="Goodwill", actor=None, at=NOON + HOUR)
    payment = Payment.objects.get(pk=visit.payment_id)
    assert (payment.captured_amount, payment.refunded_amount) == (Decimal("5.01"), Decimal("5.01"))
    assert point.held(visit).refunded == Decimal("5.01")
    assert Invoice.objects.get(kind="credit_note").gross == Decimal("5.01")
    assert Invoice.objects.get(pk=visit.receipt_id).state == "settled"
