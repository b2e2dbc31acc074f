"""URLs of reservations."""

from django.urls import path

from apps.portal.reservations import actions, views

urlpatterns = [
    path("reservations/", views.ReservationList.as_view(), name="reservations"),
    path("reservations/<int:pk>/", views.ReservationPage.as_view(), name="reservation"),
    path("reservations/<int:pk>/cancel/", actions.ReservationCancel.as_view(), name="reservation-cancel"),
    path("stations/<int:pk>/reserve/", actions.Reserve.as_view(), name="station-reserve"),
]
