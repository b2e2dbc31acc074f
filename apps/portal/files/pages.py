"""One update, one log request, one file."""

from itertools import islice

from django.http import Http404
from django.urls import reverse

from apps.accounts.policy import Action
from apps.chargers.engine.transfers import NEXT_STEPS
from apps.chargers.models import FirmwareUpdate, LogRequest, StationFile
from apps.chargers.services.files.storage import path_of
from apps.chargers.transfer_choices import LogState, UpdateState
from apps.core.streaming import file_response
from apps.portal.files.archives import entries_of
from apps.portal.kit import html
from apps.portal.kit.parts import ActionButton, Crumb
from apps.portal.kit.views import Attribute, DetailView, Panel, PortalView
from apps.portal.links import page_of

TEXT_BYTES = 256 * 1024
ENTRIES = 200
LINES = 5_000


def _moment(name: str):
    return lambda row: html.moment(getattr(row, name), row.station.site.time_zone)


def _live(row) -> str:
    return f"station:{row.station_id}"


def _crumbs(row) -> tuple[Crumb, ...]:
    station = row.station
    return (
        Crumb("Stations", reverse("portal:stations")),
        Crumb(str(station), page_of(station)),
        Crumb("Firmware and files", reverse("portal:station-files", args=[station.pk])),
    )


def load_progress(request, row) -> dict:
    return {"notes": list(row.progress.order_by("pk"))}


class UpdatePage(DetailView):
    action = Action.STATION_VIEW
    queryset = FirmwareUpdate.objects.select_related("station__site", "firmware", "requested_by", "command")
    panels = (
        Panel("progress", "What was heard", template="portal/files/progress.html", load=load_progress, live=_live,
              flush=True),
        Panel(
            "facts", "Update", side=True, live=_live, attributes=(
                Attribute("Firmware", lambda u: html.link(page_of(u.firmware), u.firmware) if u.firmware else None),
                Attribute("Address", "location"),
                Attribute("Version before", "version_before"),
                Attribute("Signed", lambda u: "yes" if u.is_signed else "no"),
                Attribute("Command", lambda u: html.link(page_of(u.command), "what was sent") if u.command else None),
                Attribute("Asked by", "requested_by"),
                Attribute("Asked", _moment("created_at")),
                Attribute("Fetch from", _moment("retrieve_at")),
                Attribute("Install from", _moment("install_at")),
                Attribute("Ended", _moment("ended_at")),
                Attribute("Confirmed by a boot", _moment("confirmed_at")),
            ),
        ),
    )  # fmt: skip

    def page_title(self, update):
        return f"Firmware {update.version or 'update'} of {update.station}"

    def page_subtitle(self, update):
        return " ".join(filter(None, (update.detail, NEXT_STEPS.get(update.state, ""))))

    def page_status(self, update):
        return UpdateState(update.state)

    def page_live(self, update):
        return _live(update)

    def breadcrumbs(self, update):
        return _crumbs(update)


def load_files(request, log: LogRequest) -> dict:
    return {"files": list(log.files.order_by("pk"))}


class LogPage(DetailView):
    action = Action.STATION_VIEW
    queryset = LogRequest.objects.select_related("station__site", "requested_by", "command")
    panels = (
        Panel("files", "File", template="portal/files/files.html", load=load_files, live=_live, flush=True),
        Panel("progress", "What was heard", template="portal/files/progress.html", load=load_progress, live=_live,
              flush=True),
        Panel(
            "facts", "Request", side=True, live=_live, attributes=(
                Attribute("Log", "get_kind_display"),
                Attribute("Uploaded to", lambda log: log.location or "this server"),
                Attribute("Announced as", "file_name"),
                Attribute("Command", lambda log: html.link(page_of(log.command), "what was sent")
                          if log.command else None),
                Attribute("Asked by", "requested_by"),
                Attribute("Asked", _moment("created_at")),
                Attribute("From", _moment("oldest_at")),
                Attribute("Until", _moment("latest_at")),
                Attribute("Ended", _moment("ended_at")),
            ),
        ),
    )  # fmt: skip

    def page_subtitle(self, log):
        return log.detail

    def page_status(self, log):
        return LogState(log.state)

    def page_live(self, log):
        return _live(log)

    def breadcrumbs(self, log):
        return _crumbs(log)


FILES = StationFile.objects.select_related("station__site", "log_request")


def load_content(request, file: StationFile) -> dict:
    """The beginning of a text, its lines with the words that are searched for; the entries of a ZIP."""
    if file.removed_at is not None or not path_of(file.storage_name).is_file():
        return {"is_gone": True}
    path = path_of(file.storage_name)
    if (entries := entries_of(path, most=ENTRIES)) is not None:
        return {"entries": entries}
    with path.open("rb") as opened:
        data = opened.read(TEXT_BYTES)
    if b"\0" in data:
        return {"is_binary": True}
    wanted = request.GET.get("find", "").strip()
    lines = enumerate(data.decode("utf-8", "replace").splitlines(), start=1)
    fitting = ((number, line) for number, line in lines if wanted.casefold() in line.casefold())
    found = list(islice(fitting, LINES))
    has_more = next(fitting, None) is not None
    is_cut = file.size_bytes > TEXT_BYTES
    return {"lines": found, "find": wanted, "has_more": has_more, "is_cut": is_cut, "kib": TEXT_BYTES // 1024}


class FilePage(DetailView):
    action = Action.JOURNAL_VIEW
    queryset = FILES
    panels = (
        Panel("content", "Content", template="portal/files/content.html", load=load_content, flush=True),
        Panel(
            "facts", "File", side=True, attributes=(
                Attribute("Size", lambda f: html.quantity(f"{f.size_bytes:,}", "bytes")),
                Attribute("SHA-256", "sha256"),
                Attribute("Received", _moment("received_at")),
                Attribute("Request", lambda f: html.link(page_of(f.log_request), str(f.log_request))),
            ),
        ),
    )  # fmt: skip

    def breadcrumbs(self, file):
        return _crumbs(file)

    def buttons(self, file):
        url = reverse("portal:station-file-download", args=[file.pk])
        reason = "Its content was removed by age." if file.removed_at else ""
        return (ActionButton("Download", url, icon="download", style="primary", reason=reason),)


class FileDownload(PortalView):
    """Always as a download, whatever it is: nothing that a charger sent is shown by the browser itself."""

    action = Action.JOURNAL_VIEW
    queryset = FILES

    def get(self, request, pk: int):
        file = self.get_row(pk=pk)
        path = path_of(file.storage_name)
        if file.removed_at is not None or not path.is_file():
            raise Http404
        return file_response(request, path, name=file.name, size_bytes=file.size_bytes)
