"""Where the local lists of all stations stand."""

import django_filters
import django_tables2 as tables

from apps.accounts.policy import Action
from apps.drivers.choices import ListState
from apps.drivers.models import LocalList
from apps.portal.kit.columns import KitColumn, LinkColumn, SinceColumn, StatusColumn
from apps.portal.kit.views import Empty, ListView
from apps.sites.models import Site


def _sites(request):
    return Site.objects.visible_to(request.user, Action.STATION_VIEW).order_by("name")


class LocalListTable(tables.Table):
    station = LinkColumn(url_name="portal:station-local-list", args_from=("station_id",), order_by="station__identity")
    site = LinkColumn(accessor="station__site__name", url_name="portal:site", args_from=("station.site_id",))
    state = StatusColumn(ListState)
    version = KitColumn(verbose_name="Version")
    held_count = KitColumn(verbose_name="Cards")
    left_out_count = KitColumn(verbose_name="No room for", hide_on_phone=True)
    changed_at = SinceColumn(verbose_name="Changed", zone="station.site.time_zone")
    problem = KitColumn(verbose_name="What is the matter", orderable=False, hide_on_phone=True)

    class Meta:
        model = LocalList
        fields = ()
        sequence = ("station", "site", "state", "version", "held_count", "left_out_count", "changed_at", "problem")
        order_by = "station"


class LocalListFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ListState.choices)
    site = django_filters.ModelChoiceFilter(
        label="Site", field_name="station__site", queryset=_sites, empty_label="All sites"
    )

    class Meta:
        model = LocalList
        fields = ()


class LocalListOverview(ListView):
    action = Action.STATION_VIEW
    title = "Local lists"
    subtitle = "The cards that stations know by heart, for when they cannot ask us."
    queryset = LocalList.objects.select_related("station__site")
    table = LocalListTable
    filterset = LocalListFilters
    search = ("station__identity", "station__name", "station__site__name")
    search_hint = "Station, site"
    empty = Empty(
        "No local lists yet",
        "A list is kept where a station says that it uses one, or where you switch it on: open a station, then Access.",
        icon="list-check",
    )
