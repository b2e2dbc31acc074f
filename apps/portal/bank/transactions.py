"""The entries of the bank, and one of them: what it came to, or whose it may be."""

from django.db.models import Case, F, When
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.models import BankTransaction
from apps.invoicing.selectors.bank_suggestions import suggestions_for
from apps.portal.bank import scope
from apps.portal.bank.filters import TransactionFilters
from apps.portal.bank.tables import TransactionTable
from apps.portal.kit import format as fmt
from apps.portal.kit.views import ActionButton, Attribute, Crumb, DetailView, Empty, ListView, Panel

NO_RIGHT = "Your role may look at this, but not change it."
TO_ASSIGN = "outcome=open&outcome=foreign"
SIGNED = Case(When(is_credit=True, then=F("amount")), default=-F("amount"))


class TransactionList(ListView):
    action = Action.BILLING_VIEW
    title = "Bank"
    queryset = BankTransaction.objects.select_related("issuer").annotate(signed_amount=SIGNED)
    table = TransactionTable
    filterset = TransactionFilters
    search = ("name", "text", "end_to_end_id", "bank_reference")
    search_hint = "Name, text, reference"
    fixed_views = (("To be assigned", TO_ASSIGN), ("All", ""))
    empty = Empty(
        "No entries of the bank yet",
        "Fetch the statements of your bank account as camt.053 from your bank, and read them here.",
        icon="cash-banknote",
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.PAYMENT_EDIT) else NO_RIGHT
        return (
            ActionButton("Files", reverse("portal:bank-files"), icon="file-text"),
            ActionButton(
                "Read a statement", reverse("portal:bank-import"), icon="upload", style="primary", reason=reason
            ),
        )


def load_suggestions(request, entry: BankTransaction) -> dict:
    return {
        "entry": entry,
        "suggestions": suggestions_for(entry),
        "refusal": scope.may_edit(request.user, entry),
    }


def load_assignments(request, entry: BankTransaction) -> dict:
    rows = entry.assignments.select_related("payment", "account").order_by("pk")
    debits = entry.collected.select_related("invoice", "mandate__account", "payment").order_by("pk")
    returned = entry.returned.select_related("invoice", "mandate__account", "payment").order_by("pk")
    return {
        "assignments": [(row, list(row.payment.allocations.select_related("invoice").order_by("pk"))) for row in rows],
        "debits": [*debits, *returned],
    }


class TransactionPage(DetailView):
    action = Action.BILLING_VIEW
    queryset = BankTransaction.objects.select_related("issuer", "statement__file")
    panels = (
        Panel("suggestions", "Whose it may be", template="portal/bank/suggestions.html", load=load_suggestions,
              flush=True),
        Panel("assignments", "What it paid", template="portal/bank/assignments.html", load=load_assignments,
              flush=True),
        Panel(
            "facts", "As the bank says it", side=True, attributes=(
                Attribute("Other side", "name"),
                Attribute("Its bank account", lambda entry: f"•••• {entry.iban_end}" if entry.iban_end else ""),
                Attribute("Text", "text"),
                Attribute("Creditor reference", "creditor_reference"),
                Attribute("End-to-end identifier", "end_to_end_id"),
                Attribute("Mandate", "mandate_reference"),
                Attribute("Reason of the return", "return_reason"),
                Attribute("Booked", lambda entry: f"{entry.booked_on:%d %b %Y}"),
                Attribute("Value", lambda entry: f"{entry.value_on:%d %b %Y}" if entry.value_on else ""),
                Attribute("Kind", "bank_code"),
                Attribute("Reference of the bank", "bank_reference"),
                Attribute("Issuer", "issuer.name"),
                Attribute("Statement", lambda entry: f"{entry.statement} of {entry.statement.file}"),
            ),
        ),
    )  # fmt: skip

    def page_title(self, entry):
        return f"{'In' if entry.is_credit else 'Out'}: {fmt.money(entry.amount, entry.currency)}"

    def page_subtitle(self, entry):
        return entry.explanation

    def page_status(self, entry):
        return BankOutcome(entry.outcome)

    def breadcrumbs(self, entry):
        return (Crumb("Bank", reverse("portal:bank")),)

    def buttons(self, entry):
        args = [entry.pk]
        reason = scope.may_edit(self.request.user, entry)
        if not entry.is_unassigned:
            why = reason or ("" if entry.assignments.exists() else "It is no customer's payment.")
            url = reverse("portal:bank-take-back", args=args)
            return (ActionButton("Assigned wrongly", url, icon="arrow-back-up", in_dialog=True, reason=why),)
        fee = ActionButton("Fee of the bank", reverse("portal:bank-fee", args=args), in_dialog=True, reason=reason)
        if entry.is_credit:
            url = reverse("portal:bank-assign", args=args)
            return (ActionButton("Assign", url, icon="user-check", style="primary", in_dialog=True, reason=reason), fee)
        url = reverse("portal:bank-return", args=args)
        return (ActionButton("A debit came back", url, icon="arrow-back-up", in_dialog=True, reason=reason), fee)
