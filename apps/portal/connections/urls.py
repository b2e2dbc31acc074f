"""URLs of connections and adoption."""

from django.urls import path

from apps.portal.connections import adoption, views

urlpatterns = [
    path("connections/", views.Connections.as_view(), name="connections"),
    path("connections/unknown/<int:pk>/adopt/", adoption.Adopt.as_view(), name="unknown-adopt"),
    path("connections/unknown/<int:pk>/ignore/", adoption.Ignore.as_view(), name="unknown-ignore"),
]
