"""Issuers: added, changed and given to sites, with numbers that are checked."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.invoicing.models import InvoiceSeries, Issuer, SiteTerms
from tests.factories.billing import IssuerFactory, PeriodFactory, SiteTermsFactory

pytestmark = pytest.mark.django_db

VALUES = {
    "name": "Stadtstrom GmbH", "street": "Hauptstraße 1", "postal_code": "10117", "city": "Berlin", "country": "de",
    "vat_id": "DE 136 695 976", "email": "billing@example.com", "iban": "DE89 3704 0044 0532 0130 00",
    "invoice_prefix": "R", "credit_prefix": "G", "receipt_prefix": "B", "payment_days": "14", "return_fee": "3.50",
    "dunning": "7 0.00\n21 5,00", "time_zone": "Europe/Berlin", "language": "de",
}  # fmt: skip


@pytest.fixture
def finance(client, finn):
    client.force_login(finn)
    return client


def send(client, organisation, **values):
    return client.post(reverse("portal:issuer-new"), VALUES | {"organisation": organisation.pk} | values)


def test_an_issuer_is_added_with_its_numbers_made_plain(finance, harbour):
    assert send(finance, harbour.organisation).status_code == 302
    issuer = Issuer.objects.get()
    assert (issuer.vat_id, issuer.iban, issuer.country) == ("DE136695976", "DE89370400440532013000", "DE")
    assert issuer.bic == "COBADEFFXXX"
    assert issuer.dunning == [{"after_days": 7, "fee": "0.00"}, {"after_days": 21, "fee": "5.00"}]
    assert issuer.return_fee == Decimal("3.50")
    assert AuditEntry.objects.get().action == "issuer.created"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("iban", "DE89 3704 0044 0532 0130 01", "not an IBAN"),
        ("bic", "NO", "not a BIC"),
        ("vat_id", "DE136695977", "not a VAT number"),
        ("vat_id", "", "VAT number or a tax number"),
        ("dunning", "soon", "not days and a fee"),
        ("dunning", "21 5.00\n7 0.00", "later than the one before"),
        ("time_zone", "Mars/Olympus", "not a known time zone"),
        ("country", "Germany", ""),
        ("payment_days", "-1", ""),
    ],
)
def test_what_cannot_be_right_is_refused_beside_its_field(finance, harbour, field, value, said):
    response = send(finance, harbour.organisation, **{field: value})
    assert response.status_code == 422
    assert said in " ".join(response.context["form"].errors[field])
    assert not Issuer.objects.exists()


def test_two_issuers_of_an_organisation_have_two_names(finance, harbour):
    IssuerFactory(organisation=harbour.organisation, name="Stadtstrom GmbH")
    response = send(finance, harbour.organisation)
    assert response.status_code == 422
    assert response.context["form"].errors["name"] == ["Another issuer of the organisation has this name."]


def test_nobody_adds_an_issuer_to_another_organisation(finance, rival_site):
    assert send(finance, rival_site.organisation).status_code == 422
    assert not Issuer.objects.exists()


def test_a_swiss_issuer_has_a_swiss_number(finance, harbour):
    send(finance, harbour.organisation, country="CH", vat_id="CHE-100.155.212 MWST", iban="CH9300762011623852957")
    assert Issuer.objects.get().vat_id == "CHE100155212"


def test_a_change_is_audited_with_before_and_after(finance, harbour):
    issuer = IssuerFactory(organisation=harbour.organisation, name="Old", vat_id="DE136695976")
    response = finance.post(reverse("portal:issuer-edit", args=[issuer.pk]), VALUES)
    assert response.status_code == 302
    issuer.refresh_from_db()
    assert issuer.name == "Stadtstrom GmbH"
    assert AuditEntry.objects.get(action="issuer.changed").changes["name"] == ["Old", "Stadtstrom GmbH"]


def test_the_form_shows_the_reminders_as_they_are_typed(finance, harbour):
    issuer = IssuerFactory(organisation=harbour.organisation, dunning=[{"after_days": 7, "fee": "2.50"}])
    response = finance.get(reverse("portal:issuer-edit", args=[issuer.pk]))
    assert response.context["form"]["dunning"].value() == "7 2.50"


def test_the_page_shows_sites_periods_and_the_next_numbers(finance, harbour, linden_court):
    issuer = SiteTermsFactory(site=harbour).issuer
    PeriodFactory(issuer=issuer)
    year = finance.get(reverse("portal:issuer", args=[issuer.pk])).content.decode()
    assert harbour.name in year
    assert "March 2026" in year
    assert linden_court.name in year
    assert "-000001" in year


@time_machine.travel("2026-06-01T12:00:00Z", tick=False)
def test_the_next_number_follows_the_last(finance, harbour):
    issuer = SiteTermsFactory(site=harbour).issuer
    InvoiceSeries.objects.create(issuer=issuer, kind="invoice", year=2026, last_number=41)
    page = finance.get(reverse("portal:issuer", args=[issuer.pk])).content.decode()
    assert "R2026-000042" in page
    assert "G2026-000001" in page


def test_a_site_is_given_to_an_issuer_with_the_owner_s_share(finance, harbour):
    issuer = IssuerFactory(organisation=harbour.organisation)
    response = finance.post(
        reverse("portal:site-terms", args=[harbour.pk]),
        {"issuer": issuer.pk, "owner_name": "Hafen AG", "share_percent": "12.5", "share_per_kwh": "0.0200"},
    )
    assert response.status_code == 302
    terms = SiteTerms.objects.get(site=harbour)
    assert (terms.issuer, terms.owner_name, terms.share_percent) == (issuer, "Hafen AG", Decimal("12.50"))
    assert AuditEntry.objects.get(action="site.terms_changed").changes["owner_name"] == [None, "Hafen AG"]


def test_a_site_is_not_given_to_another_organisation_s_issuer(finance, harbour):
    IssuerFactory(organisation=harbour.organisation)
    response = finance.post(
        reverse("portal:site-terms", args=[harbour.pk]),
        {"issuer": IssuerFactory().pk, "share_percent": "0", "share_per_kwh": "0"},
    )
    assert response.status_code == 422
    assert not SiteTerms.objects.exists()


@pytest.mark.parametrize("share", ["-1", "101"])
def test_a_share_is_between_nothing_and_all(finance, harbour, share):
    issuer = IssuerFactory(organisation=harbour.organisation)
    response = finance.post(
        reverse("portal:site-terms", args=[harbour.pk]),
        {"issuer": issuer.pk, "share_percent": share, "share_per_kwh": "0"},
    )
    assert response.status_code == 422
    assert not SiteTerms.objects.exists()


def test_without_an_issuer_the_form_says_the_next_step(finance, harbour):
    assert b"Add an issuer first" in finance.get(reverse("portal:site-terms", args=[harbour.pk])).content
