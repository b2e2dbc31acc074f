"""The certificates of a station: its own with their life, and those of authorities that are installed in it."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import (
    INSTALLABLE_USES,
    CertificateKind,
    CertificateState,
    CertificateUse,
    CommandOrigin,
)
from apps.chargers.models import CaCertificate, ChargingStation, InstalledCertificate, StationCertificate
from apps.chargers.services.certificates import (
    delete_installed_certificate,
    install_certificate,
    read_installed_certificates,
    request_renewal,
    revoke_certificate,
)
from apps.portal.kit.parts import ActionButton, Crumb
from apps.portal.kit.views import ActionView, DetailView, FormView, Panel
from apps.portal.links import page_of
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import NO_EDIT, rights_on, why_not_command, why_unreachable

SHOWN = 20
OFFERED_KINDS = (CertificateKind.STATION, CertificateKind.V2G)


def load_own(request, station: ChargingStation) -> dict:
    """The station's own certificates, newest first, with what can be done."""
    rights = rights_on(request.user, station)
    rows = station.certificates.select_related("command").order_by("-requested_at", "-pk")[:SHOWN]
    return {
        "rows": [(row, _revocation(row, "" if rights.edit else NO_EDIT)) for row in rows],
        "buttons": [
            ActionButton(
                "Renew", reverse("portal:station-certificate-renew", args=[station.pk]), icon="refresh",
                reason=why_not_command(station, rights), in_dialog=True,
            )
        ],
    }  # fmt: skip


def load_installed(request, station: ChargingStation) -> dict:
    """What is installed, by use; known authorities by the name that the catalogue gives them."""
    reason = why_not_command(station, rights_on(request.user, station))
    names = _names_by_hash(station)
    rows = station.installed_certificates.order_by("use", "parent_id", "position", "pk")
    labels = dict(CertificateUse.choices)
    return {
        "rows": [(row, labels.get(row.use, row.use), _name(row, names), _deletion(row, reason)) for row in rows],
        "buttons": [
            ActionButton(
                label, reverse(f"portal:{name}", args=[station.pk]), icon=icon, reason=reason, in_dialog=True
            )
            for label, name, icon in (
                ("Read again", "station-certificates-read", "refresh"),
                ("Install", "station-certificate-install", "plus"),
            )
        ],
    }  # fmt: skip


def _revocation(row: StationCertificate, reason: str) -> ActionButton | None:
    if not row.fingerprint or row.state in (CertificateState.REVOKED, CertificateState.EXPIRED):
        return None
    url = reverse("portal:station-certificate-revoke", args=[row.pk])
    return ActionButton("Revoke", url, icon="ban", reason=reason, in_dialog=True)


def _deletion(row: InstalledCertificate, reason: str) -> ActionButton | None:
    if row.position:
        return None
    url = reverse("portal:installed-certificate-delete", args=[row.pk])
    return ActionButton("Delete", url, icon="trash", reason=reason, in_dialog=True)


def _names_by_hash(station: ChargingStation) -> dict[tuple, str]:
    known = CaCertificate.objects.filter(organisation=station.site.organisation_id)
    return {
        (algorithm, *hashes, row.serial_number): str(row) for row in known for algorithm, hashes in row.hashes.items()
    }


def _name(row: InstalledCertificate, names: dict[tuple, str]) -> str:
    key = (row.hash_algorithm, row.issuer_name_hash, row.issuer_key_hash, row.serial_number)
    return names.get(key, "")


def _live(station: ChargingStation) -> str:
    return f"station:{station.pk}"


class StationCertificates(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"
    panels = (
        Panel(
            "own", "Its own certificates", template="portal/stations/certificates_own.html", load=load_own, live=_live,
            flush=True, icon="certificate",
        ),
        Panel(
            "installed", "Installed authorities", template="portal/stations/certificates_installed.html",
            load=load_installed, live=_live, flush=True, icon="shield-lock",
        ),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="certificates")


class _OfStation:
    """Back to the sheet; ``station`` is the row or what it hangs on."""

    @property
    def station(self) -> ChargingStation:
        row = self.object
        return row if isinstance(row, ChargingStation) else row.station

    def get_refusal(self) -> str:
        return why_unreachable(self.station)

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")), Crumb(str(self.station), page_of(self.station)))

    def get_success_url(self, result) -> str:
        return reverse("portal:station-certificates", args=[self.station.pk])

    def get_cancel_url(self) -> str:
        return reverse("portal:station-certificates", args=[self.station.pk])

    def who(self) -> dict:
        return {
            "actor": self.request.user,
            "at": timezone.now(),
            "address": self.request.META.get("REMOTE_ADDR"),
        }


class RenewalForm(forms.Form):
    kind = forms.ChoiceField(label="Which", choices=[(kind.value, kind.label) for kind in OFFERED_KINDS])


class CertificateRenew(_OfStation, FormView):
    action = Action.STATION_COMMAND
    queryset = STATIONS
    title = "Renew the certificate"
    intro = (
        "The station makes a new key and asks for a certificate. The one it has stays valid until it has the new one."
    )
    form_class = RenewalForm
    submit_label = "Renew"
    success_message = "The station is asked. Its request appears here."

    def get_initial(self):
        return {"kind": CertificateKind.STATION.value}

    def save(self, form):
        kind = form.cleaned_data["kind"]
        return request_renewal(station=self.station, kind=kind, origin=CommandOrigin.PORTAL, **self.who())


class CertificatesRead(_OfStation, ActionView):
    action = Action.STATION_COMMAND
    queryset = STATIONS
    title = "Read what is installed?"
    intro = "The station is asked which certificates of authorities it has. This changes nothing."
    submit_label = "Read"

    def save(self, form):
        return read_installed_certificates(station=self.station, origin=CommandOrigin.PORTAL, **self.who())


class InstallForm(forms.Form):
    use = forms.ChoiceField(label="Use", choices=[(use.value, use.label) for use in INSTALLABLE_USES])
    certificate = forms.CharField(
        label="Certificate",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="PEM: the text that begins with BEGIN CERTIFICATE.",
    )


class CertificateInstall(_OfStation, FormView):
    action = Action.STATION_COMMAND
    queryset = STATIONS
    title = "Install a certificate"
    intro = "For one station. To install one on many, keep it under Certificates and install it from there."
    form_class = InstallForm
    submit_label = "Install"
    success_message = "The station is asked to install it."

    def save(self, form):
        return install_certificate(station=self.station, origin=CommandOrigin.PORTAL, **form.cleaned_data, **self.who())


class InstalledDelete(_OfStation, ActionView):
    action = Action.STATION_COMMAND
    queryset = InstalledCertificate.objects.select_related("station__site__organisation")
    title = "Delete this certificate from the station?"
    intro = "Without the root of this server the station may not find its way back. The station may refuse."
    submit_label = "Delete"
    dangerous = True

    def save(self, form):
        return delete_installed_certificate(installed=self.object, origin=CommandOrigin.PORTAL, **self.who())


class CertificateRevoke(_OfStation, ActionView):
    action = Action.STATION_EDIT
    queryset = StationCertificate.objects.select_related("station__site__organisation")
    title = "Revoke this certificate?"
    intro = "The station is refused when it connects with it. This cannot be taken back."
    submit_label = "Revoke"
    dangerous = True

    def get_refusal(self):
        return ""

    def save(self, form):
        return revoke_certificate(certificate=self.object, **self.who())
