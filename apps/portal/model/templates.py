"""Templates of settings, and where stations differ from them."""

import django_tables2 as tables
from django import forms
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.chargers.choices import BulkKind, CommandOrigin, ProtocolFamily
from apps.chargers.models import ChargingStation, ConfigurationDrift, ConfigurationTemplate
from apps.chargers.services.configuration_templates import (
    apply_templates,
    current_entries,
    remove_template,
    save_template,
)
from apps.portal.kit import html
from apps.portal.kit.columns import KitColumn, LinkColumn, SinceColumn
from apps.portal.kit.fields import offer_organisations
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import ActionButton, ActionView, Empty, FormView, ListView
from apps.portal.links import page_of
from apps.portal.model.entries import read_entries, write_entries
from apps.portal.model.scope import NOT_WHOLE, editor_organisations, why_not_edit
from apps.portal.stations.head import STATIONS
from apps.portal.stations.rights import NO_EDIT, why_unreachable

NOTHING_DIFFERS = "No station differs from it, as far as they told."


class TemplateTable(tables.Table):
    name = KitColumn()
    family = KitColumn(verbose_name="Speaks")
    vendor_pattern = KitColumn(verbose_name="Vendor", hide_on_phone=True)
    model_pattern = KitColumn(verbose_name="Model", hide_on_phone=True)
    version = KitColumn(verbose_name="Version")
    differences = KitColumn(verbose_name="Differences")
    is_active = KitColumn(verbose_name="In use")

    class Meta:
        model = ConfigurationTemplate
        fields = ()
        order_by = ("name",)

    def render_is_active(self, value):
        return "yes" if value else "no"

    def render_family(self, record):
        return record.get_family_display()

    def render_name(self, record, value):
        """Its page changes it: a link for those whose role does that."""
        if not may(self.request.user, Action.STATION_EDIT):
            return value
        return html.link(reverse("portal:configuration-template", args=[record.pk]), value)


class TemplateList(ListView):
    action = Action.STATION_VIEW
    title = "Configuration templates"
    queryset = ConfigurationTemplate.objects.annotate(
        version=Max("versions__number"), differences=Count("drift", distinct=True)
    )
    table = TemplateTable
    search = ("name", "vendor_pattern", "model_pattern")
    empty = Empty(
        "No templates yet",
        "A template says how stations of a kind should be set; stations that provision by themselves follow it.",
        icon="adjustments",
    )

    def buttons(self):
        reason = "" if editor_organisations(self.request.user).exists() else NOT_WHOLE
        return (
            ActionButton("New template", reverse("portal:configuration-template-new"), icon="plus", style="primary",
                         reason=reason),
            ActionButton("Differences", reverse("portal:drift"), icon="list-details"),
        )  # fmt: skip


class TemplateForm(forms.Form):
    organisation = forms.ModelChoiceField(queryset=None, empty_label=None)
    name = forms.CharField(max_length=80, help_text="Of two that speak of one variable, the later by name wins.")
    family = forms.ChoiceField(label="Speaks", choices=ProtocolFamily.choices, initial=ProtocolFamily.OCPP2)
    vendor_pattern = forms.CharField(label="Vendor", max_length=80, required=False, help_text="* and ? stand for any.")
    model_pattern = forms.CharField(label="Model", max_length=80, required=False)
    firmware_pattern = forms.CharField(label="Firmware", max_length=80, required=False)
    is_active = forms.BooleanField(label="In use", required=False, initial=True)
    entries = forms.CharField(
        label="Settings", required=False, widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text="One a line, such as “HeartbeatInterval = 300” (1.6) or “TxCtrlr EVConnectionTimeOut = 90 // why”;"
        " “EVSE@* …” means each EVSE, “EVSE@1 …” the first.",
    )  # fmt: skip

    def __init__(self, *args, organisations, is_new: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)
        if not is_new:
            del self.fields["organisation"]

    def clean(self):
        data = super().clean()
        try:
            data["entries"] = read_entries(data.get("entries", ""), data.get("family", ""))
        except ValueError as error:
            self.add_error("entries", str(error))
        return data


class TemplateNew(FormView):
    action = Action.STATION_EDIT
    title = "New template"
    intro = "Nothing is sent when it is saved: stations follow after their next boot, or when you apply it."
    form_class = TemplateForm
    success_message = "The template is saved."

    def get_form_kwargs(self):
        return {"organisations": editor_organisations(self.request.user), "is_new": self.object is None}

    def get_refusal(self):
        return "" if editor_organisations(self.request.user).exists() else NOT_WHOLE

    def breadcrumbs(self):
        return (Crumb("Templates", reverse("portal:configuration-templates")),)

    def save(self, form):
        return save_template(
            template=self.object, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"), **form.cleaned_data,
        )  # fmt: skip

    def get_success_url(self, result):
        return reverse("portal:configuration-templates")

    def get_cancel_url(self):
        return reverse("portal:configuration-templates")


