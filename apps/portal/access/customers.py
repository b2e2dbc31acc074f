"""Asking a station what it knows of a customer, and having it forget. Personal data: for those who edit drivers."""

import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import CommandOrigin
from apps.drivers.choices import InformationState
from apps.drivers.models import CustomerInformation
from apps.drivers.services.customer_information import KEEP_FOR, ask_customer_information
from apps.portal.drivers.forms import TOKEN_TYPES
from apps.portal.kit import html
from apps.portal.kit.columns import KitColumn, SinceColumn, StatusColumn
from apps.portal.kit.parts import ActionButton, Crumb
from apps.portal.kit.views import Attribute, DetailView, Empty, FormView, Panel
from apps.portal.links import page_of
from apps.portal.stations.head import STATIONS
from apps.portal.stations.rights import why_unreachable
from apps.portal.stations.sheets import StationSheet

NOT_IN_16 = "OCPP 1.6 cannot ask what a station knows of a customer."
NAMED_BY = [
    ("id_token", "a card or another identifier"),
    ("customer_identifier", "the name by which the station knows the customer"),
    ("certificate", "the hash of the customer’s certificate"),
]


def who(row: CustomerInformation) -> str:
    """Whom the question is about."""
    if row.certificate_hash:
        return f"Certificate {row.certificate_hash.get('serialNumber', '')}"
    return row.id_token or row.customer_identifier or "nobody named"


def what(row: CustomerInformation) -> str:
    wishes = [word for word, wish in (("tell", row.report), ("forget", row.clear)) if wish]
    return " and ".join(wishes).capitalize() or "Not asked by us"


class CustomerTable(tables.Table):
    requested_at = SinceColumn(verbose_name="Asked", zone="station.site.time_zone")
    customer = KitColumn(verbose_name="Customer", empty_values=(), orderable=False)
    wish = KitColumn(verbose_name="Wish", empty_values=(), orderable=False)
    state = StatusColumn(InformationState)
    status_word = KitColumn(verbose_name="The charger’s word")
    requested_by = KitColumn(verbose_name="By", order_by="requested_by__name")

    class Meta:
        model = CustomerInformation
        fields = ()
        sequence = ("requested_at", "customer", "wish", "state", "status_word", "requested_by")
        order_by = "-requested_at"

    def render_customer(self, record):
        return html.link(page_of(record), who(record))

    def value_customer(self, record):
        return who(record)

    def render_wish(self, record):
        return what(record)

    def value_wish(self, record):
        return what(record)


class StationCustomers(StationSheet):
    action = Action.DRIVER_EDIT
    title = "What the station knows of customers"
    sheet = "access"
    queryset = CustomerInformation.objects.select_related("station__site", "requested_by")
    table = CustomerTable
    search = ("id_token", "customer_identifier")
    empty = Empty(
        "Nobody was asked about yet",
        f"“Ask about a customer” has the station tell, or forget. Answers are removed after {KEEP_FOR.days} days.",
        icon="user-search",
    )

    def sheet_buttons(self):
        reason = NOT_IN_16 if self.station.protocol == "ocpp1.6" else why_unreachable(self.station)
        url = reverse("portal:station-customer-new", args=[self.station.pk])
        return [ActionButton("Ask about a customer", url, icon="user-search", style="primary", reason=reason)]


class QuestionForm(forms.Form):
    report = forms.BooleanField(required=False, initial=True, label="Tell what it knows")
    clear = forms.BooleanField(
        required=False, label="Forget it",
        help_text="A card that it forgets is taken out of its local list as well.",
    )  # fmt: skip
    named_by = forms.ChoiceField(label="The customer is named by", choices=NAMED_BY, widget=forms.RadioSelect,
                                 initial="id_token")  # fmt: skip
    id_token = forms.CharField(label="Card", max_length=255, required=False)
    id_token_type = forms.ChoiceField(label="Kind of card", choices=TOKEN_TYPES, required=False, initial="ISO14443")
    customer_identifier = forms.CharField(label="Name at the station", max_length=64, required=False)
    hash_algorithm = forms.ChoiceField(
        label="Hash", choices=[(name, name) for name in ("SHA256", "SHA384", "SHA512")], required=False
    )
    issuer_name_hash = forms.CharField(label="Hash of the issuer’s name", max_length=128, required=False)
    issuer_key_hash = forms.CharField(label="Hash of the issuer’s key", max_length=128, required=False)
    serial_number = forms.CharField(label="Serial number of the certificate", max_length=40, required=False)

    def question(self) -> dict:
        """The arguments of the service: of the names, the chosen one alone."""
        data = self.cleaned_data
        chosen = {"report": data["report"], "clear": data["clear"]}
        match data["named_by"]:
            case "id_token":
                return chosen | {"id_token": data["id_token"], "id_token_type": data["id_token_type"] or "ISO14443"}
            case "customer_identifier":
                return chosen | {"customer_identifier": data["customer_identifier"]}
        named = {
            "hashAlgorithm": data["hash_algorithm"],
            "issuerNameHash": data["issuer_name_hash"],
            "issuerKeyHash": data["issuer_key_hash"],
            "serialNumber": data["serial_number"],
        }
        return chosen | ({"certificate_hash": named} if all(named.values()) else {})


class AskCustomer(FormView):
    action = Action.DRIVER_EDIT
    queryset = STATIONS
    form_class = QuestionForm
    intro = "What was forgotten does not come back. The answer is personal data and is removed after a month."
    submit_label = "Ask"

    def get_title(self):
        return f"Ask about a customer: {self.object}"

    def get_refusal(self):
        return NOT_IN_16 if self.object.protocol == "ocpp1.6" else why_unreachable(self.object)

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")), Crumb(str(self.object), page_of(self.object)))

    def save(self, form):
        return ask_customer_information(
            station=self.object, actor=self.request.user, origin=CommandOrigin.PORTAL, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"), **form.question(),
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(result)

    def get_cancel_url(self):
        return reverse("portal:station-customers", args=[self.object.pk])


def _live(row: CustomerInformation) -> str:
    return f"station:{row.station_id}"


def _wire(row: CustomerInformation):
    return html.link(page_of(row.command), "On the wire") if row.command else None


class CustomerPage(DetailView):
    action = Action.DRIVER_EDIT
    queryset = CustomerInformation.objects.select_related("station__site", "requested_by", "command")

    panels = (
        Panel("answer", "What the station told", template="portal/access/answer.html", live=_live),
        Panel(
            "facts", "Question", side=True, live=_live,
            attributes=(
                Attribute("Customer", who),
                Attribute("Kind of card", lambda row: dict(TOKEN_TYPES).get(row.id_token_type, row.id_token_type)),
                Attribute("Wish", what),
                Attribute("The charger’s word", "status_word"),
                Attribute("Asked", lambda row: html.moment(row.requested_at, row.station.site.time_zone)),
                Attribute("Answered", lambda row: html.moment(row.completed_at, row.station.site.time_zone)),
                Attribute("By", "requested_by"),
                Attribute("Parts", lambda row: len(row.parts)),
                Attribute("Command", _wire),
            ),
        ),
    )  # fmt: skip

    def page_title(self, row):
        return f"{who(row)} at {row.station}"

    def page_status(self, row):
        return InformationState(row.state)

    def page_live(self, row):
        return _live(row)

    def breadcrumbs(self, row):
        url = reverse("portal:station-customers", args=[row.station_id])
        return (Crumb(str(row.station), page_of(row.station)), Crumb("Customers", url))
