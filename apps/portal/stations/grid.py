"""What only stations of 2.1 tell: streams of values, grid controls and alarms, batteries, payments."""

from django.urls import reverse

from apps.accounts.policy import Action
from apps.chargers.choices import OcppVersion
from apps.chargers.models import ChargingStation
from apps.portal.kit import format as fmt
from apps.portal.kit import html
from apps.portal.kit.parts import ActionButton
from apps.portal.kit.views import DetailView, Panel
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import rights_on, why_not_command

SHOWN = 50
OLDER = "Only stations that speak OCPP 2.1 know this."
EVENTS = {"alarm": "Alarm", "alarm_ended": "Alarm over", "started": "Control started", "stopped": "Control stopped"}
SWAPS = {"BatteryIn": "taken in", "BatteryOut": "given out", "BatteryOutTimeout": "not taken out in time"}


def why_not(request, station: ChargingStation, *, now: bool = False) -> str:
    """Why nothing of 2.1 can be asked of the station; empty where it can."""
    if station.protocol != OcppVersion.OCPP21:
        return OLDER
    return why_not_command(station, rights_on(request.user, station), now=now)


def load_streams(request, station: ChargingStation) -> dict:
    reason = why_not(request, station)
    rows = []
    for stream in station.event_streams.order_by("-is_open", "stream_id")[:SHOWN]:
        adjust = _button(station, "stream-adjust", "Adjust", "adjustments", reason, query=f"?stream={stream.stream_id}")
        rows.append(
            [
                stream.stream_id,
                "open" if stream.is_open else "closed",
                stream.variable_monitoring_id,
                html.quantity(fmt.number(stream.interval_s, 0), "s") if stream.interval_s is not None else None,
                stream.last_value[:100],
                html.since(stream.last_value_at, station.site.time_zone),
                adjust if stream.is_open else "",
            ]
        )
    ask = _button(station, "streams-read", "Ask which are open", "refresh", reason)
    return _table(
        ("Stream", "State", "Monitor", "Every", "Last value", "Told", ""),
        rows,
        [ask],
        "No streams yet: a station opens one when a monitor with a periodic stream is set.",
    )


def load_controls(request, station: ChargingStation) -> dict:
    reason = why_not(request, station)
    rows = [
        [
            control.control_id,
            control.control_type,
            "default" if control.is_default else "scheduled",
            "superseded" if control.is_superseded else "running" if control.is_running else "kept",
            html.moment(control.told_at, station.site.time_zone),
        ]
        for control in station.der_controls.order_by("control_type", "control_id")[:SHOWN]
    ]
    buttons = [
        _button(station, "der-set", "Set a control", "plus", reason),
        _button(station, "der-read", "Ask for all", "refresh", reason),
        _button(station, "der-clear", "Clear", "trash", reason),
        _button(station, "afrr-signal", "Send a frequency signal", "activity-heartbeat", reason),
        _button(station, "allow-transfer", "Allow directions", "arrows-exchange", why_not(request, station, now=True)),
    ]
    return _table(("Control", "Type", "Kind", "State", "Told"), rows, buttons, "The station keeps no grid controls.")


def load_events(request, station: ChargingStation) -> dict:
    rows = [
        [
            html.moment(event.occurred_at, station.site.time_zone),
            EVENTS.get(event.kind, event.kind),
            event.control,
            event.grid_fault,
            event.info,
        ]
        for event in station.der_events.order_by("-received_at", "-pk")[:SHOWN]
    ]
    return _table(("When", "What", "Control", "Fault of the grid", "More"), rows, [], "No alarms, starts or stops.")


def load_batteries(request, station: ChargingStation) -> dict:
    rows = [
        [
            html.moment(swap.received_at, station.site.time_zone),
            SWAPS.get(swap.kind, swap.kind),
            swap.serial_number,
            swap.evse_number,
            html.quantity(fmt.number(swap.soc_percent, 0), "%"),
            html.quantity(fmt.number(swap.soh_percent, 0), "%"),
            swap.request_id,
        ]
        for swap in station.battery_swaps.order_by("-received_at", "-pk")[:SHOWN]
    ]
    swap = _button(station, "battery-swap", "Swap a battery", "battery-charging-2", why_not(request, station, now=True))
    heads = ("When", "Battery", "Serial number", "Slot", "Charge", "Health", "Exchange")
    return _table(heads, rows, [swap], "No batteries were swapped here.")


def load_payments(request, station: ChargingStation) -> dict:
    rows = [
        [
            html.moment(payment.settled_at, station.site.time_zone),
            payment.status,
            html.quantity(fmt.number(payment.amount, 2), payment.currency),
            payment.psp_ref,
            payment.transaction_id,
            payment.receipt_id,
        ]
        for payment in station.settlements.order_by("-received_at", "-pk")[:SHOWN]
    ]
    heads = ("Settled", "State", "Amount", "Reference", "Transaction", "Receipt")
    return _table(heads, rows, [], "No payments were settled at this station.")


def _button(
    station: ChargingStation, name: str, label: str, icon: str, reason: str, *, query: str = ""
) -> ActionButton:
    url = reverse(f"portal:station-{name}", args=[station.pk]) + query
    return ActionButton(label, url, icon=icon, reason=reason, in_dialog=True)


def _table(heads: tuple[str, ...], rows: list[list], buttons: list[ActionButton], empty: str) -> dict:
    """Context of ``grid_table.html``; a cell that is an ActionButton is drawn as one."""
    cells = [
        [(head, cell, isinstance(cell, ActionButton)) for head, cell in zip(heads, row, strict=True)] for row in rows
    ]
    return {"heads": heads, "rows": cells, "buttons": buttons, "empty": empty}


def _live(station: ChargingStation) -> str:
    return f"station:{station.pk}"


def _panel(key: str, title: str, icon: str, load, action: Action | None = None) -> Panel:
    template = "portal/stations/grid_table.html"
    return Panel(key, title, template=template, load=load, live=_live, flush=True, icon=icon, action=action)


class StationGrid(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"

    panels = (
        _panel("streams", "Streams of values", "activity", load_streams),
        _panel("controls", "Grid controls", "solar-panel", load_controls),
        _panel("der-events", "Grid alarms, starts and stops", "alert-triangle", load_events),
        _panel("batteries", "Batteries", "battery-charging-2", load_batteries),
        _panel("payments", "Payments at the station", "credit-card", load_payments, Action.SESSION_VIEW),
    )

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="grid")
