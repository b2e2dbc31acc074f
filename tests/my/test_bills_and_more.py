"""People's own bills, budget, vehicles and data, and how they come in."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from apps.accounts.models import User
from apps.chargers.models import StationCommand
from apps.drivers.models import BillingAccount, Driver, DriverNotice, DriverSettings, Invitation
from apps.drivers.services.invitations import (
    InvitationOver,
    UnableToInvite,
    accept_invitation,
    find_invitation,
    invite_driver,
    token_of,
)
from apps.drivers.services.notices import MAX_ATTEMPTS, send_due_notices, tell_driver
from apps.drivers.services.tokens import report_token_lost
from apps.invoicing.models import InvoiceDocument, Mandate, Payment
from apps.sessions.services.budgets import spent_in_month, tell_of_session
from tests.factories.billing import BillingAccountFactory, CdrFactory, InvoiceFactory, SiteTermsFactory, VehicleFactory
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def half_past_noon():
    with time_machine.travel(NOON + timedelta(minutes=30), tick=False):
        yield


@pytest.fixture
def account(voltwerk, rita):
    return BillingAccountFactory(organisation=voltwerk, user=rita, name="Rita")


@pytest.fixture
def driver(voltwerk, linden_court, rita, account):
    return DriverFactory(
        organisation=voltwerk, name="Rita", user=rita, home_site=linden_court, account=account, email="r@example.com"
    )


@pytest.fixture
def bill(account):
    bill = InvoiceFactory(issuer__organisation=account.organisation, account=account, number="R2026-000017")
    InvoiceDocument.objects.create(invoice=bill, kind="pdf", content=b"%PDF-1.7 Rita", sha256="0" * 64)
    return bill


def page(client, route, *arguments) -> str:
    answer = client.get(reverse(f"portal:{route}", args=arguments))
    assert answer.status_code == 200
    return answer.content.decode()


def test_bills_show_what_is_open_and_drafts_are_nobodys(client, rita, bill, account):
    InvoiceFactory(issuer=bill.issuer, account=account)
    client.force_login(rita)
    text = page(client, "my-bills")
    assert "R2026-000017" in text
    assert "119.00" in text
    assert "Draft" not in text
    detail = page(client, "my-bill", bill.pk)
    assert "Charging" in detail
    assert "19.00" in detail


def test_the_document_is_what_went_out_and_only_the_owners(client, rita, bill, otto):
    client.force_login(rita)
    answer = client.get(reverse("portal:my-document", args=[bill.pk, "pdf"]))
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 Rita", "application/pdf")
    assert client.get(reverse("portal:my-document", args=[bill.pk, "xml"])).status_code == 404
    BillingAccount.objects.update(user=None)
    assert client.get(reverse("portal:my-document", args=[bill.pk, "pdf"])).status_code == 404
    assert client.get(reverse("portal:my-bill", args=[bill.pk])).status_code == 404


def test_a_running_session_is_stopped_by_its_driver(client, rita, driver, linden_court):
    station = OnlineStationFactory(site=linden_court, identity="LC-1")
    own = SessionFactory(station=station, driver=driver, transaction_id="T-1")
    others = SessionFactory(station=station, evse_number=2)
    client.force_login(rita)
    assert client.post(reverse("portal:my-stop", args=[others.pk])).status_code == 404
    assert not StationCommand.objects.exists()
    assert client.post(reverse("portal:my-stop", args=[own.pk])).status_code == 302
    command = StationCommand.objects.get()
    assert (command.name, command.arguments["transaction_id"]) == ("RequestStopTransaction", "T-1")


def test_the_budget_warns_once_at_each_step_and_the_mail_goes_out(driver, linden_court):
    DriverSettings.objects.create(driver=driver, monthly_budget=Decimal("10"))
    for index in range(3):  # 4.76 each
        session = SessionFactory(
            station=OnlineStationFactory(site=linden_court), driver=driver, state="ended",
            started_at=NOON - timedelta(hours=1), ended_at=NOON, energy_wh=10_000,
        )  # fmt: skip
        cdr = CdrFactory(session=session, driver=driver, account=driver.account)
        tell_of_session(cdr_id=cdr.pk, at=NOON)
        tell_of_session(cdr_id=cdr.pk, at=NOON)
        assert DriverNotice.objects.count() == index
    month = f"{NOON:%B}"
    assert [notice.subject for notice in DriverNotice.objects.order_by("pk")] == [
        f"Your charging budget of {month} is spent to 80 %",
        f"Your charging budget of {month} is spent",
    ]
    spent = spent_in_month(driver_id=driver.pk, first_day=NOON.date().replace(day=1), currency=cdr.currency)
    assert spent == Decimal("14.28")
    assert send_due_notices(at=NOON) == 2
    assert send_due_notices(at=NOON + timedelta(days=1)) == 0
    assert [message.to for message in mail.outbox] == [[driver.user.email]] * 2


def test_a_mail_that_is_refused_is_tried_again_and_given_up_visibly(driver, settings):
    settings.EMAIL_BACKEND = "tests.support.mail.RefusingBackend"
    tell_driver(driver=driver, kind="card", key="k", subject="S", text="T", at=NOON, by_mail=True)
    at = NOON
    for _ in range(MAX_ATTEMPTS):
        assert send_due_notices(at=at) == 0
        at += timedelta(days=2)
    notice = DriverNotice.objects.get()
    assert (notice.attempts, notice.due_at, notice.sent_at) == (MAX_ATTEMPTS, None, None)
    assert "Given up" in notice.problem


def test_a_lost_card_is_told_of_and_wishes_are_kept(client, rita, driver):
    client.force_login(rita)
    client.post(reverse("portal:my-wishes", args=[driver.pk]), {"monthly_budget": "25.50", "mails_card": ""})
    wishes = DriverSettings.objects.get()
    assert (wishes.monthly_budget, wishes.mails_card) == (Decimal("25.50"), False)
    report_token_lost(token=IdTokenFactory(organisation=driver.organisation, driver=driver, label="Blue"), actor=rita)
    notice = DriverNotice.objects.get()
    assert (notice.subject, notice.due_at) == ("Your card Blue is reported lost and refused from now on", None)
    text = page(client, "my-more")
    assert "25.50" in text
    assert "Your card Blue" in text


def test_vehicles_are_kept_by_their_owner(client, rita, account):
    foreign = VehicleFactory()
    client.force_login(rita)
    client.post(reverse("portal:my-vehicle-new", args=[account.pk]), {"label": "Zoe"})
    zoe = account.vehicles.get()
    client.post(reverse("portal:my-vehicle", args=[zoe.pk]), {"label": "Zoe", "plate": "B-R 1"})
    assert client.post(reverse("portal:my-vehicle-gone", args=[foreign.pk])).status_code == 404
    client.post(reverse("portal:my-vehicle-gone", args=[zoe.pk]))
    zoe.refresh_from_db()
    assert (zoe.plate, zoe.retired_at is None) == ("B-R 1", False)
    assert client.post(reverse("portal:my-vehicle-new", args=[foreign.account.pk]), {"label": "X"}).status_code == 404


def test_the_data_file_holds_ones_own_and_nothing_else(client, rita, driver, bill, linden_court):
    station = OnlineStationFactory(site=linden_court)
    SessionFactory(station=station, driver=driver, transaction_id="MINE")
    SessionFactory(station=station, evse_number=2, transaction_id="THEIRS")
    IdTokenFactory(organisation=driver.organisation, driver=driver, value="04OWN")
    client.force_login(rita)
    answer = client.get(reverse("portal:my-data"))
    data = json.loads(b"".join(answer.streaming_content))
    assert [session["transaction_id"] for session in data["sessions"]] == ["MINE"]
    assert [card["value"] for card in data["cards"]] == ["04OWN"]
    assert [one["number"] for one in data["bills"]] == ["R2026-000017"]
    assert data["person"]["email"] == rita.email


@pytest.fixture
def newcomer(voltwerk, linden_court):
    account = BillingAccountFactory(organisation=voltwerk)
    return DriverFactory(organisation=voltwerk, home_site=linden_court, name="Nele", account=account)


def test_an_invited_driver_joins_once_and_sees_the_own_pages(client, sue, newcomer):
    client.force_login(sue)
    client.post(reverse("portal:driver-invite", args=[newcomer.pk]), {"email": "nele@example.com"})
    (message,) = mail.outbox
    link = next(word for word in message.body.split() if "/join/" in word)
    path = link[link.index("/join/") :]
    client.logout()
    assert "nele@example.com" in client.get(path).content.decode()
    weak = client.post(path, {"name": "Nele", "password": "1234"})
    assert weak.status_code == 422
    assert not User.objects.filter(email="nele@example.com").exists()
    joined = client.post(path, {"name": "Nele", "password": PASSWORD})
    assert (joined.status_code, joined["Location"]) == (302, reverse("portal:my"))
    assert "My charging" in page(client, "my")
    newcomer.refresh_from_db()
    assert (newcomer.user.email, newcomer.account.user) == ("nele@example.com", newcomer.user)
    assert client.get(path).status_code == 410
    assert client.post(path, {"name": "Eve", "password": PASSWORD}).status_code == 410


def test_invitations_end_by_age_by_a_newer_one_and_by_forgery(newcomer, sue):
    first = invite_driver(driver=newcomer, email="a@example.com", actor=sue, at=NOON)
    second = invite_driver(driver=newcomer, email="b@example.com", actor=sue, at=NOON)
    for token, at in (
        (token_of(first), NOON),
        (token_of(second), NOON + timedelta(days=14)),
        (token_of(second)[:-1] + "x", NOON),
        ("", NOON),
    ):
        with pytest.raises(InvitationOver):
            find_invitation(token=token, at=at)
    assert find_invitation(token=token_of(second), at=NOON) == second


def test_an_address_that_signs_in_already_is_not_taken_over(newcomer, sue, otto):
    invitation = invite_driver(driver=newcomer, email=otto.email.upper(), actor=sue, at=NOON)
    with pytest.raises(UnableToInvite, match="signs in already"):
        accept_invitation(token=token_of(invitation), name="Eve", password=PASSWORD, at=NOON)
    newcomer.refresh_from_db()
    assert newcomer.user is None
    assert Invitation.objects.get().accepted_at is None


def test_who_signs_in_or_has_left_is_not_invited(driver, newcomer, sue):
    with pytest.raises(UnableToInvite):
        invite_driver(driver=driver, email="x@example.com", actor=sue, at=NOON)
    Driver.objects.filter(pk=newcomer.pk).update(left_at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(UnableToInvite):
        invite_driver(driver=newcomer, email="x@example.com", actor=sue, at=NOON)
    assert not Invitation.objects.exists()


def test_a_bill_is_paid_on_the_providers_page_and_pressing_twice_is_one_payment(client, rita, bill):
    client.force_login(rita)
    first = client.post(reverse("portal:my-pay", args=[bill.pk]))
    second = client.post(reverse("portal:my-pay", args=[bill.pk]))
    payment = Payment.objects.get()
    assert first["Location"] == second["Location"]
    assert reverse("portal:dummy-payment", args=[payment.provider_ref]) in first["Location"]
    assert (payment.amount, payment.invoice) == (Decimal("119.00"), bill)
    Payment.objects.update(state="failed")
    third = client.post(reverse("portal:my-pay", args=[bill.pk]))
    assert third["Location"] != first["Location"]
    assert Payment.objects.count() == 2


def test_a_direct_debit_is_signed_and_ended_by_its_owner(client, rita, account, linden_court):
    account.home_site = SiteTermsFactory(site=linden_court).site
    account.save()
    client.force_login(rita)
    form = {"holder": "Rita", "iban": "DE89 3704 0044 0532 0130 01", "agrees": "on"}
    wrong = client.post(reverse("portal:my-mandate", args=[account.pk]), form)
    assert wrong.status_code == 422
    assert not Mandate.objects.exists()
    client.post(reverse("portal:my-mandate", args=[account.pk]), form | {"iban": "DE89370400440532013000"})
    mandate = Mandate.objects.get()
    account.refresh_from_db()
    assert (mandate.is_live, account.pay_by) == (True, "direct_debit")
    assert mandate.reference in page(client, "my-more")
    client.post(reverse("portal:my-mandate-end", args=[mandate.pk]))
    mandate.refresh_from_db()
    assert (mandate.is_live, mandate.end_reason) == (False, "Ended by the customer")
