"""Every part of the kit on one page, with invented values: for eyes and for the browser tests."""

from datetime import timedelta
from decimal import Decimal

import django_tables2 as tables
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.utils import timezone

from apps.accounts.policy import Action
from apps.core.choices import ColouredChoices
from apps.portal.kit.charts import Bar, Slice, bar_chart, donut, gauge, sparkline, stacked_bar
from apps.portal.kit.columns import KitColumn, MoneyColumn, RunningColumn, StatusColumn, kw_column, kwh_column
from apps.portal.kit.views import ActionButton, PortalView

SLICES = [
    Slice("Available", 18, "green"),
    Slice("Charging", 9, "blue"),
    Slice("Occupied", 3, "cyan"),
    Slice("Out of service", 1, "orange"),
    Slice("Faulted", 2, "red"),
    Slice("Offline", 1, "grey"),
]


class State(ColouredChoices):
    """Every colour once."""

    AVAILABLE = "available", "green", "circle-check", "Available"
    CHARGING = "charging", "blue", "bolt", "Charging"
    OCCUPIED = "occupied", "cyan", "car", "Occupied"
    PAUSED = "paused", "purple", "player-pause", "Paused by car"
    PENDING = "pending", "yellow", "hourglass", "Waiting for approval"
    OUT = "out", "orange", "circle-off", "Out of service"
    FAULTED = "faulted", "red", "alert-triangle", "Faulted"
    UNKNOWN = "unknown", "secondary", "help-circle", "Unknown"


class SessionTable(tables.Table):
    """Numbers of different lengths below each other."""

    station = KitColumn()
    state = StatusColumn(State)
    started_at = RunningColumn(verbose_name="For")
    energy_wh = kwh_column(verbose_name="Energy")
    power_w = kw_column(verbose_name="Power")
    cost = MoneyColumn()

    class Meta:
        attrs = {"class": "cn-stack"}
        orderable = False


def sessions() -> list[dict]:
    now = timezone.now()
    return [
        {
            "station": f"HARBOUR-{number:02}",
            "state": state,
            "started_at": now - timedelta(seconds=37 * 5**number),
            "energy_wh": 137 * 4**number,
            "power_w": None if number == 7 else 1_400 * 2**number,
            "cost": Decimal("0.07") * 3**number,
            "currency": "EUR",
        }
        for number, state in enumerate(State.values)
    ]


PAGE = """{% extends "portal/base.html" %}{% load kit %}
{% block head %}{% include "portal/kit/chart_head.html" %}{% endblock %}
{% block page_scripts %}{% include "portal/kit/chart_scripts.html" %}{% endblock %}
{% block content %}
<div class="cn-figures">
  <a class="cn-figure" href="#"><div class="cn-figure-label">Charging now</div><div class="cn-figure-value">9 of 34</div><div class="cn-figure-note">{{ spark }}</div></a>
  <a class="cn-figure" href="#"><div class="cn-figure-label">Power</div><div class="cn-figure-value">{% kw 412300 %}</div><div class="cn-figure-note">of 600 kW</div></a>
  <a class="cn-figure" href="#"><div class="cn-figure-label">Energy today</div><div class="cn-figure-value">{% kwh 3412700 1 %}</div><div class="cn-figure-note">+12 % on last Sunday</div></a>
  <a class="cn-figure" href="#"><div class="cn-figure-label">Revenue today</div><div class="cn-figure-value">{% money revenue "EUR" %}</div><div class="cn-figure-note">net of VAT</div></a>
</div>
<div class="cn-panels cn-panels-with-side"><div class="cn-panels-main">
  <section class="card"><div class="card-header"><h2 class="card-title">{% icon "bolt" %}Sessions</h2></div>{% include "portal/kit/table.html" %}</section>
  <section class="card"><div class="card-header"><h2 class="card-title">Energy by hour</h2></div><div class="card-body">{{ bars }}</div></section>
  <section class="card"><div class="card-header"><h2 class="card-title">Power and state of charge</h2></div><div class="card-body"><div class="chart" data-src="/kit/curve.json"></div></div></section>
</div><div class="cn-panels-side">
  <section class="card"><div class="card-header"><h2 class="card-title">Status</h2></div><div class="card-body"><p>{% for state in states %}{% badge state %} {% endfor %}</p>{{ stacked }}</div></section>
  <section class="card"><div class="card-header"><h2 class="card-title">Grid connection</h2></div><div class="card-body">{{ gauge }}</div></section>
  <section class="card"><div class="card-header"><h2 class="card-title">Connectors</h2></div><div class="card-body">{{ donut }}</div></section>
  <section class="card"><div class="card-header"><h2 class="card-title">Buttons</h2></div><div class="card-body"><div class="btn-list"><a class="btn btn-primary" href="#">Primary</a><a class="btn" href="#">Plain</a><a class="btn btn-danger" href="#">Danger</a></div><div class="mt-3">{% icon "clock" %} Last seen {% since seen "Europe/Berlin" %}</div></div></section>
</div></div>
{% endblock %}"""  # noqa: E501


class Gallery(PortalView):
    action = Action.SITE_VIEW

    def get(self, request):
        context = {
            "title": "Harbour",
            "subtitle": "Public charging, Kiel · Europe/Berlin",
            "buttons": [
                ActionButton("Start a session", "#", icon="player-play", style="primary"),
                ActionButton("Unlock", icon="lock-open", reason="The station is offline."),
            ],
            "menu_buttons": [ActionButton("Reset", "#", icon="rotate", style="danger")],
            "table": SessionTable(sessions()),
            "states": list(State),
            "revenue": Decimal("1843.2"),
            "seen": timezone.now() - timedelta(seconds=7),
            "spark": sparkline([3, 4, 4, 6, 9, 8, 7, 9], title="Charging, last 8 hours"),
            "bars": bar_chart([Bar(f"{h:02}", (h * 37) % 83) for h in range(24)], title="Energy by hour", unit="kWh"),
            "stacked": stacked_bar(SLICES, title="Connectors"),
            "gauge": gauge(512, 600, title="Power", unit="kW"),
            "donut": donut(SLICES, title="Connectors", middle="34"),
        }
        return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


def curve(request):
    start = 1_780_000_000
    times = [start + minute * 60 for minute in range(90)]
    power = [min(150, 20 + minute * 9) if minute < 40 else max(150 - (minute - 40) * 2.6, 12) for minute in range(90)]
    return JsonResponse(
        {
            "times": times,
            "zone": "Europe/Berlin",
            "series": [
                {"label": "Power", "unit": "kW", "values": power, "colour": "blue"},
                {
                    "label": "Limit",
                    "unit": "kW",
                    "values": [150] * 90,
                    "colour": "grey",
                    "stepped": True,
                    "dashed": True,
                },
                {"label": "State of charge", "unit": "%", "values": list(range(8, 98)), "colour": "green", "digits": 0},
            ],
        }
    )
