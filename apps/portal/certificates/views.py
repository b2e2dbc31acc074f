"""Screens of the catalogue of authorities and of our own."""

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.models import Organisation
from apps.accounts.policy import Action, may
from apps.chargers.choices import INSTALLABLE_USES, CertificateUse, CommandOrigin
from apps.chargers.models import CaCertificate, ChargingStation
from apps.chargers.services.certificates import add_ca_certificate, install_on_stations, remove_ca_certificate
from apps.chargers.services.certificates.own_authority import algorithm_for, found_authority, root_in_use
from apps.portal.kit.columns import KitColumn, MomentColumn
from apps.portal.kit.fields import offer_organisations
from apps.portal.kit.views import ActionButton, ActionView, Crumb, Empty, FormView, ListView, PortalView
from apps.sites.scope import organisations_in_scope

NO_EDIT = "Only operators of the whole organisation change the catalogue."
NO_ROOT = "There is no own authority yet: it is made with the first request of a station."


class CaCertificateTable(tables.Table):
    name = KitColumn(empty_values=(), verbose_name="Authority", order_by=("name", "subject"))
    use = KitColumn(verbose_name="Use")
    key = KitColumn(verbose_name="Key", hide_on_phone=True)
    fingerprint = KitColumn(verbose_name="Fingerprint", hide_on_phone=True)
    expires_at = MomentColumn(verbose_name="Valid until")
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = CaCertificate
        fields = ()
        sequence = ("name", "use", "key", "fingerprint", "expires_at", "pk")
        order_by = ("expires_at",)
        row_attrs = {"id": lambda record: f"ca-{record.pk}"}

    def render_name(self, record):
        return str(record)

    def value_name(self, record):
        return str(record)

    def render_use(self, record):
        return record.get_use_display()

    def render_fingerprint(self, value):
        return format_html('<span class="cn-mono" title="{}">{}…</span>', value, value[:12])

    def value_fingerprint(self, value):
        return value

    def render_pk(self, record):
        remove = _link("Remove", reverse("portal:ca-certificate-remove", args=[record.pk]))
        if record.use not in INSTALLABLE_USES:
            return remove
        install = _link("Install", reverse("portal:ca-certificate-install", args=[record.pk]))
        return format_html('<div class="btn-list flex-nowrap">{}{}</div>', install, remove)


def _link(label: str, url: str):
    return format_html('<a class="btn btn-sm" href="{0}" hx-get="{0}" hx-target="#dialog">{1}</a>', url, label)


class CaCertificateList(ListView):
    action = Action.CERTIFICATE_VIEW
    title = "Certificates"
    subtitle = "Authorities whose certificates are installed in stations, or trusted when cars charge by Plug & Charge."
    queryset = CaCertificate.objects.select_related("organisation")
    table = CaCertificateTable
    search = ("name", "subject", "fingerprint")
    search_hint = "Name, subject, fingerprint"
    empty = Empty(
        "No authorities are kept yet",
        "Upload the root of a contract provider (MO) or of Plug & Charge (V2G) to let cars identify themselves.",
        icon="certificate",
    )

    def buttons(self):
        root = root_in_use()
        return [
            ActionButton(
                "Upload", reverse("portal:ca-certificate-new"), icon="file-upload", style="primary",
                reason="" if organisations_to_edit(self.request.user).exists() else NO_EDIT, in_dialog=True,
            ),
            ActionButton(
                f"Own root (until {root.expires_at:%d %b %Y})" if root else "Own root",
                reverse("portal:own-root"), icon="download", reason="" if root else NO_ROOT,
            ),
            ActionButton(
                "Make the own authority", reverse("portal:own-authority-new"), icon="key",
                reason="There is one already." if root else self._why_not_found(), in_dialog=True, in_menu=True,
            ),
            ActionButton("Contracts for cars", reverse("portal:contracts"), icon="car", in_menu=True),
        ]  # fmt: skip

    def _why_not_found(self) -> str:
        return "" if may(self.request.user, Action.CERTIFICATE_EDIT) else NO_EDIT


def organisations_to_edit(user):
    """Those whose certificates the user may change."""
    return Organisation.objects.filter(organisations_in_scope(user, Action.CERTIFICATE_EDIT, path="pk")).order_by(
        "name"
    )


