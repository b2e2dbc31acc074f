"""Direct debits: what is to be collected and announced, and on which terms."""

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.core.errors import DomainError
from apps.invoicing.bank_choices import DebitState
from apps.invoicing.models import DirectDebit, Issuer
from apps.invoicing.services.debit_notices import mark_notified
from apps.invoicing.services.sepa import cancel_debit, set_terms, terms_of
from apps.portal.bank import scope
from apps.portal.bank.filters import DebitFilters
from apps.portal.bank.forms import ReasonForm, TermsForm
from apps.portal.bank.tables import DebitTable
from apps.portal.bank.transactions import NO_RIGHT
from apps.portal.kit.views import ActionButton, ActionView, Crumb, Empty, FormView, ListView

DEBITS = DirectDebit.objects.select_related("mandate__account", "mandate__issuer", "invoice", "payment", "collection")


class DebitList(ListView):
    action = Action.BILLING_VIEW
    title = "Direct debits"
    queryset = DEBITS
    table = DebitTable
    filterset = DebitFilters
    search = ("invoice__number", "mandate__account__name", "mandate__reference")
    search_hint = "Bill, customer, mandate"
    fixed_views = (
        ("To be collected", "state=queued"), ("By letter", "by_letter=true"), ("With the bank", "state=submitted"),
        ("Returned", "state=returned"), ("All", ""),
    )  # fmt: skip
    empty = Empty(
        "No direct debits yet",
        "Bills of customers with a mandate are queued here when they are issued, and announced by e-mail.",
        icon="transfer-out",
    )

    def buttons(self):
        user = self.request.user
        reason = "" if may(user, Action.PAYMENT_EDIT) else NO_RIGHT
        places = [(issuer, reverse("portal:debit-terms", args=[issuer.pk])) for issuer in scope.issuers(user)[:10]]
        terms = [ActionButton(f"Terms of {issuer}", url, in_menu=True, in_dialog=True) for issuer, url in places]
        return (
            ActionButton("Files", reverse("portal:collections"), icon="file-code"),
            ActionButton("Make a file", reverse("portal:collection-new"), icon="plus", style="primary", reason=reason),
            *terms,
        )


def debit_crumbs() -> tuple[Crumb, ...]:
    return (Crumb("Direct debits", reverse("portal:debits")),)


class DebitAction(ActionView):
    """Base: one that waits."""

    action = Action.PAYMENT_EDIT
    queryset = DEBITS

    def breadcrumbs(self):
        return debit_crumbs()

    def get_refusal(self):
        return "" if self.object.state == DebitState.QUEUED else "It waits no more."

    def get_success_url(self, result):
        return reverse("portal:debits")

    def get_cancel_url(self):
        return reverse("portal:debits")


class DebitAnnounced(DebitAction):
    title = "Was the customer told by letter?"
    intro = "The notice runs from today; the debit falls due after it."
    submit_label = "The letter went out"
    success_message = "The debit is announced."

    def save(self, form):
        return mark_notified(debit=self.object, actor=self.request.user, at=timezone.now())


class DebitCancel(DebitAction):
    title = "Do not collect this?"
    intro = "The bill stays open, to be paid otherwise."
    form_class = ReasonForm
    submit_label = "Do not collect"
    dangerous = True
    success_message = "It will not be collected."

    def save(self, form):
        now = timezone.now()
        reason = form.cleaned_data["reason"]
        if not cancel_debit(debit=self.object, reason=reason, at=now, actor=self.request.user):
            raise DomainError("It waits no more.")
        return self.object


class EditTerms(FormView):
    action = Action.PAYMENT_EDIT
    queryset = Issuer.objects.select_related("organisation")
    title = "How direct debits are collected"
    form_class = TermsForm
    success_message = "The terms are saved."

    def get_form(self):
        kwargs = {"data": self.request.POST} if self.request.method == "POST" else {}
        return self.form_class(**kwargs, instance=terms_of(self.object))

    def get_intro(self):
        return f"For {self.object}."

    def breadcrumbs(self):
        return debit_crumbs()

    def get_cancel_url(self):
        return reverse("portal:debits")

    def save(self, form):
        return set_terms(issuer=self.object, actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return reverse("portal:debits")
