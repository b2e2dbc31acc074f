"""What else is a person's own: news, budget, wishes, vehicles, and everything stored as a file."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount, Driver, DriverNotice, DriverSettings, Vehicle
from apps.drivers.services.vehicles import add_vehicle, edit_vehicle, retire_vehicle
from apps.drivers.services.wishes import save_wishes
from apps.portal.kit.views import Crumb, FormView
from apps.portal.my.own import own_drivers
from apps.portal.my.views import MyPage
from apps.sessions.services.budgets import spent_in_month


class MyMore(MyPage):
    template_name = "portal/my/more.html"
    title = "More"
    tab = "my-more"

    def load(self) -> dict:
        user = self.request.user
        drivers = list(own_drivers(user).select_related("home_site", "settings", "account"))
        return {
            "drivers": [(driver, _wishes(driver), _spent(driver)) for driver in drivers],
            "notices": DriverNotice.objects.of_user(user).order_by("-created_at")[:20],
            "accounts": BillingAccount.objects.of_user(user).filter(closed_at=None).prefetch_related("mandates"),
            "vehicles": own_vehicles(user),
        }


def own_vehicles(user):
    rows = Vehicle.objects.filter(account__user=user, retired_at=None).select_related("account")
    return rows.order_by("label")


def _wishes(driver: Driver) -> DriverSettings:
    return getattr(driver, "settings", None) or DriverSettings()


def _spent(driver: Driver):
    """``(amount, currency)`` of this month at home; ``None`` for somebody at home nowhere."""
    if driver.home_site is None:
        return None
    currency = driver.home_site.currency
    first_day = timezone.localdate().replace(day=1)
    return spent_in_month(driver_id=driver.pk, first_day=first_day, currency=currency), currency


class WishesForm(forms.Form):
    monthly_budget = forms.DecimalField(
        label="Budget per month", min_value=0, max_value=100_000, decimal_places=2, required=False,
        help_text="You are told at 80 % and at 100 %. Charging goes on. Empty: no budget.",
    )  # fmt: skip
    mails_session_end = forms.BooleanField(label="Mail me when a session has ended", required=False)
    mails_card = forms.BooleanField(label="Mail me when a card is blocked or accepted again", required=False)


class Mine(FormView):
    """A form about something of one's own, reached from "More"."""

    action = Action.OWN_CHARGING_VIEW

    def breadcrumbs(self):
        return (Crumb("More", reverse("portal:my-more")),)

    def get_cancel_url(self):
        return reverse("portal:my-more")

    def get_success_url(self, result):
        return reverse("portal:my-more")


class MyWishes(Mine):
    title = "Budget and messages"
    form_class = WishesForm
    success_message = "Your wishes are saved."

    @property
    def object(self):
        return get_object_or_404(own_drivers(self.request.user).select_related("organisation"), pk=self.kwargs["pk"])

    def get_initial(self):
        settings = DriverSettings.objects.filter(driver=self.object).first() or DriverSettings()
        return {name: getattr(settings, name) for name in WishesForm.base_fields}

    def save(self, form):
        return save_wishes(driver=self.object, actor=self.request.user, **form.cleaned_data)


class MyVehicleForm(forms.Form):
    label = forms.CharField(label="Name", max_length=60, help_text="As you call it, such as “Zoe”.")
    plate = forms.CharField(label="Number plate", max_length=20, required=False)


class MyVehicleNew(Mine):
    title = "Add a vehicle"
    form_class = MyVehicleForm
    submit_label = "Add"

    @property
    def object(self):
        rows = BillingAccount.objects.of_user(self.request.user).filter(closed_at=None)
        return get_object_or_404(rows.select_related("organisation"), pk=self.kwargs["pk"])

    def save(self, form):
        return add_vehicle(account=self.object, actor=self.request.user, **form.cleaned_data)


class MyVehicle(Mine):
    title = "Edit vehicle"
    form_class = MyVehicleForm
    success_message = "The vehicle is saved."

    @property
    def object(self):
        return get_object_or_404(own_vehicles(self.request.user), pk=self.kwargs["pk"])

    def get_initial(self):
        return {"label": self.object.label, "plate": self.object.plate}

    def save(self, form):
        return edit_vehicle(vehicle=self.object, actor=self.request.user, **form.cleaned_data)


class MyVehicleGone(Mine):
    title = "Is this vehicle gone?"
    submit_label = "It is gone"
    dangerous = True
    success_message = "The vehicle is taken off your list."

    @property
    def object(self):
        return get_object_or_404(own_vehicles(self.request.user), pk=self.kwargs["pk"])

    def save(self, form):
        return retire_vehicle(vehicle=self.object, actor=self.request.user, at=timezone.now())
