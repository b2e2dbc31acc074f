"""URLs of the operations of a station."""

from django.urls import path

from apps.portal.calls import views

urlpatterns = [
    path("stations/<int:pk>/calls/", views.StationOperations.as_view(), name="station-calls"),
    path("stations/<int:pk>/calls/<str:action>/", views.OperationView.as_view(), name="station-call"),
]
