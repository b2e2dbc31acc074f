"""The pages behind a sticker, as a browser without script sees them."""

import uuid

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.chargers.models import StationConnection
from apps.invoicing.models import GuestVisit
from apps.invoicing.services.guests.driving import drive_visit
from apps.invoicing.services.guests.links import new_link
from apps.portal.guests.public import COOKIE
from tests.factories.chargers import NOON


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)


pytestmark = pytest.mark.usefixtures("clock")


def offer_url(point) -> str:
    return reverse("portal:guest-offer", args=[point.code.code])


def begin(client: Client, point, email="guest@example.com"):
    """Fill the form in as it is shown, and send it."""
    form = client.get(offer_url(point)).context["form"]
    fields = {"email": email, "form_key": form.initial["form_key"], "price": form.initial["price"]}
    return client.post(offer_url(point), fields), fields


def visit_page(visit: GuestVisit) -> str:
    return reverse("portal:guest-visit", args=[visit.public_id])


def test_the_price_and_what_is_authorised_stand_before_the_form(client, point):
    page = client.get(offer_url(point)).content.decode()
    places = [page.index(words) for words in ("0.595", "All prices include VAT", "are authorised", "Pay and start")]
    assert places == sorted(places)
    assert "25.00\u00a0" in page


def test_an_unknown_code_is_not_found(client, point):
    assert client.get(reverse("portal:guest-offer", args=["nobody-s"])).status_code == 404


def test_where_nobody_can_begin_no_form_is_shown_but_the_price(client, point):
    StationConnection.objects.update(is_online=False)
    page = client.get(offer_url(point)).content.decode()
    assert "The charger has no connection at the moment" in page
    assert "0.595" in page
    assert "Pay and start" not in page


def test_paying_leads_to_the_provider_and_back_to_the_visit(client, point):
    answer, _ = begin(client, point)
    visit = GuestVisit.objects.get()
    assert answer["Location"] == visit.pay_url
    point.pay(visit)
    drive_visit(visit.pk, at=NOON)
    page = client.get(visit_page(visit)).content.decode()
    assert "Plug in now" in page


def test_a_double_tap_begins_once(client, point):
    first, fields = begin(client, point)
    second = client.post(offer_url(point), fields)
    assert first["Location"] == second["Location"]
    assert GuestVisit.objects.count() == 1


def test_a_wrong_address_is_kept_and_said(client, point):
    answer, _ = begin(client, point, email="nobody")
    assert answer.status_code == 422
    assert "Enter a valid email address" in answer.content.decode()
    assert 'value="nobody"' in answer.content.decode()
    assert not GuestVisit.objects.exists()


def test_another_browser_is_asked_for_the_address_and_sees_nothing(client, point):
    begin(client, point)
    visit = GuestVisit.objects.get()
    stranger = Client()
    for name in ("guest-visit", "guest-receipt", "guest-end"):
        answer = stranger.post(url) if "end" in (url := reverse(f"portal:{name}", args=[visit.public_id])) else None
        answer = answer or stranger.get(url)
        assert answer["Location"] == reverse("portal:guest-link-new", args=[visit.public_id])
    visit.refresh_from_db()
    assert visit.wants_end_at is None


def test_a_forged_cookie_opens_nothing(client, point):
    begin(client, point)
    visit = GuestVisit.objects.get()
    stranger = Client()
    stranger.cookies[COOKIE] = f"{visit.public_id}:forged:signature"
    assert stranger.get(visit_page(visit)).status_code == 302


def test_a_new_link_goes_to_the_address_that_was_given_alone(client, point):
    visit = point.started()
    mail.outbox.clear()
    GuestVisit.objects.update(link_sent_at=None)
    url = reverse("portal:guest-link-new", args=[visit.public_id])
    told = client.post(url, {"email": "somebody@example.com"}).content.decode()
    assert mail.outbox == []
    same = client.post(url, {"email": "gast@example.com"}).content.decode()
    assert [message.to for message in mail.outbox] == [["Gast@example.com"]]
    assert told == same
    client.post(url, {"email": "gast@example.com"})
    assert len(mail.outbox) == 1  # one a minute


def test_a_link_is_opened_by_a_person_not_by_a_program_that_looks(client, point):
    visit = point.started()
    url = reverse("portal:guest-link", args=[new_link(visit, at=NOON)])
    assert client.get(url).status_code == 200
    assert client.get(url).status_code == 200
    assert client.post(url)["Location"] == visit_page(visit)
    assert client.get(visit_page(visit)).status_code == 200
    assert Client().post(url).status_code == 410


def test_the_guest_stops_by_a_plain_form(client, point):
    begin(client, point)
    visit = GuestVisit.objects.get()
    answer = client.post(reverse("portal:guest-end", args=[visit.public_id]))
    assert answer["Location"] == visit_page(visit)
    visit.refresh_from_db()
    assert visit.wants_end_at == NOON


def test_whoever_scans_again_finds_the_way_back(client, point):
    begin(client, point)
    visit = GuestVisit.objects.get()
    point.pay(visit)
    drive_visit(visit.pk, at=NOON)
    page = client.get(offer_url(point)).content.decode()
    assert "Back to my charging" in page
    assert "Back to my charging" not in Client().get(offer_url(point)).content.decode()


def test_addresses_hold_nothing_personal(client, point):
    answer, _ = begin(client, point, email="otto.normal@example.com")
    visit = GuestVisit.objects.get()
    assert "otto" not in answer["Location"] + visit_page(visit) + visit.pay_url
    assert uuid.UUID(str(visit.public_id)).version == 4


# --- for operators --------------------------------------------------------------------------------------------


def test_operators_see_state_money_and_evidence(client, finn, point):
    visit, session = point.charging()
    finn.memberships.update(organisation=visit.site.organisation)
    point.end(session, energy_wh=8_421)
    visit = drive_visit(visit.pk, at=NOON)
    client.force_login(finn)
    listed = client.get(reverse("portal:guest-visits")).content.decode()
    assert "5.01" in listed
    assert "8.42" in listed
    page = client.get(reverse("portal:guest", args=[visit.pk])).content.decode()
    assert visit.receipt.number in page
    assert reverse("portal:session", args=[session.pk]) in page


def test_support_looks_and_finance_gives_back(client, sue, finn, point):
    visit, session = point.charging()
    for person in (sue, finn):
        person.memberships.update(organisation=visit.site.organisation)
    point.end(session, energy_wh=8_421)
    visit = drive_visit(visit.pk, at=NOON)
    url = reverse("portal:guest-refund", args=[visit.pk])
    client.force_login(sue)
    assert client.post(url, {"reason": "Goodwill"}).status_code == 403
    client.force_login(finn)
    assert client.post(url, {"reason": "Goodwill"}).status_code == 302
    assert point.held(visit).refunded == point.held(visit).captured
