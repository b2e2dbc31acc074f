"""Reminders: what is overdue and comes next, what went out, what is paused, giving up."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.invoicing.models import DunningPause, Invoice, Reminder
from apps.invoicing.services import dunning
from apps.invoicing.services.reminding import send_reminder
from apps.portal.kit.views import ActionButton, ActionView, Crumb, Empty, FormView, ListView
from apps.portal.payments.tables import OverdueTable, PauseTable, ReminderTable

CRUMB = ("Reminders", "portal:reminders")


class Overdue(ListView):
    action = Action.BILLING_VIEW
    title = "Reminders"
    subtitle = "Invoices past their due date. Reminders go out by themselves when their level's day comes."
    search = ("number", "account__name", "account__number")
    search_hint = "Invoice, customer"
    empty = Empty("Nothing is overdue", "Invoices appear here on the day after they were due.", icon="circle-check")

    def rows(self):
        self.today = timezone.localdate()
        visible = Invoice.objects.visible_to(self.request.user, self.action)
        return dunning.overdue_invoices(on=self.today).filter(pk__in=visible.values("pk"))

    def get_table(self, rows):
        may_edit = may(self.request.user, Action.PAYMENT_EDIT)
        table = OverdueTable(data=rows, today=self.today, next_of=dunning.next_for, may_edit=may_edit)
        table.request = self.request
        return table

    def buttons(self):
        return (
            ActionButton("What went out", reverse("portal:reminders-sent"), icon="mail"),
            ActionButton("Paused", reverse("portal:pauses"), icon="player-pause"),
        )


class Sent(ListView):
    action = Action.BILLING_VIEW
    title = "Reminders that were made"
    queryset = Reminder.objects.select_related("invoice__account", "invoice__issuer")
    table = ReminderTable
    search = ("invoice__number", "invoice__account__name")
    empty = Empty("No reminder yet", icon="mail")

    def breadcrumbs(self):
        return (Crumb(CRUMB[0], reverse(CRUMB[1])),)


class Pauses(ListView):
    action = Action.PAYMENT_EDIT
    title = "Paused reminders"
    queryset = DunningPause.objects.filter(ended_at=None).select_related("account", "invoice", "created_by")
    table = PauseTable
    empty = Empty("Nothing is paused", icon="player-play")

    def breadcrumbs(self):
        return (Crumb(CRUMB[0], reverse(CRUMB[1])),)


class OnInvoice(FormView):
    action = Action.PAYMENT_EDIT
    queryset = Invoice.objects.exclude(number=None).select_related("issuer", "account__organisation")

    def breadcrumbs(self):
        return (Crumb(CRUMB[0], reverse(CRUMB[1])),)

    def get_intro(self):
        invoice = self.object
        return f"{invoice.number}, {invoice.account.name}: {invoice.open_amount} {invoice.currency} open. {self.intro}"

    def get_cancel_url(self):
        return reverse("portal:reminders")

    def get_success_url(self, result):
        return reverse("portal:reminders")


class SendReminder(OnInvoice):
    title = "Send the next reminder now?"
    submit_label = "Send"
    success_message = "The reminder is made and sent."

    def save(self, form):
        now = timezone.now()
        reminder = dunning.remind(invoice=self.object, actor=self.request.user, at=now)
        send_reminder(reminder=reminder, at=now)
        return reminder


class PauseForm(forms.Form):
    reason = forms.CharField(max_length=200)
    until_date = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The first day on which reminders go out again. Empty: until somebody ends it.",
    )  # fmt: skip
    whole_account = forms.BooleanField(label="All invoices of this customer", required=False)


class PauseReminders(OnInvoice):
    title = "Pause reminders"
    form_class = PauseForm
    submit_label = "Pause"
    success_message = "Reminders are paused."

    def save(self, form):
        data = form.cleaned_data
        invoice = None if data["whole_account"] else self.object
        return dunning.pause(
            account=self.object.account, invoice=invoice, reason=data["reason"], until_date=data["until_date"],
            actor=self.request.user, at=timezone.now(),
        )  # fmt: skip


class WriteOffForm(forms.Form):
    reason = forms.CharField(max_length=200)


class WriteOff(OnInvoice):
    title = "Give up what is open?"
    intro = "It is booked as a loss; no further reminder goes out."
    form_class = WriteOffForm
    submit_label = "Write off"
    dangerous = True
    success_message = "It is written off."

    def save(self, form):
        reason = form.cleaned_data["reason"]
        return dunning.write_off(invoice=self.object, reason=reason, actor=self.request.user, at=timezone.now())


class EndPause(ActionView):
    action = Action.PAYMENT_EDIT
    queryset = DunningPause.objects.select_related("account__organisation", "invoice")
    title = "Send reminders again?"
    submit_label = "End the pause"
    success_message = "Reminders go out again."

    def save(self, form):
        return dunning.resume(pause=self.object, actor=self.request.user, at=timezone.now())

    def get_success_url(self, result):
        return reverse("portal:pauses")
