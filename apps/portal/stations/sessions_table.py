"""Sessions of one station as rows."""

import django_tables2 as tables
from django.utils.html import format_html

from apps.portal.kit import html
from apps.portal.kit.columns import DurationColumn, KitColumn, MomentColumn, MoneyColumn, StatusColumn, kwh_column
from apps.portal.links import page_of
from apps.sessions.choices import SessionFlag, SessionState
from apps.sessions.models import ChargingSession


class StationSessionTable(tables.Table):
    started_at = MomentColumn(verbose_name="Started", zone="site.time_zone")
    state = StatusColumn(SessionState)
    evse_number = KitColumn(verbose_name="EVSE")
    driver = KitColumn(verbose_name="Driver or card", order_by="driver__name", empty_values=())
    duration = DurationColumn(accessor="pk", verbose_name="Duration", orderable=False)
    energy_wh = kwh_column(verbose_name="Energy")
    cost_gross = MoneyColumn(verbose_name="Cost")
    flags = KitColumn(verbose_name="Remarks", orderable=False, hide_on_phone=True, empty_values=(None, []))

    class Meta:
        model = ChargingSession
        fields = ()
        sequence = ("started_at", "state", "evse_number", "driver", "duration", "energy_wh", "cost_gross", "flags")
        order_by = "-started_at"
        row_attrs = {"id": lambda record: f"session-{record.pk}"}

    def render_started_at(self, value, record):
        return format_html('<a href="{}">{}</a>', page_of(record), html.moment(value, record.site.time_zone))

    def render_driver(self, record):
        return self.value_driver(record) or html.dash()

    def value_driver(self, record):
        return str(record.driver or record.id_token or record.token_value)

    def render_duration(self, record):
        if record.is_open:
            return html.running(record.started_at)
        return DurationColumn.render(self.columns["duration"].column, self.value_duration(record))

    def value_duration(self, record):
        return int((record.ended_at - record.started_at).total_seconds()) if record.ended_at else None

    def render_flags(self, value):
        return self.value_flags(value)

    def value_flags(self, value):
        return "; ".join(SessionFlag(flag).label for flag in value)
