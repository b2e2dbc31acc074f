"""Files of invoices are for those who may see the invoice, and for whoever has a link that we signed."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.invoicing.links import VALID_FOR, signed_path
from apps.invoicing.models import InvoiceDocument
from tests.factories.billing import BillingAccountFactory, InvoiceFactory
from tests.factories.chargers import NOON
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db


def document_at(site, *, user=None, number="R2026/1", kind="pdf") -> InvoiceDocument:
    account = BillingAccountFactory(organisation=site.organisation, user=user)
    invoice = InvoiceFactory(account=account, issuer__organisation=site.organisation, number=number)
    return InvoiceDocument.objects.create(invoice=invoice, kind=kind, content=b"%PDF-bytes")


def test_a_signed_link_needs_no_sign_in(client, harbour):
    response = client.get(signed_path(document_at(harbour)))
    assert response.status_code == 200
    assert response.content == b"%PDF-bytes"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="R2026-1.pdf"'
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_link_that_somebody_altered_leads_nowhere(client, harbour):
    path = signed_path(document_at(harbour))
    signed = path.split("/")[2]
    other = ("A" if signed[0] != "A" else "B") + signed[1:]
    assert client.get(f"/documents/{other}/").status_code == 404
    assert client.get(f"/documents/{signed[:-1]}/").status_code == 404
    assert client.get("/documents/1/").status_code == 404


def test_a_link_expires(client, harbour):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        path = signed_path(document_at(harbour))
    with time_machine.travel(now + VALID_FOR - timedelta(seconds=1), tick=False):
        assert client.get(path).status_code == 200
    with time_machine.travel(now + VALID_FOR + timedelta(seconds=1), tick=False):
        assert client.get(path).status_code == 404


def test_finance_loads_documents_of_its_organisation_only(client, finn, harbour, rival_site):
    client.force_login(finn)
    assert client.get(reverse("portal:invoice-document", args=[document_at(harbour).pk])).status_code == 200
    other = document_at(rival_site)
    assert client.get(reverse("portal:invoice-document", args=[other.pk])).status_code == 404


def test_xml_is_never_shown_by_the_browser(client, finn, harbour):
    client.force_login(finn)
    response = client.get(reverse("portal:invoice-document", args=[document_at(harbour, kind="xml").pk]))
    assert response["Content-Disposition"] == 'attachment; filename="R2026-1.xml"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_how_to_check_meter_values_is_for_everybody(client, db):
    response = client.get(reverse("portal:meter-values"))
    assert response.status_code == 200
    assert b"Transparenzsoftware" in response.content


def test_another_s_meter_data_are_not_there(client, rita):
    client.force_login(rita)
    session = SessionFactory(started_at=NOON)
    assert client.get(reverse("portal:my-meter-data", args=[session.pk])).status_code == 404
