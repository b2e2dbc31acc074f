"""The firmware catalogue."""

import django_filters
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.policy import Action, may
from apps.chargers.models import Firmware
from apps.chargers.services.firmware.catalogue import add_firmware, ticket_for_file, withdraw_firmware
from apps.core.errors import DomainError
from apps.portal.firmware import scope
from apps.portal.firmware.forms import FirmwareForm
from apps.portal.firmware.tables import FirmwareTable
from apps.portal.kit import format as fmt
from apps.portal.kit import html
from apps.portal.kit.parts import ActionButton, Crumb
from apps.portal.kit.views import ActionView, Attribute, DetailView, Empty, FormView, ListView, Panel, PortalView
from apps.portal.links import page_of

ROWS = Firmware.objects.select_related("organisation", "created_by")
NO_EDIT = "Only people who run the whole organisation change its firmware."
CRUMB = "Firmware"


class FirmwareFilters(django_filters.FilterSet):
    vendor = django_filters.CharFilter(lookup_expr="icontains")
    model = django_filters.CharFilter(lookup_expr="icontains")


class FirmwareList(ListView):
    action = Action.STATION_VIEW
    title = "Firmware"
    queryset = Firmware.objects.filter(withdrawn_at=None)
    table = FirmwareTable
    filterset = FirmwareFilters
    search = ("vendor", "model", "version")
    empty = Empty(
        "No firmware yet",
        "Add a version with the file that the manufacturer gave you. Stations then fetch it from here.",
        icon="cpu",
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.STATION_EDIT) else NO_EDIT
        return (
            ActionButton("Campaigns", reverse("portal:campaigns"), icon="list-check"),
            ActionButton("Add a version", reverse("portal:firmware-new"), icon="plus", style="primary", reason=reason),
        )


class FirmwareNew(FormView):
    action = Action.STATION_EDIT
    title = "Add a firmware version"
    intro = "Describe the version first; on the next page you upload its file."
    form_class = FirmwareForm
    submit_label = "Go on to the file"

    def get_form_kwargs(self):
        return {"organisations": scope.organisations(self.request.user)}

    def breadcrumbs(self):
        return (Crumb(CRUMB, reverse("portal:firmware")),)

    def get_cancel_url(self):
        return reverse("portal:firmware")

    def save(self, form):
        return add_firmware(
            actor=self.request.user, at=timezone.now(), address=self.request.META.get("REMOTE_ADDR"),
            **form.cleaned_data,
        )  # fmt: skip

    def get_success_url(self, firmware):
        return page_of(firmware)


def _size(firmware: Firmware):
    return html.quantity(fmt.number(firmware.size_bytes / 1_048_576, 2), "MiB") if firmware.has_file else None


def _mono(name: str):
    return lambda firmware: (
        format_html('<span class="cn-mono text-break">{}</span>', getattr(firmware, name))
        if getattr(firmware, name)
        else None
    )


class FirmwarePage(DetailView):
    action = Action.STATION_VIEW
    queryset = ROWS
    panels = (
        Panel(
            "file", "File", attributes=(
                Attribute("Name", "file_name"),
                Attribute("Size", _size),
                Attribute("SHA-256", _mono("sha256")),
                Attribute("MD5", _mono("md5")),
                Attribute("Signature", lambda f: "fits its certificate" if f.signature_verified_at else None),
            ),
        ),
        Panel("notes", "Release notes", template="portal/firmware/notes.html"),
        Panel(
            "facts", "For", side=True, attributes=(
                Attribute("Vendor", "vendor"),
                Attribute("Model", lambda f: f.model or "every model"),
                Attribute("Needs at least", "applies_from"),
                Attribute("Organisation", "organisation"),
                Attribute("Added by", "created_by"),
                Attribute("Added", lambda f: html.moment(f.created_at, "UTC")),
                Attribute("Withdrawn", lambda f: html.moment(f.withdrawn_at, "UTC")),
            ),
        ),
    )  # fmt: skip

    def breadcrumbs(self, firmware):
        return (Crumb(CRUMB, reverse("portal:firmware")),)

    def page_subtitle(self, firmware):
        return "" if firmware.has_file else "The file is still missing."

    def buttons(self, firmware):
        may_edit = Firmware.objects.visible_to(self.request.user, Action.STATION_EDIT).filter(pk=firmware.pk).exists()
        off = NO_EDIT if not may_edit else "This version was withdrawn." if firmware.withdrawn_at else ""
        args = [firmware.pk]
        file = ActionButton(
            "Upload the file", reverse("portal:firmware-file", args=args), icon="upload", style="primary", reason=off
        )
        start = ActionButton(
            "Start a campaign", f"{reverse('portal:campaign-new')}?firmware={firmware.pk}", icon="player-play",
            style="primary", reason=off,
        )  # fmt: skip
        withdraw = ActionButton(
            "Withdraw", reverse("portal:firmware-withdraw", args=args), icon="ban", reason=off, in_dialog=True,
            in_menu=True,
        )  # fmt: skip
        return (start if firmware.has_file else file, withdraw)


class FirmwareFile(PortalView):
    """The file goes straight to the door for files, by a ticket that this page fetches."""

    action = Action.STATION_EDIT
    queryset = ROWS

    def get(self, request, pk: int):
        return self._page(self.get_row(pk=pk))

    def post(self, request, pk: int):
        firmware = self.get_row(pk=pk)
        try:
            token = ticket_for_file(firmware=firmware, at=timezone.now())
        except DomainError as error:
            return self._page(firmware, refusal=error.message)
        return self._page(firmware, door=f"/files/in/{token}/")

    def _page(self, firmware: Firmware, **more):
        crumbs = (Crumb(CRUMB, reverse("portal:firmware")), Crumb(str(firmware), page_of(firmware)))
        context = {"firmware": firmware, "title": "Upload the file", "breadcrumbs": crumbs, **more}
        return render(self.request, "portal/firmware/file.html", context)


class FirmwareWithdraw(ActionView):
    action = Action.STATION_EDIT
    queryset = ROWS
    title = "Withdraw this version?"
    intro = "It is offered no longer. Updates that are under way go on."
    submit_label = "Withdraw"
    dangerous = True
    success_message = "The version is withdrawn."

    def save(self, form):
        withdraw_firmware(
            firmware=self.object, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(self.object)
