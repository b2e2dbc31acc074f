"""The sheet "Firmware and files" of a station, and what is asked there."""

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.engine.transfers import NEXT_STEPS
from apps.chargers.models import ChargingStation
from apps.chargers.services.firmware.updating import update_firmware
from apps.chargers.services.logs.requesting import request_log
from apps.chargers.transfer_choices import LogState, PublishState, UpdateState
from apps.core.addresses import base_url_for
from apps.portal.files.forms import LogForm, UpdateForm
from apps.portal.files.offers import firmwares_for
from apps.portal.kit.parts import ActionButton, Crumb
from apps.portal.kit.views import DetailView, FormView, Panel
from apps.portal.links import page_of
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import NO_EDIT, rights_on, why_not_command, why_unreachable

SHOWN = 20


def load_updates(request, station: ChargingStation) -> dict:
    rows = station.firmware_updates.select_related("firmware", "requested_by").order_by("-created_at", "-pk")[:SHOWN]
    rights = rights_on(request.user, station)
    reason = why_unreachable(station) if rights.edit else NO_EDIT
    url = reverse("portal:station-update-firmware", args=[station.pk])
    return {
        "rows": [(row, UpdateState(row.state), NEXT_STEPS.get(row.state, "")) for row in rows],
        "buttons": [ActionButton("Update the firmware", url, icon="cpu", reason=reason, in_dialog=True)],
    }


def load_logs(request, station: ChargingStation) -> dict:
    rows = station.log_requests.prefetch_related("files").order_by("-created_at", "-pk")[:SHOWN]
    url = reverse("portal:station-request-log", args=[station.pk])
    reason = why_not_command(station, rights_on(request.user, station))
    return {
        "rows": [(row, LogState(row.state), list(row.files.all())) for row in rows],
        "buttons": [ActionButton("Ask for a log", url, icon="file-text", reason=reason, in_dialog=True)],
    }


def load_publications(request, station: ChargingStation) -> dict:
    rows = station.publications.select_related("firmware").order_by("-created_at", "-pk")[:SHOWN]
    return {"rows": [(row, PublishState(row.state)) for row in rows]}


def _live(station: ChargingStation) -> str:
    return f"station:{station.pk}"


class StationFiles(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"
    panels = (
        Panel("updates", "Firmware updates", template="portal/files/updates.html", load=load_updates, live=_live,
              flush=True, icon="cpu"),
        Panel("logs", "Logs and diagnostics", template="portal/files/logs.html", load=load_logs, live=_live,
              flush=True, icon="file-text"),
        Panel("published", "Firmware for stations behind it", template="portal/files/published.html",
              load=load_publications, live=_live, flush=True, icon="broadcast"),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="files")


class _StationForm(FormView):
    queryset = STATIONS
    submit_label = "Send"

    def get_form_kwargs(self):
        return {"station": self.object}

    def get_title(self):
        return f"{self.title}: {self.object}"

    def get_refusal(self):
        return why_unreachable(self.object)

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")), Crumb(str(self.object), page_of(self.object)))

    def get_success_url(self, result):
        return reverse("portal:station-files", args=[self.object.pk])

    def get_cancel_url(self):
        return self.get_success_url(None)

    def asked(self, form) -> dict:
        """What both services take besides the form's own fields."""
        data = {name: value for name, value in form.cleaned_data.items() if name != "wait_s"}
        return data | {
            "station": self.object,
            "actor": self.request.user,
            "at": timezone.now(),
            "base_url": base_url_for(self.request),
            "deadline_s": max(form.deadline_s, 300),
            "address": self.request.META.get("REMOTE_ADDR"),
        }


class UpdateStation(_StationForm):
    action = Action.STATION_EDIT
    title = "Update the firmware"
    intro = "The station fetches the file, checks and installs it, and restarts. Charging may be interrupted."
    form_class = UpdateForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"firmwares": firmwares_for(self.object)}

    def save(self, form):
        asked = self.asked(form)
        return update_firmware(**asked | {"signed": asked["signed"] or None})


class RequestLog(_StationForm):
    action = Action.STATION_COMMAND
    title = "Ask for a log"
    intro = "The station uploads it; the file shows here when it has arrived."
    form_class = LogForm

    def save(self, form):
        return request_log(**self.asked(form))
