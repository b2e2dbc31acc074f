"""A wish that took several calls: one line per variable or monitor."""

from django.urls import reverse

from apps.accounts.policy import Action
from apps.chargers.models import StationOperation
from apps.chargers.selectors.operations import commands_of, outcomes, state_of
from apps.portal.kit import html
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import Attribute, DetailView, Panel
from apps.portal.links import page_of


def _name(address: dict) -> str:
    if "id" in address and "variable" not in address:
        return f"Monitor {address['id']}"
    instance = f"[{address['variable_instance']}]" if address.get("variable_instance") else ""
    place = f" at EVSE {address['evse_id']}" if address.get("evse_id") else ""
    return f"{address.get('component', '')}.{address.get('variable', '')}{instance}{place}"


def load_items(request, operation: StationOperation) -> dict:
    return {"rows": [(_name(outcome.address), outcome) for outcome in outcomes(commands_of(operation))]}


class OperationPage(DetailView):
    action = Action.STATION_VIEW
    queryset = StationOperation.objects.select_related("station__site__organisation", "requested_by")

    panels = (
        Panel(
            "items", "What became of each", template="portal/model/items.html", load=load_items, flush=True,
            live=lambda operation: f"station:{operation.station_id}",
        ),
        Panel(
            "facts", "Asked", side=True,
            attributes=(
                Attribute("Station", "station"),
                Attribute("By", lambda o: str(o.requested_by) if o.requested_by else "the system"),
                Attribute("When", lambda o: html.moment(o.created_at, o.station.site.time_zone)),
                Attribute("Calls", lambda o: o.commands.count()),
            ),
        ),
    )  # fmt: skip

    def page_title(self, obj):
        return obj.get_kind_display()

    def page_status(self, obj):
        return state_of(commands_of(obj))

    def page_live(self, obj):
        return f"station:{obj.station_id}"

    def breadcrumbs(self, obj):
        return (Crumb("Stations", reverse("portal:stations")), Crumb(str(obj.station), page_of(obj.station)))
