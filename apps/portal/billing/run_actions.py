"""Starting, approving and cancelling runs; single accounts in them; closing a month."""

from datetime import date, timedelta

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.invoicing.models import BillingItem, BillingPeriod, BillingRun, Issuer
from apps.invoicing.services.periods import close_period, open_month
from apps.invoicing.services.runs import approve_run, cancel_run, leave_out, let_go_on, start_run
from apps.portal.billing.runs import approve_refusal, cancel_refusal, close_refusal
from apps.portal.kit.views import ActionView, Crumb, FormView
from apps.portal.links import page_of

_PERIOD = "period__issuer__organisation"


class StartForm(forms.Form):
    issuer = forms.ModelChoiceField(queryset=Issuer.objects.none(), empty_label=None)
    month = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}), help_text="Any day of the month that is to be billed."
    )
    is_dry = forms.BooleanField(
        label="Dry run", required=False, help_text="Reckons and checks by the same rules, and writes no invoice."
    )

    def __init__(self, *args, issuers, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = issuers


class StartRun(FormView):
    action = Action.BILLING_EDIT
    title = "Start a billing run"
    intro = "Drafts are written for every customer of the month. Nothing is issued before you approve."
    form_class = StartForm
    submit_label = "Start"

    def get_form_kwargs(self):
        return {"issuers": Issuer.objects.visible_to(self.request.user, self.action).order_by("name")}

    def get_initial(self):
        """The month after the last one that was closed, else the last month."""
        issuer = self.get_form_kwargs()["issuers"].first()
        open_period = BillingPeriod.objects.filter(issuer=issuer, state="open").order_by("start_date").first()
        return {"month": open_period.start_date if open_period else _last_month(), "is_dry": True}

    def get_refusal(self):
        some = self.get_form_kwargs()["issuers"].exists()
        return "" if some else "Nobody issues invoices yet: add an issuer, and say which sites it bills."

    def save(self, form):
        user, values = self.request.user, form.cleaned_data
        period = open_month(issuer=values["issuer"], month=values["month"], actor=user)
        return start_run(period=period, is_dry=values["is_dry"], actor=user, at=timezone.now())

    def get_success_url(self, run):
        return page_of(run)

    def get_cancel_url(self):
        return reverse("portal:billing-runs")

    def breadcrumbs(self):
        return (Crumb("Billing runs", reverse("portal:billing-runs")),)


class ApproveForm(forms.Form):
    issued_on = forms.DateField(
        label="Date of the invoices", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Their numbers are those of its year; payment is due from it on.",
    )  # fmt: skip


class ApproveRun(ActionView):
    action = Action.BILLING_EDIT
    queryset = BillingRun.objects.select_related(_PERIOD)
    title = "Issue these invoices?"
    intro = "Each gets its number, is booked and sent. They cannot be changed afterwards, only credited."
    form_class = ApproveForm
    submit_label = "Issue"
    success_message = "The run is approved; its invoices are being issued."

    def get_initial(self):
        return {"issued_on": timezone.localdate()}

    def get_refusal(self):
        return approve_refusal(self.object)

    def save(self, form):
        return approve_run(
            run=self.object, issued_on=form.cleaned_data["issued_on"], actor=self.request.user, at=timezone.now()
        )


class CancelRun(ActionView):
    action = Action.BILLING_EDIT
    queryset = BillingRun.objects.select_related(_PERIOD)
    title = "Cancel this run?"
    intro = "Its drafts are given up. The charging in them is billed by the next run."
    submit_label = "Cancel the run"
    success_message = "The run is cancelled."
    dangerous = True

    def get_refusal(self):
        return cancel_refusal(self.object)

    def save(self, form):
        return cancel_run(run=self.object, actor=self.request.user, at=timezone.now())


class ClosePeriod(ActionView):
    """Closes the month that a run is about; opened from the run's page."""

    action = Action.BILLING_EDIT
    queryset = BillingRun.objects.select_related(_PERIOD)
    title = "Close this month?"
    intro = "No further run bills it. What is found later comes with the bills of the next month."
    submit_label = "Close"
    success_message = "The month is closed."

    def get_refusal(self):
        return close_refusal(self.object)

    def save(self, form):
        return close_period(period=self.object.period, actor=self.request.user, at=timezone.now())


class _ItemAction(ActionView):
    action = Action.BILLING_EDIT
    queryset = BillingItem.objects.select_related("account", "run")

    def get_success_url(self, result):
        return page_of(self.object.run)

    def get_cancel_url(self):
        return page_of(self.object.run)


class LetGoOn(_ItemAction):
    title = "Try again?"
    submit_label = "Go on"
    success_message = "The customer goes on in the run."

    def get_intro(self):
        return f"{self.object.account}: {self.object.problem or 'nothing stops it.'}"

    def get_refusal(self):
        return "" if self.object.problem_code else "This customer is not parked."

    def save(self, form):
        return let_go_on(item=self.object, actor=self.request.user, at=timezone.now())


class LeaveOut(_ItemAction):
    title = "Leave this customer out?"
    intro = (
        "Without a number yet, the draft is given up, and its charging comes with the next run. An invoice that has a "
        "number stands; only what would still follow in this run is not done."
    )
    submit_label = "Leave out"
    success_message = "The customer is left out of this run."

    def save(self, form):
        return leave_out(item=self.object, actor=self.request.user, at=timezone.now())


def _last_month() -> date:
    return (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
