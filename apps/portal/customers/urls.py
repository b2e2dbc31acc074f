"""URLs of customers."""

from django.urls import path

from apps.portal.customers import changes, vehicles, views

urlpatterns = [
    path("billing/customers/", views.CustomerList.as_view(), name="customers"),
    path("billing/customers/new/", changes.CustomerNew.as_view(), name="customer-new"),
    path("billing/customers/<int:pk>/", views.CustomerPage.as_view(), name="customer"),
    path("billing/customers/<int:pk>/edit/", changes.CustomerEdit.as_view(), name="customer-edit"),
    path("billing/customers/<int:pk>/close/", changes.CustomerClose.as_view(), name="customer-close"),
    path("billing/customers/<int:pk>/reopen/", changes.CustomerReopen.as_view(), name="customer-reopen"),
    path("billing/customers/<int:pk>/plan/", changes.CustomerPlan.as_view(), name="customer-plan"),
    path("billing/customers/<int:pk>/plan/end/", changes.CustomerPlanEnd.as_view(), name="customer-plan-end"),
    path("billing/customers/<int:pk>/vehicles/new/", vehicles.VehicleNew.as_view(), name="vehicle-new"),
    path("vehicles/<int:pk>/edit/", vehicles.VehicleEdit.as_view(), name="vehicle-edit"),
    path("vehicles/<int:pk>/retire/", vehicles.VehicleRetire.as_view(), name="vehicle-retire"),
    path("tokens/<int:pk>/vehicle/", vehicles.CardVehicle.as_view(), name="token-vehicle"),
    path("drivers/<int:pk>/payer/", changes.DriverPayer.as_view(), name="driver-payer"),
]
