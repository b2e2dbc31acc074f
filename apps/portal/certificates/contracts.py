"""Screens of the contract certificates that wait for vehicles."""

import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.chargers.choices import ContractAction
from apps.chargers.models import ContractCertificate
from apps.chargers.services.plug_and_charge import remove_contract, store_contract
from apps.portal.certificates.views import NO_EDIT, organisations_to_edit
from apps.portal.kit.columns import KitColumn, MomentColumn
from apps.portal.kit.fields import offer_organisations
from apps.portal.kit.views import ActionButton, ActionView, Crumb, Empty, FormView, ListView


class ContractTable(tables.Table):
    emaid = KitColumn(empty_values=(), verbose_name="Contract")
    action = KitColumn(empty_values=(), verbose_name="When it asks to")
    created_at = MomentColumn(verbose_name="Stored", hide_on_phone=True)
    expires_at = MomentColumn(verbose_name="Given until")
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = ContractCertificate
        fields = ()
        sequence = ("emaid", "action", "created_at", "expires_at", "pk")
        order_by = ("-created_at",)

    def render_emaid(self, record):
        if record.emaid:
            return format_html('<span class="cn-mono">{}</span>', record.emaid.upper())
        return "One certain request" if record.request_digest else "Every car"

    def value_emaid(self, record):
        return record.emaid or record.request_digest

    def render_action(self, record):
        return ContractAction(record.action).label

    def render_pk(self, record):
        url = reverse("portal:contract-remove", args=[record.pk])
        return format_html('<a class="btn btn-sm" href="{0}" hx-get="{0}" hx-target="#dialog">Remove</a>', url)


class ContractList(ListView):
    action = Action.CERTIFICATE_VIEW
    title = "Contracts for cars"
    subtitle = "What a car gets that asks a station for its contract certificate (Plug & Charge)."
    queryset = ContractCertificate.objects.defer("exi_response")
    table = ContractTable
    search = ("emaid",)
    search_hint = "eMAID"
    empty = Empty(
        "No contracts are stored",
        "Store the answer that the contract provider made for a car, or let the server ask the provider's pool.",
        icon="certificate",
    )

    def breadcrumbs(self):
        return (Crumb("Certificates", reverse("portal:certificates")),)

    def buttons(self):
        reason = "" if organisations_to_edit(self.request.user).exists() else NO_EDIT
        url = reverse("portal:contract-new")
        return [ActionButton("Store a contract", url, icon="plus", style="primary", reason=reason, in_dialog=True)]


class _OfContracts:
    """Back to the list."""

    def breadcrumbs(self):
        return (
            Crumb("Certificates", reverse("portal:certificates")),
            Crumb("Contracts for cars", reverse("portal:contracts")),
        )

    def get_success_url(self, result):
        return reverse("portal:contracts")

    def get_cancel_url(self):
        return reverse("portal:contracts")

    def who(self) -> dict:
        return {"actor": self.request.user, "address": self.request.META.get("REMOTE_ADDR")}


class ContractForm(forms.Form):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    emaid = forms.CharField(
        label="eMAID",
        max_length=25,
        required=False,
        help_text="Such as DE-83D-UIEN83QGZ-D. Stations name it from OCPP 2.1 on.",
    )
    exi_request = forms.CharField(
        label="The car's request",
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Base64 of EXI; for this very request only. With neither of the two every car gets the answer.",
    )
    action = forms.ChoiceField(label="When it asks to", choices=ContractAction.choices, required=False)
    expires_at = forms.DateTimeField(
        label="Until (UTC)", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    exi_response = forms.CharField(
        label="Answer",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Base64 of EXI, from the contract provider. Stations before OCPP 2.1 take 7,500 characters.",
    )

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class ContractNew(_OfContracts, FormView):
    action = Action.CERTIFICATE_EDIT
    title = "Store a contract"
    form_class = ContractForm
    submit_label = "Store"
    success_message = "The contract is stored."

    def get_form_kwargs(self):
        return {"organisations": organisations_to_edit(self.request.user)}

    def save(self, form):
        return store_contract(at=timezone.now(), **form.cleaned_data, **self.who())


class ContractRemove(_OfContracts, ActionView):
    action = Action.CERTIFICATE_EDIT
    queryset = ContractCertificate.objects.select_related("organisation")
    title = "Remove this contract?"
    intro = "No car gets it any more. Cars that have it keep it."
    submit_label = "Remove"
    dangerous = True

    def save(self, form):
        return remove_contract(contract=self.object, **self.who())
