"""Columns of the list of stations."""

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from apps.chargers.choices import StationStatus
from apps.chargers.models import ChargingStation
from apps.portal.kit.columns import KitColumn, LinkColumn, SinceColumn, StatusColumn, kw_column
from apps.portal.kit.html import dash, icon
from apps.portal.links import page_of
from apps.portal.stations.states import kept_places, kept_until, shown_state


class StationTable(tables.Table):
    tick = tables.Column(
        accessor="pk", verbose_name="", orderable=False, exclude_from_export=True, attrs={"td": {"class": "st-tick"}}
    )
    identity = KitColumn(verbose_name="Station", order_by=("name", "identity"))
    status = StatusColumn(StationStatus)
    connectors = KitColumn(accessor="pk", verbose_name="Connectors", orderable=False)
    power_now_w = kw_column(verbose_name="Power now")
    site = LinkColumn(accessor="site.name", verbose_name="Site", url_name="portal:site", args_from=("site_id",))
    area = KitColumn(accessor="area.name", verbose_name="Area", hide_on_phone=True)
    last_seen = SinceColumn(accessor="connection.last_seen_at", verbose_name="Last word", zone="site.time_zone")
    protocol = KitColumn(verbose_name="Version")
    model = KitColumn(verbose_name="Model", order_by=("vendor", "model"), empty_values=(None,))
    firmware_version = KitColumn(verbose_name="Firmware", hide_on_phone=True)

    class Meta:
        model = ChargingStation
        fields = ()
        sequence = (
            "tick", "identity", "status", "connectors", "power_now_w", "site", "area", "last_seen", "protocol", "model",
            "firmware_version",
        )  # fmt: skip
        order_by = "identity"
        row_attrs = {"id": lambda record: f"station-{record.pk}"}

    def render_tick(self, record):
        return format_html(
            '<input class="form-check-input" type="checkbox" form="bulk-form" name="station" value="{}"'
            ' aria-label="Tick {}">', record.pk, record,
        )  # fmt: skip

    def render_identity(self, record):
        below = format_html('<span class="st-below">{}</span>', record.identity) if record.name else ""
        return format_html('<a href="{}">{}</a>{}', page_of(record), record, below)

    def value_identity(self, value):
        return value

    def render_connectors(self, record):
        return connector_badges(record)

    def value_connectors(self, record):
        kept = kept_places(record.held, timezone.now())
        return "; ".join(_connector_words(record, evse, connector, kept) for evse, connector in _connectors(record))

    def render_protocol(self, value):
        return value.removeprefix("OCPP ")

    def render_model(self, record):
        return self.value_model(record) or dash()

    def value_model(self, record):
        return f"{record.vendor} {record.model}".strip()


def connector_badges(station):
    """One small sign per connector, its state in colour, form and words. ``held``: its reservations, loaded."""
    kept = kept_places(station.held, timezone.now())
    signs = format_html_join(
        "",
        '<span class="cn-badge st-mini cn-{}" title="{}">{}{}<span class="visually-hidden">{}</span></span>',
        (
            (state.colour, words, icon(state.icon), evse.number, f", {words.partition(': ')[2]}")
            for evse, connector in _connectors(station)
            for state, words in [
                (shown_state(evse, connector, is_reserved=evse.number in kept),
                 _connector_words(station, evse, connector, kept))
            ]
        ),
    )  # fmt: skip
    return format_html('<span class="st-minis">{}</span>', signs) if signs else dash()


def _connectors(station):
    return [(evse, connector) for evse in station.evses.all() for connector in evse.connectors.all()]


def _connector_words(station, evse, connector, kept) -> str:
    kind = f" ({connector.get_type_display()})" if connector.type else ""
    reservation = kept.get(evse.number)
    label = shown_state(evse, connector, is_reserved=reservation is not None).label
    until = f", {kept_until(reservation, station.site.time_zone)}" if reservation else ""
    return f"EVSE {evse.number}{kind}: {label}{until}"
