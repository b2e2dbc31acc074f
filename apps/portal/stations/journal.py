"""The journal of a station: every request with its answer, searchable, and everything of it as a file."""

import json

import django_filters
import django_tables2 as tables
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from apps.accounts.policy import Action
from apps.gateway.models import JournalEntry
from apps.portal.kit import html
from apps.portal.kit.columns import KitColumn, UnitColumn
from apps.portal.kit.fields import LocalMomentRangeFilter
from apps.portal.kit.views import ActionButton, Empty
from apps.portal.stations.sheets import StationSheet

_REQUESTS = Q(kind__in=("call", "send", "bad"))
_ANSWERS = Q(kind__in=("result", "error"))


class JournalFilters(django_filters.FilterSet):
    text = django_filters.CharFilter(label="Text in request or answer", method="filter_text")
    messages = django_filters.CharFilter(field_name="action", label="Message", lookup_expr="icontains")
    direction = django_filters.ChoiceFilter(
        label="Asked by",
        choices=[("in", "The charger"), ("out", "Us")],
        method="filter_direction",
        empty_label="Either",
    )
    show = django_filters.ChoiceFilter(
        label="Show", empty_label="Requests with answers", method="filter_show",
        choices=[("frames", "Every frame"), ("errors", "Only errors")],
    )  # fmt: skip
    at = LocalMomentRangeFilter(label="Between")

    class Meta:
        model = JournalEntry
        fields = ()

    def __init__(self, *args, time_zone: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["at"].time_zone = time_zone

    @property
    def qs(self):
        rows = super().qs
        return rows if self.form.is_valid() and self.form.cleaned_data.get("show") else rows.filter(_REQUESTS)

    def filter_text(self, rows, name, value):
        held = self.queryset.filter(payload__icontains=value.replace("\x00", "")).exclude(message_id="")
        return rows.filter(Q(payload__icontains=value) | Q(message_id__in=held.values("message_id")))

    def filter_direction(self, rows, name, value):
        return rows.filter(is_inbound=value == "in")

    def filter_show(self, rows, name, value):
        if value == "frames":
            return rows
        failed = self.queryset.filter(kind="error").exclude(message_id="")
        return rows.filter(Q(kind="bad") | Q(kind="call", message_id__in=failed.values("message_id")))


class JournalTable(tables.Table):
    at = KitColumn(verbose_name="When", order_by="id")
    is_inbound = KitColumn(verbose_name="From", orderable=False)
    action = KitColumn(verbose_name="Message", orderable=False, empty_values=())
    answer = KitColumn(accessor="pk", verbose_name="Answer", orderable=False)
    ms = UnitColumn(accessor="pk", verbose_name="After", unit="ms", digits=0, orderable=False)
    payload = KitColumn(verbose_name="Content", orderable=False)

    class Meta:
        model = JournalEntry
        fields = ()
        sequence = ("at", "is_inbound", "action", "answer", "ms", "payload")
        order_by = "-at"
        row_attrs = {"id": lambda record: f"frame-{record.pk}"}

    zone = ""

    @property
    def answers(self) -> dict[str, JournalEntry]:
        """The answers to the requests on this page, by message id. One query."""
        if not hasattr(self, "_answers"):
            shown = [row.record for row in self.page.object_list] if self.page else []
            self._answers = _find_answers(shown)
        return self._answers

    def render_at(self, record):
        there = html.moment(record.at, self.zone)
        return format_html('{}<span class="cn-unit">.{}</span>', there, f"{record.at.microsecond // 1000:03}")

    def render_is_inbound(self, value):
        sign = html.icon("arrow-right" if value else "arrow-left")
        return format_html('<span class="st-from">{}{}</span>', sign, "Charger" if value else "Us")

    def render_action(self, record):
        kind = {"result": " (answer)", "error": " (error)"}.get(record.kind, "")
        return f"{record.action or ('Unreadable frame' if record.kind == 'bad' else 'Message')}{kind}"

    def render_answer(self, record):
        if record.kind == "send":
            return mark_safe('<span class="text-secondary">needs none</span>')
        if record.kind != "call":
            return _error_sign(record.error_code) if record.error_code else html.dash()
        answer = self._answer_to(record)
        if answer is None:
            return mark_safe('<span class="text-secondary">no answer</span>')
        if answer.kind == "error":
            return _error_sign(answer.error_code or "Error")
        return _word_of(answer) or "answered"

    def render_ms(self, record):
        answer = self._answer_to(record) if record.kind == "call" else record
        if answer is None or answer.pair_ms is None:
            return html.dash()
        return UnitColumn.render(self.columns["ms"].column, answer.pair_ms)

    def render_payload(self, record):
        answer = self._answer_to(record) if record.kind == "call" else None
        below = (
            format_html('<h3 class="st-small">Answer</h3><pre class="st-json">{}</pre>', pretty(answer.payload))
            if answer
            else ""
        )
        return format_html(
            '<details class="st-frame" id="content-{}"><summary><code>{}</code></summary>'
            '<pre class="st-json">{}</pre>{}</details>',
            record.pk, _short(record.payload), pretty(record.payload), below,
        )  # fmt: skip

    def _answer_to(self, record) -> JournalEntry | None:
        answer = self.answers.get(record.message_id)
        return answer if answer is not None and answer.is_inbound != record.is_inbound else None


def _error_sign(code: str):
    return format_html('<span class="cn-badge cn-red">{}{}</span>', html.icon("alert-circle"), code)


def _find_answers(shown: list[JournalEntry]) -> dict[str, JournalEntry]:
    ids = {entry.message_id for entry in shown if entry.kind == "call" and entry.message_id}
    if not ids:
        return {}
    oldest = min(entry.pk for entry in shown)
    found = JournalEntry.objects.filter(_ANSWERS, station_id=shown[0].station_id, id__gte=oldest, message_id__in=ids)
    return {entry.message_id: entry for entry in found.order_by("-id")}


def pretty(text: str) -> str:
    """JSON over several lines; what is none stays as it was."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _short(text: str) -> str:
    """What stands behind the message's name in a frame, on one line."""
    try:
        frame = json.loads(text)
    except ValueError:
        return text[:90]
    body = frame[-1] if isinstance(frame, list) and frame else frame
    line = json.dumps(body, ensure_ascii=False)
    return line if len(line) <= 90 else f"{line[:89]}…"


def _word_of(answer: JournalEntry) -> str:
    try:
        frame = json.loads(answer.payload)
    except ValueError:
        return ""
    body = frame[-1] if isinstance(frame, list) and frame else None
    if not isinstance(body, dict):
        return ""
    nested = next((part for part in (body.get("idTagInfo"), body.get("idTokenInfo")) if isinstance(part, dict)), body)
    word = nested.get("status", body.get("status", ""))
    return word if isinstance(word, str) else ""


class StationJournal(StationSheet):
    action = Action.JOURNAL_VIEW
    title = "Journal"
    sheet = "journal"
    queryset = JournalEntry.objects.all()
    table = JournalTable
    filterset = JournalFilters
    exportable = False
    empty = Empty("No message yet", "Every frame shows here as it was on the wire, secrets masked.", icon="messages")

    def rows(self):
        return JournalEntry.objects.filter(station_id=self.station.pk)

    def _filterset(self):
        query, zone = self.request.GET, self.station.site.time_zone
        return JournalFilters(query, queryset=self.rows(), request=self.request, time_zone=zone)

    def get_table(self, rows):
        table = super().get_table(rows)
        table.zone = self.station.site.time_zone
        return table

    def sheet_buttons(self):
        query = self.request.GET.urlencode()

        def url(kind: str) -> str:
            return f"{reverse('portal:station-journal-export', args=[self.station.pk, kind])}?{query}"

        return [
            ActionButton("All frames as CSV", url("csv"), icon="file-type-csv"),
            ActionButton("All frames as JSON lines", url("jsonl"), icon="braces"),
        ]
