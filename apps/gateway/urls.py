"""URLs for machines."""

from django.urls import path

from apps.gateway import views

app_name = "gateway"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
]