class _Catalogue:
    """Back to the list."""

    def breadcrumbs(self):
        return (Crumb("Certificates", reverse("portal:certificates")),)

    def get_success_url(self, result):
        return reverse("portal:certificates")

    def get_cancel_url(self):
        return reverse("portal:certificates")

    def who(self) -> dict:
        return {"actor": self.request.user, "address": self.request.META.get("REMOTE_ADDR")}


class UploadForm(forms.Form):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    use = forms.ChoiceField(label="Use", choices=CertificateUse.choices)
    name = forms.CharField(label="Name", max_length=80, required=False, help_text="What you call it.")
    certificate = forms.CharField(
        label="Certificate",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="PEM: the text that begins with BEGIN CERTIFICATE.",
    )

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class CaCertificateNew(_Catalogue, FormView):
    action = Action.CERTIFICATE_EDIT
    title = "Upload a certificate"
    intro = (
        "Whoever holds the key of this authority decides which cars and stations are believed. Check where it is from."
    )
    form_class = UploadForm
    submit_label = "Upload"
    success_message = "The certificate is kept."

    def get_form_kwargs(self):
        return {"organisations": organisations_to_edit(self.request.user)}

    def save(self, form):
        return add_ca_certificate(at=timezone.now(), **form.cleaned_data, **self.who())


class CaCertificateRemove(_Catalogue, ActionView):
    action = Action.CERTIFICATE_EDIT
    queryset = CaCertificate.objects.select_related("organisation")
    title = "Remove this certificate?"
    intro = "It is trusted no more. Stations that have it keep it until it is deleted there."
    submit_label = "Remove"
    dangerous = True

    def save(self, form):
        return remove_ca_certificate(ca_certificate=self.object, **self.who())


class InstallOnForm(forms.Form):
    stations = forms.ModelMultipleChoiceField(
        queryset=ChargingStation.objects.none(), widget=forms.CheckboxSelectMultiple, label="Stations"
    )

    def __init__(self, *args, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stations"].queryset = stations


class CaCertificateInstall(_Catalogue, FormView):
    action = Action.CERTIFICATE_VIEW
    queryset = CaCertificate.objects.select_related("organisation")
    title = "Install on stations"
    intro = "Each chosen station is asked to install it; those that are offline within a day."
    form_class = InstallOnForm
    submit_label = "Install"

    def get_title(self):
        return f"Install “{self.object}” on stations"

    def get_refusal(self):
        return "" if self.object.use in INSTALLABLE_USES else "An authority below a root is not installed in stations."

    def get_form_kwargs(self):
        stations = ChargingStation.objects.visible_to(self.request.user, Action.STATION_COMMAND).in_use()
        return {"stations": stations.filter(site__organisation=self.object.organisation_id).order_by("identity")}

    def save(self, form):
        stations = form.cleaned_data["stations"].select_related("site__organisation")
        asked, refused = install_on_stations(
            ca_certificate=self.object, stations=stations, origin=CommandOrigin.PORTAL, at=timezone.now(), **self.who()
        )
        messages.success(self.request, f"Stations asked: {len(asked)}.")
        for station, reason in refused:
            messages.error(self.request, f"{station}: {reason}")
        return asked


class OwnAuthorityNew(_Catalogue, ActionView):
    action = Action.CERTIFICATE_EDIT
    title = "Make the own authority now?"
    intro = (
        "A root and an authority below it, with new keys. Otherwise this happens with the first request of a station."
    )
    submit_label = "Make it"

    def get_refusal(self):
        return "There is one already." if root_in_use() else ""

    def save(self, form):
        return found_authority(algorithm=algorithm_for("ChargingStationCertificate"), at=timezone.now(), **self.who())


class OwnRoot(PortalView):
    """The root of our own authority as a file."""

    action = Action.CERTIFICATE_VIEW

    def get(self, request):
        root = root_in_use()
        if root is None:
            raise Http404
        headers = {"Content-Disposition": 'attachment; filename="chargenet-root.pem"'}
        return HttpResponse(root.certificate, content_type="application/x-pem-file", headers=headers)
