"""Collection files: made, fetched, handed in, answered by the bank."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Q, Value
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.invoicing.bank_choices import CollectionState, DebitState
from apps.invoicing.models import DebitCollection
from apps.invoicing.services.sepa import CURRENCY
from apps.invoicing.services.sepa_files import (
    content_of,
    discard_collection,
    make_collection,
    read_answer,
    submit_collection,
)
from apps.portal.bank import scope
from apps.portal.bank.debits import DEBITS, debit_crumbs
from apps.portal.bank.filters import CollectionFilters
from apps.portal.bank.forms import CollectionForm, FileForm
from apps.portal.bank.tables import CollectionTable, DebitTable
from apps.portal.bank.transactions import NO_RIGHT
from apps.portal.kit import format as fmt
from apps.portal.kit import html
from apps.portal.kit.views import (
    ActionButton,
    ActionView,
    Attribute,
    Crumb,
    DetailView,
    Empty,
    FormView,
    ListView,
    Panel,
    PortalView,
)
from apps.portal.links import page_of

MOST_SHOWN = 500


def collection_crumbs() -> tuple[Crumb, ...]:
    return (*debit_crumbs(), Crumb("Files", reverse("portal:collections")))


class CollectionList(ListView):
    action = Action.BILLING_VIEW
    title = "Collection files"
    queryset = DebitCollection.objects.select_related("issuer").annotate(
        returned_count=Count("debits", filter=Q(debits__state=DebitState.RETURNED)), currency=Value(CURRENCY)
    )
    table = CollectionTable
    filterset = CollectionFilters
    search = ("message_id",)
    empty = Empty("No file yet", "Make one of the debits that fall due, and hand it in at your bank.", icon="file-code")

    def breadcrumbs(self):
        return debit_crumbs()

    def buttons(self):
        reason = "" if may(self.request.user, Action.PAYMENT_EDIT) else NO_RIGHT
        return (
            ActionButton("Read an answer", reverse("portal:collection-answer"), icon="upload", reason=reason),
            ActionButton("Make a file", reverse("portal:collection-new"), icon="plus", style="primary", reason=reason),
        )


class CollectionNew(FormView):
    action = Action.PAYMENT_EDIT
    title = "Make a collection file"
    intro = "Of all debits that were announced and fall due. Whoever paid otherwise meanwhile is left out."
    form_class = CollectionForm
    submit_label = "Make"
    success_message = "The file is made. Fetch it, and hand it in at your bank."

    def get_form_kwargs(self):
        return {"issuers": scope.issuers(self.request.user)}

    def get_initial(self):
        return {"until": timezone.now().date() + timedelta(days=14)}

    def breadcrumbs(self):
        return collection_crumbs()

    def get_cancel_url(self):
        return reverse("portal:debits")

    def save(self, form):
        return make_collection(**form.cleaned_data, actor=self.request.user, at=timezone.now())

    def get_success_url(self, collection):
        return page_of(collection)


def load_debits(request, collection: DebitCollection) -> dict:
    rows = list(DEBITS.filter(collection=collection).order_by("due_on", "pk")[:MOST_SHOWN])
    table = DebitTable(data=rows, orderable=False, exclude=("pk", "collection"), attrs={"class": "cn-stack"})
    table.request = request
    return {"table": table}


class CollectionPage(DetailView):
    action = Action.BILLING_VIEW
    queryset = DebitCollection.objects.select_related("issuer", "created_by")
    panels = (
        Panel("debits", "Debits", template="portal/kit/table.html", load=load_debits, flush=True),
        Panel(
            "facts", "File", side=True, attributes=(
                Attribute("Issuer", "issuer.name"),
                Attribute("Total", lambda row: fmt.money(row.total, CURRENCY)),
                Attribute("Debits", "count"),
                Attribute("First due", lambda row: f"{row.first_due_on:%d %b %Y}"),
                Attribute("Format", "schema"),
                Attribute("Made", lambda row: html.moment(row.created_at, row.issuer.time_zone)),
                Attribute("Made by", "created_by"),
                Attribute("Handed in", lambda row: html.moment(row.submitted_at, row.issuer.time_zone)),
                Attribute("SHA-256", "sha256"),
            ),
        ),
    )  # fmt: skip

    def page_status(self, collection):
        return CollectionState(collection.state)

    def page_subtitle(self, collection):
        return {
            CollectionState.MADE: "Fetch the file, hand it in at your bank, then say so here.",
            CollectionState.SUBMITTED: "On the due date its bills count as paid; the statement says what came back.",
            CollectionState.DISCARDED: "It was never handed in; its debits wait again.",
        }[CollectionState(collection.state)]

    def breadcrumbs(self, collection):
        return collection_crumbs()

    def buttons(self, collection):
        args = [collection.pk]
        reason = "" if may(self.request.user, Action.PAYMENT_EDIT) else NO_RIGHT
        late = reason or ("" if collection.state == CollectionState.MADE else "It was handed in or discarded already.")
        file_url = reverse("portal:collection-file", args=args)
        return (
            ActionButton("Fetch the file", file_url, icon="download", reason=reason),
            ActionButton("Handed in", reverse("portal:collection-submitted", args=args), icon="check", style="primary",
                         in_dialog=True, reason=late),
            ActionButton("Discard", reverse("portal:collection-discard", args=args), icon="trash", style="danger",
                         in_dialog=True, in_menu=True, reason=late),
        )  # fmt: skip


class CollectionFile(PortalView):
    """The file itself, with the account numbers in it; for those who may pay only."""

    action = Action.PAYMENT_EDIT
    queryset = DebitCollection.objects.all()

    def get(self, request, pk: int) -> HttpResponse:
        collection = self.get_row(pk=pk)
        response = HttpResponse(content_of(collection), content_type="application/xml")
        response["Content-Disposition"] = f'attachment; filename="{collection.message_id}.xml"'
        response["Cache-Control"] = "no-store"
        return response


class CollectionSubmitted(ActionView):
    action = Action.PAYMENT_EDIT
    queryset = DebitCollection.objects.select_related("issuer__organisation")
    title = "Was the file handed in?"
    intro = "Its debits are on their way then, and nobody is reminded of these bills."
    submit_label = "It was handed in"
    success_message = "The debits are with the bank."
    service = staticmethod(submit_collection)

    def breadcrumbs(self):
        return collection_crumbs()

    def get_refusal(self):
        return "" if self.object.state == CollectionState.MADE else "It was handed in or discarded already."

    def save(self, form):
        return self.service(collection=self.object, actor=self.request.user, at=timezone.now())


class CollectionDiscard(CollectionSubmitted):
    title = "Discard this file?"
    intro = "Only if it was never handed in: its debits wait for another file."
    submit_label = "Discard"
    dangerous = True
    success_message = "The file is discarded; its debits wait again."
    service = staticmethod(discard_collection)


class ReadAnswer(FormView):
    action = Action.PAYMENT_EDIT
    title = "Read an answer of the bank"
    intro = "A pain.002 file: which debits of a file the bank refused before the due date."
    form_class = FileForm
    submit_label = "Read"

    def get_form_kwargs(self):
        return {"issuers": scope.issuers(self.request.user)}

    def breadcrumbs(self):
        return collection_crumbs()

    def get_cancel_url(self):
        return reverse("portal:collections")

    def save(self, form):
        collection, refused = read_answer(
            issuer=form.cleaned_data["issuer"], content=form.cleaned_data["file"].read(), actor=self.request.user,
            at=timezone.now(),
        )  # fmt: skip
        messages.success(self.request, f"The bank refused {refused} of {collection.count} debits.")
        return collection

    def get_success_url(self, collection):
        return page_of(collection)
