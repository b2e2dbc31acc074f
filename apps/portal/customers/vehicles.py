"""Vehicles of customers, and which card stays in which."""

from decimal import Decimal

from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import IdToken, Vehicle
from apps.drivers.services.vehicles import add_vehicle, edit_vehicle, keep_card_in, retire_vehicle
from apps.portal.customers.changes import OfCustomer
from apps.portal.customers.forms import CardVehicleForm, VehicleForm
from apps.portal.kit.views import ActionView, FormView
from apps.portal.links import page_of


class VehicleNew(OfCustomer):
    title = "Add a vehicle"
    form_class = VehicleForm
    submit_label = "Add"

    def save(self, form):
        return add_vehicle(account=self.object, actor=self.request.user, **form.fields_of_vehicle())


class _OfVehicle:
    action = Action.ACCOUNT_EDIT
    queryset = Vehicle.objects.select_related("account__organisation")

    def get_cancel_url(self):
        return page_of(self.object.account)

    def get_success_url(self, result):
        return page_of(self.object.account)


class VehicleEdit(_OfVehicle, FormView):
    title = "Edit vehicle"
    form_class = VehicleForm
    success_message = "The vehicle is saved."

    def get_initial(self):
        vehicle = self.object
        names = ("label", "plate", "evcc_id", "department", "depot", "route")
        battery_kwh = None if vehicle.battery_wh is None else Decimal(vehicle.battery_wh) / 1000
        return {name: getattr(vehicle, name) for name in names} | {"battery_kwh": battery_kwh}

    def save(self, form):
        return edit_vehicle(vehicle=self.object, actor=self.request.user, **form.fields_of_vehicle())


class VehicleRetire(_OfVehicle, ActionView):
    title = "Is this vehicle gone?"
    intro = "Its cards stay with their drivers, who pay as before they had it. What it charged stays on its bills."
    submit_label = "It is gone"
    dangerous = True
    success_message = "The vehicle is retired."

    def save(self, form):
        return retire_vehicle(vehicle=self.object, actor=self.request.user, at=timezone.now())


class CardVehicle(FormView):
    action = Action.ACCOUNT_EDIT
    queryset = IdToken.objects.select_related("organisation", "driver", "vehicle")
    title = "In which vehicle does this card stay?"
    intro = "What it charges is the vehicle's, and the vehicle's customer pays."
    form_class = CardVehicleForm
    success_message = "The card's vehicle is saved."

    def get_form_kwargs(self):
        rows = Vehicle.objects.visible_to(self.request.user, Action.ACCOUNT_EDIT)
        rows = rows.filter(account__organisation_id=self.object.organisation_id, retired_at=None)
        return {"vehicles": rows.select_related("account").order_by("account__name", "label")}

    def get_initial(self):
        return {"vehicle": self.object.vehicle_id}

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        return keep_card_in(token=self.object, actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(self.object)
