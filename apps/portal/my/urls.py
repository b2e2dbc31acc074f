"""URLs of people's own charging."""

from django.urls import path

from apps.portal.my import places, views

urlpatterns = [
    path("my/", views.MyNow.as_view(), name="my"),
    path("my/history/", views.MyHistory.as_view(), name="my-history"),
    path("my/sessions/<int:pk>/", views.MySession.as_view(), name="my-session"),
    path("my/sessions/<int:pk>/curve.json", views.MyCurve.as_view(), name="my-curve"),
    path("my/places/", places.MyPlaces.as_view(), name="my-places"),
    path("my/places/reserve/", places.MyReserve.as_view(), name="my-reserve"),
    path("my/reservations/<int:pk>/cancel/", places.MyReservationCancel.as_view(), name="my-reservation-cancel"),
    path("my/cards/", views.MyCards.as_view(), name="my-cards"),
    path("my/cards/<int:pk>/lost/", views.MyCardLost.as_view(), name="my-card-lost"),
]
