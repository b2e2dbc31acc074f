"""The list of reservations and the page of one."""

from django.urls import reverse

from apps.accounts.policy import Action
from apps.portal.charging.tables import who
from apps.portal.kit import html
from apps.portal.kit.views import ActionButton, Attribute, Crumb, DetailView, Empty, ListView, Panel
from apps.portal.links import page_of
from apps.portal.reservations.actions import why_not_cancel
from apps.portal.reservations.tables import ReservationFilters, ReservationTable
from apps.sessions.models import Reservation
from apps.sites.models import Site

NO_RIGHT = "Your role may look at reservations, but not end them."


class ReservationList(ListView):
    action = Action.RESERVATION_VIEW
    title = "Reservations"
    queryset = Reservation.objects.select_related("station__site", "driver", "requested_by")
    table = ReservationTable
    filterset = ReservationFilters
    search = ("station__identity", "station__name", "driver__name", "token_value")
    search_hint = "Driver, card, station"
    fixed_views = (("All", ""), ("Now", "state=live"))
    empty = Empty(
        "Nothing was reserved yet",
        "On the page of a station, “Reserve” keeps a free connector for a driver’s card.",
        icon="calendar",
    )

    def live_topics(self):
        sites = Site.objects.visible_to(self.request.user, self.action).values_list("pk", flat=True)
        return [f"site:{pk}" for pk in sites[:200]]


def _live(reservation: Reservation) -> str:
    return f"station:{reservation.station_id}"


def _moment(name: str):
    return lambda row: html.moment(getattr(row, name), row.station.site.time_zone)


def _link(row):
    return html.format_html('<a href="{}">{}</a>', page_of(row), row) if row else None


class ReservationPage(DetailView):
    action = Action.RESERVATION_VIEW
    queryset = Reservation.objects.select_related(
        "station__site__organisation", "station__connection", "driver", "requested_by", "command", "session__station"
    )

    panels = (
        Panel(
            "facts", "Reservation", live=_live,
            attributes=(
                Attribute("Where", lambda r: html.format_html("{}, {}", _link(r.station), r.place)),
                Attribute("Type of connector", "connector_type"),
                Attribute("For", who),
                Attribute("Card", "token_value"),
                Attribute("Also for cards of the group", "group_value"),
                Attribute("Kept until", _moment("expires_at")),
                Attribute("What became of it", "explanation"),
                Attribute("The station’s word", "status_word"),
                Attribute("Session", lambda r: _link(r.session)),
            ),
        ),
        Panel(
            "times", "Times", side=True, live=_live,
            attributes=(
                Attribute("Asked by", lambda r: r.requested_by or "Automation"),
                Attribute("Asked", _moment("asked_at")),
                Attribute("Kept since", _moment("held_at")),
                Attribute("Ended", _moment("ended_at")),
                Attribute("Number at the station", "number"),
                Attribute("Command", lambda r: _link(r.command)),
            ),
        ),
    )  # fmt: skip

    def page_title(self, reservation):
        return f"Reservation at {reservation.station}"

    def page_status(self, reservation):
        return reservation.state_choice

    def page_live(self, reservation):
        return _live(reservation)

    def breadcrumbs(self, reservation):
        return (Crumb("Reservations", reverse("portal:reservations")),)

    def buttons(self, reservation):
        allowed = Reservation.objects.visible_to(self.request.user, Action.RESERVATION_EDIT)
        reason = why_not_cancel(reservation) if allowed.filter(pk=reservation.pk).exists() else NO_RIGHT
        url = reverse("portal:reservation-cancel", args=[reservation.pk])
        return (ActionButton("Cancel it", url, icon="x", reason=reason, in_dialog=True),)
