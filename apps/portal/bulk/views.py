"""The list of bulk operations, and one of them while it runs."""

from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from apps.accounts.policy import Action
from apps.chargers.choices import BulkItemState
from apps.chargers.models import BulkItem, BulkOperation
from apps.portal.bulk.actions import TO_CANCEL, TO_RETRY
from apps.portal.bulk.tables import BulkFilters, BulkTable, ItemFilters, ItemTable
from apps.portal.kit.views import ActionButton, Crumb, Empty, ListView

NO_RIGHT = "Your role may look at this, but not change it."


class BulkList(ListView):
    action = Action.STATION_VIEW
    title = "Bulk operations"
    queryset = BulkOperation.objects.select_related("requested_by").annotate(stations_count=Count("items"))
    table = BulkTable
    filterset = BulkFilters
    empty = Empty(
        "Nothing was asked of many stations yet",
        "Tick stations in the list of stations, choose what to ask of them, and confirm.",
        icon="list-check",
    )

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")),)

    def live_topics(self):
        running = self.rows().filter(state="running").order_by("-pk").values_list("pk", flat=True)[:50]
        return [f"bulk:{pk}" for pk in running]


class BulkPage(ListView):
    """Its stations, with what became of each; those that the user may see."""

    action = Action.STATION_VIEW
    template_name = "portal/bulk/items.html"
    queryset = BulkItem.objects.select_related("station__site", "command")
    table = ItemTable
    filterset = ItemFilters
    search = ("station__identity", "station__name", "station__site__name")
    search_hint = "Station, site"
    fixed_views = (("All", ""), ("Not yet", "state=waiting&state=asked"), ("Troubles", "state=refused&state=failed"))

    @cached_property
    def operation(self) -> BulkOperation:
        rows = BulkOperation.objects.select_related("requested_by")
        return get_object_or_404(rows.visible_to(self.request.user, self.action), pk=self.kwargs["pk"])

    @property
    def title(self):
        return f"{self.operation.get_kind_display()}, {self.operation.pk}"

    def post(self, request, *args, **kwargs):
        _ = self.operation
        return super().post(request, *args, **kwargs)

    def rows(self):
        return super().rows().filter(operation=self.operation)

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")), Crumb("Bulk", reverse("portal:bulk-operations")))

    def live_topics(self):
        return [f"bulk:{self.operation.pk}"]

    def buttons(self):
        allowed = BulkOperation.objects.visible_to(self.request.user, self.operation.needed_action)
        reason = "" if allowed.filter(pk=self.operation.pk).exists() else NO_RIGHT

        def button(label: str, name: str, icon: str, states, otherwise: str) -> ActionButton:
            some = any(self.counts[state] for state in states)
            why = reason or ("" if some else otherwise)
            url = reverse(f"portal:bulk-{name}", args=[self.operation.pk])
            return ActionButton(label, url, icon=icon, reason=why, in_dialog=True)

        return [
            button("Cancel the rest", "cancel", "ban", TO_CANCEL, "Every station was asked already."),
            button("Try again", "retry", "refresh", TO_RETRY, "No station refused, failed or was left out."),
        ]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many of the visible stations are in each state."""
        found = dict(self.rows().order_by().values_list("state").annotate(Count("pk")))
        return {state.value: found.get(state.value, 0) for state in BulkItemState}

    def extra_context(self):
        total = sum(self.counts.values())
        open_count = self.counts["waiting"] + self.counts["asked"]
        return {
            "bar_template": "portal/bulk/figures.html",
            "operation": self.operation,
            "total": total,
            "ended": total - open_count,
            "arguments": [(name.replace("_", " "), value) for name, value in self.operation.arguments.items()],
            "figures": [
                (state, count, f"state={state.value}") for state in BulkItemState if (count := self.counts[state.value])
            ],
        }
