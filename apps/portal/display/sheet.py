"""What a station's display shows, and what was asked of it."""

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from apps.accounts.policy import Action
from apps.chargers.choices import DisplayMessageState
from apps.chargers.models import DisplayMessage
from apps.chargers.services.display import supported, why_no_display
from apps.portal.display.words import PRIORITIES, STATES, when
from apps.portal.kit.columns import KitColumn, MomentColumn, StatusColumn
from apps.portal.kit.views import ActionButton, Empty
from apps.portal.stations.rights import why_not_command
from apps.portal.stations.sheets import StationSheet


class DisplayTable(tables.Table):
    state = StatusColumn(DisplayMessageState)
    content = KitColumn(verbose_name="Message", orderable=False)
    format = KitColumn()
    priority = KitColumn()
    shown_in = KitColumn(verbose_name="Shown", empty_values=(), orderable=False)
    asked_at = MomentColumn(verbose_name="Asked", zone="station.site.time_zone", hide_on_phone=True)
    explanation = KitColumn(verbose_name="What became of it", orderable=False)
    number = KitColumn(verbose_name="Number")
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = DisplayMessage
        fields = ()
        sequence = (
            "state", "content", "shown_in", "priority", "format", "explanation", "asked_at", "number", "pk",
        )  # fmt: skip
        order_by = ("-state", "-asked_at")
        row_attrs = {"id": lambda record: f"message-{record.pk}"}

    why_not = ""

    def render_content(self, record):
        language = format_html(' <span class="text-secondary">{}</span>', record.language) if record.language else ""
        return format_html('<span class="st-value">{}</span>{}', record.content, language)

    def value_content(self, value):
        return value

    def render_priority(self, value):
        return PRIORITIES.get(value, value)

    def render_shown_in(self, record):
        return when(record)

    def value_shown_in(self, record):
        return when(record)

    def render_pk(self, record):
        if record.state != DisplayMessageState.INSTALLED:
            return ""
        if self.why_not:
            return format_html(
                '<button type="button" class="btn btn-sm cn-off" aria-disabled="true" data-reason="{0}" title="{0}">'
                'Clear<span class="visually-hidden">: {0}</span></button>', self.why_not,
            )  # fmt: skip
        url = reverse("portal:display-message-clear", args=[record.pk])
        return format_html('<a class="btn btn-sm" href="{0}" hx-get="{0}" hx-target="#dialog">Clear</a>', url)


class DisplayFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=DisplayMessageState.choices)
    priority = django_filters.ChoiceFilter(choices=list(PRIORITIES.items()), empty_label="Any")
    shown_in = django_filters.ChoiceFilter(label="Shown while", choices=list(STATES.items()), empty_label="Any")

    class Meta:
        model = DisplayMessage
        fields = ()


class StationDisplay(StationSheet):
    action = Action.STATION_VIEW
    title = "Display"
    sheet = "display"
    queryset = DisplayMessage.objects.select_related("station__site")
    table = DisplayTable
    filterset = DisplayFilters
    search = ("content",)
    search_hint = "Text of the message"
    fixed_views = (("All", ""), ("On the display now", "state=installed"))

    def get_empty(self):
        if reason := why_no_display(self.station):
            return Empty("No messages", reason, icon="message")
        return Empty(
            "We know of no message on this display",
            "“New message” shows one; “Read back” asks the station what it shows already.",
            icon="message",
        )

    def get_table(self, rows):
        table = super().get_table(rows)
        table.why_not = self._why_not()
        return table

    def sheet_buttons(self):
        def button(label: str, name: str, icon: str, **looks) -> ActionButton:
            url = reverse(f"portal:station-display-{name}", args=[self.station.pk])
            return ActionButton(label, url, icon=icon, reason=self._why_not(), in_dialog=True, **looks)

        return [button("New message", "new", "plus", style="primary"), button("Read back", "read", "refresh")]

    def extra_context(self):
        can = supported(self.station)
        words = f"As far as it has told, the display takes {', '.join(can.formats)}."
        return super().extra_context() | {"subtitle": "" if why_no_display(self.station) else words}

    def _why_not(self) -> str:
        return why_no_display(self.station) or why_not_command(self.station, self.rights)
