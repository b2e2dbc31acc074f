"""The journal of a station as a file: every frame, as CSV or JSON lines."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.core.streaming import for_server
from apps.gateway.models import JournalEntry
from apps.portal.kit.export import csv_pieces
from apps.portal.kit.views import PortalView
from apps.portal.stations.head import STATIONS
from apps.portal.stations.journal import JournalFilters

COLUMNS = ("id", "at", "direction", "kind", "action", "message_id", "error_code", "pair_ms", "payload")


class JournalExport(PortalView):
    """Every frame of the filters' period and text as CSV or JSON lines, oldest first, streamed."""

    action = Action.JOURNAL_VIEW
    queryset = STATIONS

    def get(self, request: HttpRequest, pk: int, kind: str):
        if kind not in _WRITERS:
            raise Http404("Journals are exported as csv or jsonl.")
        station = self.get_row(pk=pk)
        query = request.GET.copy()
        if not query.get("show"):
            query["show"] = "frames"
        frames = JournalEntry.objects.filter(station_id=station.pk)
        rows = JournalFilters(query, queryset=frames, request=request, time_zone=station.site.time_zone).qs
        content_type, write = _WRITERS[kind]
        pieces = write(rows.order_by("id").iterator(chunk_size=2_000))
        response = StreamingHttpResponse(for_server(request, pieces), content_type=content_type)
        name = "".join(c if c.isalnum() or c in "-_" else "-" for c in station.identity)
        stamp = timezone.now().strftime("%Y-%m-%d-%H%M")
        response["Content-Disposition"] = f'attachment; filename="journal-{name}-{stamp}.{kind}"'
        return response


def _values(entry: JournalEntry) -> dict:
    direction = "charger to us" if entry.is_inbound else "us to charger"
    values = {name: getattr(entry, name, None) for name in COLUMNS if name != "direction"}
    return {name: direction if name == "direction" else values[name] for name in COLUMNS} | {"at": entry.at.isoformat()}


def _json_lines(entries) -> Iterator[bytes]:
    for entry in entries:
        values = _values(entry)
        with suppress(ValueError):
            values["payload"] = json.loads(entry.payload)
        yield (json.dumps(values, ensure_ascii=False) + "\n").encode()


def _csv_lines(entries) -> Iterator[bytes]:
    return csv_pieces(chain([list(COLUMNS)], ([*_values(entry).values()] for entry in entries)))


_WRITERS = {"csv": ("text/csv; charset=utf-8", _csv_lines), "jsonl": ("application/x-ndjson", _json_lines)}
