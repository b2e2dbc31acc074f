"""Files of the bank: read one, and see what each entry of it came to."""

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.accounts.policy import Action, may
from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.models import BankFile
from apps.invoicing.services.bank import import_file, settle_waiting
from apps.portal.bank import scope
from apps.portal.bank.filters import FileFilters
from apps.portal.bank.forms import FileForm
from apps.portal.bank.tables import FileTable
from apps.portal.bank.transactions import NO_RIGHT, TransactionList
from apps.portal.kit.views import ActionButton, Crumb, Empty, FormView, ListView
from apps.portal.links import page_of

SETTLED_AT_ONCE = 200


def bank_crumbs() -> tuple[Crumb, ...]:
    return (Crumb("Bank", reverse("portal:bank")),)


class ImportFile(FormView):
    action = Action.PAYMENT_EDIT
    title = "Read a statement of the bank"
    intro = "A camt.053 file. Entries that were read before are known again, so reading too much does no harm."
    form_class = FileForm
    submit_label = "Read"

    def get_form_kwargs(self):
        return {"issuers": scope.issuers(self.request.user)}

    def breadcrumbs(self):
        return bank_crumbs()

    def get_cancel_url(self):
        return reverse("portal:bank")

    def save(self, form):
        upload = form.cleaned_data["file"]
        now = timezone.now()
        file = import_file(
            issuer=form.cleaned_data["issuer"], content=upload.read(), name=upload.name, actor=self.request.user, at=now
        )
        settle_waiting(at=now, limit=SETTLED_AT_ONCE, file=file)
        return file

    def get_success_url(self, file):
        return page_of(file)


class FileList(ListView):
    action = Action.BILLING_VIEW
    title = "Files of the bank"
    queryset = BankFile.objects.select_related("issuer", "imported_by").annotate(
        entries_count=Count("statements__transactions"),
        open_count=Count(
            "statements__transactions",
            filter=Q(statements__transactions__outcome__in=[BankOutcome.OPEN, BankOutcome.FOREIGN]),
        ),
    )
    table = FileTable
    filterset = FileFilters
    search = ("name",)
    empty = Empty("No file yet", "Fetch a statement as camt.053 from your bank, and read it here.", icon="file-text")

    def breadcrumbs(self):
        return bank_crumbs()

    def buttons(self):
        reason = "" if may(self.request.user, Action.PAYMENT_EDIT) else NO_RIGHT
        url = reverse("portal:bank-import")
        return (ActionButton("Read a statement", url, icon="upload", style="primary", reason=reason),)


class FilePage(TransactionList):
    """Its new entries, with what each came to."""

    fixed_views = (("All", ""), ("To be assigned", "outcome=open&outcome=foreign"))
    empty = Empty("Nothing new", "Every entry of this file was known from other files, or was announced only.")

    @cached_property
    def file(self) -> BankFile:
        rows = BankFile.objects.visible_to(self.request.user, self.action).prefetch_related("statements")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def title(self):
        return str(self.file)

    @property
    def subtitle(self):
        parts = [f"{self.file.repeated} known before" if self.file.repeated else ""]
        parts.append(f"{self.file.not_booked} announced only" if self.file.not_booked else "")
        if any(statement.adds_up is False for statement in self.file.statements.all()):
            parts.append("the balances do not add up: a part of the statement may be missing")
        return " · ".join(filter(None, parts))

    def post(self, request, *args, **kwargs):
        _ = self.file
        return super().post(request, *args, **kwargs)

    def rows(self):
        return super().rows().filter(statement__file=self.file)

    def breadcrumbs(self):
        return (*bank_crumbs(), Crumb("Files", reverse("portal:bank-files")))

    def buttons(self):
        return ()
