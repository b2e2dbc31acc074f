"""The cards in the local list of one station."""

import django_filters
import django_tables2 as tables

from apps.accounts.policy import Action
from apps.drivers.choices import ListState
from apps.drivers.models import LocalListEntry
from apps.portal.kit import html
from apps.portal.kit.columns import KitColumn
from apps.portal.kit.views import Empty
from apps.portal.links import page_of
from apps.portal.stations.sheets import StationSheet


class EntryTable(tables.Table):
    value = KitColumn(verbose_name="Number")
    driver = KitColumn(accessor="id_token__driver", verbose_name="Driver", order_by="id_token__driver__name")
    status = KitColumn(verbose_name="The station is to say")
    standing = KitColumn(verbose_name="State", empty_values=(), orderable=False)

    class Meta:
        model = LocalListEntry
        fields = ()
        sequence = ("value", "driver", "status", "standing")
        order_by = "value"

    def render_value(self, record):
        return html.link(page_of(record.id_token), record.value) if record.id_token else record.value

    def value_value(self, record):
        return record.value

    def render_driver(self, value):
        return html.link(page_of(value), value)

    def value_driver(self, value):
        return str(value)

    def render_standing(self, record):
        return self.value_standing(record)

    def value_standing(self, record):
        if record.is_forgotten:
            return "forgotten at a customer’s wish" if not record.held else "to be removed: forgotten"
        if record.wanted == record.held:
            return "as it should be"
        if not record.held:
            return "to be sent"
        return "to be changed" if record.wanted else "to be removed"


class EntryFilters(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        label="The station is to say",
        choices=[("Accepted", "Accepted"), ("Blocked", "Blocked"), ("Expired", "Expired")],
        empty_label="All",
    )
    standing = django_filters.ChoiceFilter(
        label="State", method="by_standing", choices=[("due", "Not as it should be")], empty_label="All"
    )

    class Meta:
        model = LocalListEntry
        fields = ()

    def by_standing(self, rows, name, value):
        return rows.out_of_step()


class StationListEntries(StationSheet):
    action = Action.DRIVER_VIEW
    title = "Cards in the local list"
    sheet = "access"
    queryset = LocalListEntry.objects.select_related("id_token__driver")
    table = EntryTable
    filterset = EntryFilters
    search = ("value", "id_token__driver__name")
    search_hint = "Number, driver"
    empty = Empty(
        "No cards in the list",
        f"A list that is “{ListState.IN_STEP.label.lower()}” shows its cards here. “Send the whole list” fills it.",
        icon="nfc",
    )

    def rows(self):
        rows = self.queryset.all().visible_to(self.request.user, self.action)
        return rows.filter(local_list__station=self.station.pk)
