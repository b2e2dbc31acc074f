"""Columns of the session lists."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join

from apps.accounts.policy import Action, may
from apps.portal.charging.words import flag_badge
from apps.portal.kit import format as fmt
from apps.portal.kit.columns import (
    DurationColumn,
    KitColumn,
    LinkColumn,
    MomentColumn,
    MoneyColumn,
    StatusColumn,
    UnitColumn,
    kw_column,
    kwh_column,
)
from apps.portal.kit.html import badge, dash, quantity, running
from apps.portal.links import page_of
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargingSession
from apps.sessions.services.pricing import running_costs


class LengthColumn(DurationColumn):
    """How long it lasted, or has lasted so far, counting."""

    def render(self, record):
        return fmt.duration(seconds_of(record)) if record.ended_at else running(record.started_at)

    def value(self, record):
        return seconds_of(record)


class CostColumn(MoneyColumn):
    """The final cost, or what it would be if the session ended now."""

    def render(self, record, table):
        cost, currency = table.cost_of(record), record.currency
        return quantity(fmt.number(cost, fmt.currency_digits(currency)), currency)

    def value(self, record):
        """An export streams its rows: what runs is priced one by one, from tariffs that are in memory."""
        if not record.is_open:
            return record.cost_gross
        cost = running_costs([record], now=timezone.now()).get(record.pk)
        return cost.gross if cost else None


class SessionTable(tables.Table):
    state = StatusColumn(SessionState, orderable=False)
    place = KitColumn(
        verbose_name="Station",
        accessor="station",
        order_by=("station__identity", "evse_number"),
        attrs={"td": {"class": "cn-place"}},
    )
    site = LinkColumn(
        accessor="site.name",
        url_name="portal:site",
        args_from=("site_id",),
        order_by="site__name",
        verbose_name="Site",
        hide_on_phone=True,
    )
    driver = KitColumn(empty_values=(), verbose_name="Driver or card", order_by=("driver__name", "token_value"))
    started_at = MomentColumn(verbose_name="Started", zone="site.time_zone")
    length = LengthColumn(verbose_name="Time", empty_values=(), orderable=False)
    energy_wh = kwh_column(verbose_name="Energy")
    power_w = kw_column(verbose_name="Power now")
    soc_percent = UnitColumn(verbose_name="Battery", unit="%", digits=0, hide_on_phone=True)
    cost = CostColumn(empty_values=(), order_by="cost_gross")
    flags = KitColumn(orderable=False)

    class Meta:
        model = ChargingSession
        fields = ()
        sequence = (
            "state", "place", "driver", "site", "started_at", "length", "energy_wh", "power_w", "soc_percent", "cost",
            "flags",
        )  # fmt: skip
        order_by = "-started_at"

    @cached_property
    def _running(self) -> dict:
        """Costs of the open sessions that are shown, worked out together."""
        records = [row.record for row in self.paginated_rows]
        return running_costs([record for record in records if record.is_open], now=timezone.now())

    def cost_of(self, record):
        """Gross cost, ``None`` where nothing can be said."""
        if not record.is_open:
            return record.cost_gross
        costs = self._running
        return costs[record.pk].gross if record.pk in costs else None

    def render_state(self, record):
        return format_html('<a class="cn-plain" href="{}">{}</a>', page_of(record), badge(SessionState(record.state)))

    def value_state(self, record):
        return str(SessionState(record.state).label)

    def render_place(self, record):
        return format_html('<a href="{}">{}</a>{}', page_of(record), record.station, evse_of(record))

    def value_place(self, record):
        return f"{record.station}{evse_of(record)}"

    def render_driver(self, record):
        return who(record)

    def value_driver(self, record):
        return str(record.driver or record.token_value or "")

    def render_flags(self, record):
        return format_html_join(" ", "{}", ((flag_badge(flag, short=True),) for flag in record.flag_choices)) or dash()

    def value_flags(self, record):
        return "; ".join(str(flag.label) for flag in record.flag_choices)


def without_drivers(table: tables.Table, user) -> tables.Table:
    """Takes who charged out of a table of sessions, also of its exports, where ``user`` may not see drivers."""
    if not may(user, Action.DRIVER_VIEW):
        table.columns.hide("driver")
        table.columns["driver"].column.exclude_from_export = True
    return table


def seconds_of(session: ChargingSession) -> float:
    """From its start to its end, or to now."""
    return ((session.ended_at or timezone.now()) - session.started_at).total_seconds()


def evse_of(session: ChargingSession) -> str:
    """`` / 2``: the EVSE behind the station's name; nothing where it is not known."""
    return f" / {session.evse_number}" if session.evse_number else ""


def who(session: ChargingSession):
    """The driver, else the card, else that no card was asked for."""
    if session.driver_id:
        return format_html('<a href="{}">{}</a>', reverse("portal:driver", args=[session.driver_id]), session.driver)
    if session.token_value:
        return format_html('<span class="cn-mono" title="Nobody’s card">{}</span>', session.token_value)
    return dash()
