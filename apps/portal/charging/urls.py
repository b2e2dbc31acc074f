"""URLs of charging sessions."""

from django.urls import path

from apps.portal.charging import actions, price, views

urlpatterns = [
    path("sessions/", views.SessionList.as_view(), name="sessions"),
    path("sessions/<int:pk>/", views.SessionPage.as_view(), name="session"),
    path("sessions/<int:pk>/curve.json", views.SessionCurve.as_view(), name="session-curve"),
    path("sessions/<int:pk>/price/", price.SessionPrice.as_view(), name="session-price"),
    path("sessions/<int:pk>/stop/", actions.SessionStop.as_view(), name="session-stop"),
    path("sessions/<int:pk>/status/", actions.SessionStatus.as_view(), name="session-status"),
    path("sessions/<int:pk>/close/", actions.SessionClose.as_view(), name="session-close"),
    path("sessions/<int:pk>/reprice/", actions.SessionReprice.as_view(), name="session-reprice"),
]
