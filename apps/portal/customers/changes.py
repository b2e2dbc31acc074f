"""What people do to customers: adding, changing, closing, plans, and who pays for a driver."""

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount, Driver
from apps.drivers.services.accounts import (
    close_account,
    create_account,
    edit_account,
    end_subscription,
    reopen_account,
    set_payer,
    subscribe,
)
from apps.portal.customers import scope
from apps.portal.customers.forms import CustomerForm, NewCustomerForm, PayerForm, PlanEndForm, PlanForm
from apps.portal.customers.views import CUSTOMERS_CRUMB
from apps.portal.kit.views import ActionView, Crumb, FormView
from apps.portal.links import page_of

_FIELDS = tuple(CustomerForm.base_fields)


class CustomerNew(FormView):
    action = Action.ACCOUNT_EDIT
    title = "Add a customer"
    form_class = NewCustomerForm
    submit_label = "Add"

    def get_form_kwargs(self):
        user = self.request.user
        return {
            "organisations": scope.organisations(user),
            "sites": scope.sites(user),
            "home_required": scope.needs_home_site(user),
        }

    def breadcrumbs(self):
        return (Crumb(CUSTOMERS_CRUMB[0], reverse(CUSTOMERS_CRUMB[1])),)

    def get_cancel_url(self):
        return reverse("portal:customers")

    def save(self, form):
        return create_account(actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(result)


class OfCustomer(FormView):
    """A form about one customer, reached from its page."""

    action = Action.ACCOUNT_EDIT
    queryset = BillingAccount.objects.select_related("organisation", "home_site")

    def breadcrumbs(self):
        return (Crumb(CUSTOMERS_CRUMB[0], reverse(CUSTOMERS_CRUMB[1])), Crumb(str(self.object), page_of(self.object)))

    def get_cancel_url(self):
        return page_of(self.object)

    def get_success_url(self, result):
        return page_of(self.object)


class CustomerEdit(OfCustomer):
    title = "Edit customer"
    form_class = CustomerForm
    success_message = "The customer is saved. Bills that were issued stay as they are."

    def get_form_kwargs(self):
        user, organisation_id = self.request.user, self.object.organisation_id
        return {
            "sites": scope.sites(user, organisation_id),
            "home_required": scope.needs_home_site(user, organisation_id),
        }

    def get_initial(self):
        values = {name: getattr(self.object, name) for name in _FIELDS}
        return values | {"home_site": self.object.home_site_id}

    def save(self, form):
        return edit_account(account=self.object, actor=self.request.user, **form.cleaned_data)


class CustomerPlan(OfCustomer):
    title = "Give a membership plan"
    form_class = PlanForm
    submit_label = "Give"
    success_message = "The plan is given."

    def get_form_kwargs(self):
        return {"plans": scope.plans(self.object.organisation_id)}

    def get_initial(self):
        return {"from_date": timezone.localdate()}

    def get_refusal(self):
        if not scope.plans(self.object.organisation_id).exists():
            return "There is no membership plan yet: make one under Tariffs."
        return ""

    def save(self, form):
        return subscribe(account=self.object, actor=self.request.user, **form.cleaned_data)


class CustomerPlanEnd(OfCustomer):
    title = "End the membership plan"
    form_class = PlanEndForm
    submit_label = "End it"
    success_message = "The plan ends."

    def get_initial(self):
        return {"until_date": timezone.localdate()}

    def get_refusal(self):
        return "" if self.object.subscriptions.filter(until_date=None).exists() else "No plan runs."

    def save(self, form):
        return end_subscription(account=self.object, actor=self.request.user, **form.cleaned_data)


class CustomerClose(ActionView):
    action = Action.ACCOUNT_EDIT
    queryset = BillingAccount.objects.select_related("organisation")
    title = "Close this customer account?"
    intro = "No further driver joins it. What was charged until now is still billed, and what is owed stays owed."
    submit_label = "Close"
    dangerous = True
    success_message = "The account is closed."

    def save(self, form):
        return close_account(account=self.object, actor=self.request.user, at=timezone.now())


class CustomerReopen(ActionView):
    action = Action.ACCOUNT_EDIT
    queryset = BillingAccount.objects.select_related("organisation")
    title = "Open this customer account again?"
    submit_label = "Open again"
    success_message = "The account is open again."

    def save(self, form):
        return reopen_account(account=self.object, actor=self.request.user)


class DriverPayer(FormView):
    action = Action.ACCOUNT_EDIT
    queryset = Driver.objects.select_related("organisation", "account")
    title = "Who pays for this driver?"
    intro = "Sessions that end from now on go to this customer's bill. Sessions that were rated stay where they are."
    form_class = PayerForm
    success_message = "The payer is saved."

    def get_form_kwargs(self):
        return {"accounts": scope.accounts(self.request.user, self.object.organisation_id)}

    def get_initial(self):
        return {"account": self.object.account_id}

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        return set_payer(driver=self.object, actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(self.object)
