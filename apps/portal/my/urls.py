"""URLs of people's own charging."""

from django.urls import path

from apps.portal.my import bills, export, join, more, paying, places, stop, views

urlpatterns = [
    path("my/", views.MyNow.as_view(), name="my"),
    path("join/<str:token>/", join.Join.as_view(), name="join"),
    path("my/history/", views.MyHistory.as_view(), name="my-history"),
    path("my/sessions/<int:pk>/", views.MySession.as_view(), name="my-session"),
    path("my/sessions/<int:pk>/curve.json", views.MyCurve.as_view(), name="my-curve"),
    path("my/places/", places.MyPlaces.as_view(), name="my-places"),
    path("my/places/reserve/", places.MyReserve.as_view(), name="my-reserve"),
    path("my/reservations/<int:pk>/cancel/", places.MyReservationCancel.as_view(), name="my-reservation-cancel"),
    path("my/cards/", views.MyCards.as_view(), name="my-cards"),
    path("my/cards/<int:pk>/lost/", views.MyCardLost.as_view(), name="my-card-lost"),
    path("my/sessions/<int:pk>/stop/", stop.MyStop.as_view(), name="my-stop"),
    path("my/bills/", bills.MyBills.as_view(), name="my-bills"),
    path("my/bills/<int:pk>/", bills.MyBill.as_view(), name="my-bill"),
    path("my/bills/<int:pk>/document.<slug:kind>", bills.MyDocument.as_view(), name="my-document"),
    path("my/bills/<int:pk>/pay/", paying.MyPay.as_view(), name="my-pay"),
    path("my/accounts/<int:pk>/direct-debit/", paying.MyMandate.as_view(), name="my-mandate"),
    path("my/mandates/<int:pk>/end/", paying.MyMandateRevoke.as_view(), name="my-mandate-end"),
    path("my/more/", more.MyMore.as_view(), name="my-more"),
    path("my/data.json", export.MyData.as_view(), name="my-data"),
    path("my/drivers/<int:pk>/wishes/", more.MyWishes.as_view(), name="my-wishes"),
    path("my/accounts/<int:pk>/vehicles/new/", more.MyVehicleNew.as_view(), name="my-vehicle-new"),
    path("my/vehicles/<int:pk>/", more.MyVehicle.as_view(), name="my-vehicle"),
    path("my/vehicles/<int:pk>/gone/", more.MyVehicleGone.as_view(), name="my-vehicle-gone"),
]
