"""The list of billing runs, and one of them while it works."""

from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from apps.accounts.policy import Action, may
from apps.invoicing.choices import ItemStage, RunState
from apps.invoicing.models import BillingItem, BillingRun
from apps.invoicing.services.runs import topic_of
from apps.portal.billing.tables import ItemFilters, ItemTable, RunFilters, RunTable
from apps.portal.billing.words import NO_RIGHT
from apps.portal.kit.views import ActionButton, Crumb, Empty, ListView

_PARKED = Q(items__is_left_out=False) & ~Q(items__problem_code="")
_RUNNING = (RunState.PREPARING, RunState.WAITING, RunState.ISSUING)


class RunList(ListView):
    action = Action.BILLING_VIEW
    title = "Billing runs"
    queryset = BillingRun.objects.select_related("period__issuer", "asked_by").annotate(
        accounts_count=Count("items"), parked_count=Count("items", filter=_PARKED)
    )
    table = RunTable
    filterset = RunFilters
    search = ("period__issuer__name",)
    search_hint = "Issuer"
    fixed_views = (("All", ""), ("Waiting for approval", "state=waiting"), ("At work", "state=preparing&state=issuing"))
    empty = Empty(
        "No month was billed yet",
        "Start a dry run: it reckons the bills of a month and shows what is odd, without writing anything.",
        icon="file-invoice",
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.BILLING_EDIT) else NO_RIGHT
        url = reverse("portal:billing-run-new")
        return (ActionButton("Start a run", url, icon="player-play", style="primary", reason=reason),)

    def live_topics(self):
        return [topic_of(pk) for pk in self.rows().filter(state__in=_RUNNING).values_list("pk", flat=True)[:50]]


class RunPage(ListView):
    """Its customers, with what was done for each."""

    action = Action.BILLING_VIEW
    template_name = "portal/billing/run.html"
    queryset = BillingItem.objects.select_related("account", "invoice").annotate(
        difference=F("gross") - F("previous_gross"),
        currency=Coalesce("invoice__currency", "account__home_site__currency", Value("")),
    )
    table = ItemTable
    filterset = ItemFilters
    search = ("account__name", "account__number")
    search_hint = "Customer, number"
    fixed_views = (("All", ""), ("Parked", "look=parked"), ("Odd", "look=odd"), ("Changed most", "sort=-difference"))
    empty = Empty("Nobody is in this run", "No charging and no membership of this month is unbilled.", icon="users")

    @cached_property
    def run(self) -> BillingRun:
        rows = BillingRun.objects.select_related("period__issuer", "asked_by", "approved_by")
        return get_object_or_404(rows.visible_to(self.request.user, self.action), pk=self.kwargs["pk"])

    @cached_property
    def may_edit(self) -> bool:
        return BillingRun.objects.visible_to(self.request.user, Action.BILLING_EDIT).filter(pk=self.run.pk).exists()

    @property
    def title(self):
        return f"{self.run.period}, {'dry run' if self.run.is_dry else 'run'} {self.run.pk}"

    @property
    def subtitle(self):
        return self.run.period.issuer.name

    def post(self, request, *args, **kwargs):
        _ = self.run
        return super().post(request, *args, **kwargs)

    def rows(self):
        return super().rows().filter(run=self.run)

    def get_table(self, rows):
        table = super().get_table(rows)
        table.may_edit = self.may_edit and self.run.state in _RUNNING
        return table

    def breadcrumbs(self):
        return (Crumb("Billing runs", reverse("portal:billing-runs")),)

    def live_topics(self):
        return [topic_of(self.run.pk)]

    def buttons(self):
        run = self.run

        def button(label: str, name: str, icon: str, refusal: str, style: str = "") -> ActionButton:
            url = reverse(f"portal:{name}", args=[run.pk])
            reason = refusal if self.may_edit else NO_RIGHT
            return ActionButton(label, url, icon=icon, reason=reason, style=style, in_dialog=True)

        return (
            button("Approve", "billing-run-approve", "check", approve_refusal(run), "primary"),
            button("Cancel", "billing-run-cancel", "ban", cancel_refusal(run)),
            button("Close the month", "billing-period-close", "lock", close_refusal(run)),
        )

    def extra_context(self):
        items = BillingItem.objects.filter(run=self.run).order_by()
        counts = dict(items.filter(is_left_out=False).values_list("stage").annotate(Count("pk")))
        figures = items.aggregate(
            total=Count("pk"), parked=Count("pk", filter=Q(is_left_out=False) & ~Q(problem_code="")),
            odd=Count("pk", filter=~Q(anomalies=[])), held=Sum("held_count"),
            out=Count("pk", filter=Q(is_left_out=True)),
        )  # fmt: skip
        goal = ItemStage.COLLECTED if self.run.state in (RunState.ISSUING, RunState.DONE) else ItemStage.CHECKED
        goal = ItemStage.CHECKED if self.run.is_dry else goal
        sums = self.rows().order_by().values_list("currency").annotate(Sum("gross"), Sum("previous_gross"))
        return {
            "bar_template": "portal/billing/run_figures.html",
            "run": self.run,
            "run_state": RunState(self.run.state),
            "ended": counts.get(goal, 0) + figures["out"],
            "sums": [(currency, gross, before) for currency, gross, before in sums.order_by("currency") if gross],
            "stages": [(stage, counts[stage.value], f"stage={stage.value}") for stage in ItemStage if stage in counts],
            **figures,
        }


def approve_refusal(run: BillingRun) -> str:
    if run.is_dry:
        return "A dry run writes nothing: start a run."
    if run.state == RunState.PREPARING:
        return "Its drafts are not ready yet."
    return "" if run.state == RunState.WAITING else "It was approved or cancelled already."


def cancel_refusal(run: BillingRun) -> str:
    if run.state in (RunState.PREPARING, RunState.WAITING):
        return ""
    return "It has ended." if run.state != RunState.ISSUING else "Its invoices are being issued."


def close_refusal(run: BillingRun) -> str:
    if run.period.state == "closed":
        return "The month is closed."
    return "A run works on this month." if run.state in _RUNNING and not run.is_dry else ""
