"""Issuers, and which of them bills a site."""

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.accounts.policy import Action, may
from apps.invoicing.choices import InvoiceKind
from apps.invoicing.models import InvoiceSeries, Issuer
from apps.invoicing.services.issuers import create_issuer, edit_issuer, set_site_terms
from apps.portal.issuers.forms import IssuerForm, NewIssuerForm, TermsForm
from apps.portal.issuers.tables import IssuerTable
from apps.portal.kit.views import ActionButton, Attribute, Crumb, DetailView, Empty, FormView, ListView, Panel
from apps.portal.links import page_of
from apps.sites.models import Site
from apps.sites.scope import organisations_in_scope
from apps.tariffs.engine.zones import zone_of

ISSUERS_CRUMB = ("Issuers", "portal:issuers")
_PREFIXES = {
    InvoiceKind.INVOICE: "invoice_prefix",
    InvoiceKind.CREDIT_NOTE: "credit_prefix",
    InvoiceKind.RECEIPT: "receipt_prefix",
}


class IssuerList(ListView):
    action = Action.BILLING_VIEW
    title = "Issuers"
    subtitle = "The companies in whose name bills are written."
    queryset = Issuer.objects.select_related("organisation").annotate(sites_count=Count("sites"))
    table = IssuerTable
    search = ("name", "city", "vat_id")
    empty = Empty(
        "No issuers yet", "Add the company that bills, then say at which sites it does.", icon="building-store"
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.BILLING_EDIT) else "Your role does not add issuers."
        return (
            ActionButton("Add an issuer", reverse("portal:issuer-new"), icon="plus", style="primary", reason=reason),
        )


def load_sites(request, issuer: Issuer) -> dict:
    """Sites that it bills; those of the organisation that nobody bills are named, too."""
    may_edit = Issuer.objects.visible_to(request.user, Action.BILLING_EDIT).filter(pk=issuer.pk).exists()
    unbilled = Site.objects.filter(organisation=issuer.organisation_id, terms=None).order_by("name")
    terms = issuer.sites.select_related("site").order_by("site__name")[:200]
    return {"terms": terms, "unbilled": unbilled[:50], "may_edit": may_edit}


def load_numbers(request, issuer: Issuer) -> dict:
    """The number that the next document of each kind gets this year, if nobody else takes it first."""
    year = timezone.now().astimezone(zone_of(issuer.time_zone)).year
    last = dict(InvoiceSeries.objects.filter(issuer=issuer, year=year).values_list("kind", "last_number"))
    return {
        "numbers": [
            (kind.label, f"{getattr(issuer, prefix)}{year}-{last.get(kind, 0) + 1:06}")
            for kind, prefix in _PREFIXES.items()
        ]
    }


def load_periods(request, issuer: Issuer) -> dict:
    periods = issuer.periods.annotate(invoices_count=Count("invoices")).order_by("-start_date")
    return {"periods": periods[:24]}


def load_reminders(request, issuer: Issuer) -> dict:
    return {"levels": issuer.dunning}


class IssuerPage(DetailView):
    action = Action.BILLING_VIEW
    queryset = Issuer.objects.select_related("organisation")
    panels = (
        Panel("sites", "Sites", template="portal/issuers/sites.html", load=load_sites, flush=True, icon="map-pin"),
        Panel("periods", "Periods", template="portal/issuers/periods.html", load=load_periods, flush=True,
              icon="calendar"),
        Panel("numbers", "Next numbers", template="portal/issuers/numbers.html", load=load_numbers, side=True),
        Panel("reminders", "Reminders", template="portal/issuers/reminders.html", load=load_reminders, side=True),
        Panel(
            "facts", "Issuer", side=True,
            attributes=(
                Attribute("Address", lambda i: f"{i.street}, {i.postal_code} {i.city}, {i.country}"),
                Attribute("VAT number", "vat_id"),
                Attribute("Tax number", "tax_number"),
                Attribute("Register", "register"),
                Attribute("E-mail address", "email"),
                Attribute("Phone", "phone"),
                Attribute("IBAN", "iban"),
                Attribute("BIC", "bic"),
                Attribute("SEPA creditor identifier", "creditor_id"),
                Attribute("Invoices are due after", lambda i: f"{i.payment_days} days"),
                Attribute("Smallest coin", lambda i: i.cash_step and f"{i.cash_step}"),
                Attribute("No VAT because", "exemption_reason"),
                Attribute("Fee for a returned debit", "return_fee"),
                Attribute("Time zone", "time_zone"),
                Attribute("Organisation", "organisation"),
            ),
        ),
    )  # fmt: skip

    def breadcrumbs(self, issuer):
        return (Crumb(ISSUERS_CRUMB[0], reverse(ISSUERS_CRUMB[1])),)

    def buttons(self, issuer):
        may_edit = Issuer.objects.visible_to(self.request.user, Action.BILLING_EDIT).filter(pk=issuer.pk).exists()
        reason = "" if may_edit else "Your role does not change issuers."
        return (ActionButton("Edit", reverse("portal:issuer-edit", args=[issuer.pk]), icon="pencil", reason=reason),)


class IssuerNew(FormView):
    action = Action.BILLING_EDIT
    title = "Add an issuer"
    form_class = NewIssuerForm
    submit_label = "Add"

    def get_form_kwargs(self):
        in_scope = organisations_in_scope(self.request.user, self.action, path="pk")
        return {"organisations": Organisation.objects.filter(in_scope).order_by("name")}

    def breadcrumbs(self):
        return (Crumb(ISSUERS_CRUMB[0], reverse(ISSUERS_CRUMB[1])),)

    def get_cancel_url(self):
        return reverse("portal:issuers")

    def save(self, form):
        return create_issuer(actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(result)


class IssuerEdit(FormView):
    action = Action.BILLING_EDIT
    queryset = Issuer.objects.select_related("organisation")
    title = "Edit issuer"
    intro = "What changes is on the next invoices; those that were issued keep what they say."
    form_class = IssuerForm
    success_message = "The issuer is saved."

    def save(self, form):
        return edit_issuer(issuer=self.object, actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(result)


class SiteTermsEdit(FormView):
    """Who bills at a site, and what its owner gets."""

    action = Action.BILLING_EDIT
    queryset = Site.objects.select_related("organisation", "terms")
    title = "Billing of the site"
    form_class = TermsForm
    success_message = "The site's billing is saved."

    def get_initial(self):
        terms = getattr(self.object, "terms", None)
        return {name: getattr(terms, name) for name in TermsForm.base_fields} if terms else {}

    def get_form_kwargs(self):
        return {"issuers": Issuer.objects.filter(organisation=self.object.organisation_id).order_by("name")}

    def get_refusal(self):
        if Issuer.objects.filter(organisation=self.object.organisation_id).exists():
            return ""
        return "Add an issuer first: the company that bills."

    def save(self, form):
        return set_site_terms(site=self.object, actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(result.issuer)
