"""The page of a site's QR codes and the sheet of stickers."""

import pytest
from django.urls import reverse

from apps.invoicing.models import QrCode
from apps.portal.guests.stickers import qr_svg, stickers_of
from tests.factories.chargers import StationFactory


@pytest.fixture
def station(harbour):
    return StationFactory(site=harbour, identity="HAR-01", name="Quay 1", evses=2)


def test_codes_are_made_and_listed_with_their_address(client, ada, harbour, station):
    client.force_login(ada)
    page = reverse("portal:site-qr", args=[harbour.pk])
    assert "No codes yet" in client.get(page).content.decode()
    client.post(reverse("portal:site-qr-make", args=[harbour.pk]))
    codes = list(QrCode.objects.in_use())
    shown = client.get(page).content.decode()
    assert len(codes) == 2
    assert all(f"http://testserver/q/{code.code}/" in shown for code in codes)


def test_a_replaced_code_is_no_longer_printed(client, ada, harbour, station):
    client.force_login(ada)
    client.post(reverse("portal:site-qr-make", args=[harbour.pk]))
    old = QrCode.objects.in_use().get(evse__number=1)
    client.post(reverse("portal:qr-renew", args=[old.evse_id]))
    printed = {sticker.code.code for sticker in stickers_of(harbour, "https://charge.example")}
    assert old.code not in printed
    assert len(printed) == 2


def test_the_sheet_is_a_pdf_for_those_who_see_the_site(client, ada, otto, harbour, station):
    client.force_login(ada)
    client.post(reverse("portal:site-qr-make", args=[harbour.pk]))
    sheet = reverse("portal:site-qr-sheet", args=[harbour.pk])
    answer = client.get(sheet)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    client.force_login(otto)
    assert client.get(sheet).status_code == 404


def test_a_sticker_carries_the_address_as_a_picture_and_in_letters(client, ada, harbour, station):
    client.force_login(ada)
    client.post(reverse("portal:site-qr-make", args=[harbour.pk]))
    sticker = stickers_of(harbour, "https://charge.example")[0]
    assert sticker.url == f"https://charge.example/q/{sticker.code.code}/"
    assert sticker.short_url == f"charge.example/q/{sticker.code.code}"
    assert sticker.qr == qr_svg(sticker.url)
    assert sticker.qr.startswith("<svg")