class TemplateEdit(TemplateNew):
    queryset = ConfigurationTemplate.objects.all()
    title = "Template"
    intro = "Other settings make a new version. Nothing is sent when it is saved."

    def get_initial(self):
        names = ("name", "family", "vendor_pattern", "model_pattern", "firmware_pattern", "is_active")
        entries = write_entries(current_entries(self.object))
        return {name: getattr(self.object, name) for name in names} | {"entries": entries}

    def get_refusal(self):
        return why_not_edit(self.request.user, self.object.organisation_id)

    def extra_context(self):
        """It is applied where it differs; stations in scope are found by the operation itself."""
        count = ConfigurationDrift.objects.visible_to(self.request.user, Action.STATION_EDIT).filter(
            template=self.object
        ).values("station").distinct().count()  # fmt: skip
        apply = f"{reverse('portal:bulk-new')}?kind={BulkKind.APPLY_TEMPLATES}&template={self.object.pk}"
        remove = reverse("portal:configuration-template-remove", args=[self.object.pk])
        label = f"Apply to {count} station{'' if count == 1 else 's'}"
        return {
            "buttons": [
                ActionButton(label, apply, icon="send", reason="" if count else NOTHING_DIFFERS),
                ActionButton("Remove", remove, icon="trash", reason=self.get_refusal(), in_dialog=True),
            ]
        }


class TemplateRemove(ActionView):
    action = Action.STATION_EDIT
    queryset = ConfigurationTemplate.objects.all()
    title = "Remove this template?"
    intro = "Stations keep the settings that they have."
    submit_label = "Remove"
    dangerous = True

    def get_refusal(self):
        return why_not_edit(self.request.user, self.object.organisation_id)

    def save(self, form):
        remove_template(
            template=self.object, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return reverse("portal:configuration-templates")

    def get_cancel_url(self):
        return reverse("portal:configuration-templates")


class DriftTable(tables.Table):
    station = LinkColumn(accessor="station", url_name="portal:station", args_from=("station_id",))
    variable = LinkColumn(accessor="variable", url_name="portal:variable", args_from=("variable_id",))
    wanted = KitColumn(verbose_name="Wanted")
    actual = KitColumn(verbose_name="Is", accessor="variable__value", empty_values=(None,))
    template = KitColumn(hide_on_phone=True)
    last_word = KitColumn(verbose_name="Last answer")
    since = SinceColumn(zone="station.site.time_zone")
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    editable: frozenset[int] = frozenset()
    """Stations that the person may change."""

    class Meta:
        model = ConfigurationDrift
        fields = ()
        order_by = ("-since",)

    def render_last_word(self, value):
        return "waits for a restart" if value == "RebootRequired" else value

    def render_pk(self, record):
        url = reverse("portal:station-apply-templates", args=[record.station_id])
        reason = "" if record.station_id in self.editable else NO_EDIT
        return html.row_button("Apply", url, reason=reason or why_unreachable(record.station))


class DriftList(ListView):
    action = Action.STATION_VIEW
    title = "Differences from templates"
    queryset = ConfigurationDrift.objects.select_related("station__site", "variable", "template")
    table = DriftTable
    search = ("station__identity", "station__name", "variable__variable", "template__name")
    empty = Empty("Nothing differs", "Every station is set as its templates ask for, as far as it told.", icon="check")

    def get_table(self, rows):
        table = super().get_table(rows)
        mine = ChargingStation.objects.visible_to(self.request.user, Action.STATION_EDIT)
        differing = mine.filter(pk__in=ConfigurationDrift.objects.values("station"))
        table.editable = frozenset(differing.values_list("pk", flat=True))
        return table

    def breadcrumbs(self):
        return (Crumb("Templates", reverse("portal:configuration-templates")),)


class ApplyToStation(ActionView):
    action = Action.STATION_EDIT
    queryset = STATIONS
    title = "Apply the templates?"
    intro = "Everything in which the station differs is set now; an absent station is waited for up to an hour."
    submit_label = "Apply"

    def get_refusal(self):
        return why_unreachable(self.object)

    def save(self, form):
        return apply_templates(
            station=self.object, actor=self.request.user, origin=CommandOrigin.PORTAL, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(result)
