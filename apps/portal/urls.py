"""URLs of the portal: one module per area."""

from django.urls import include, path

app_name = "portal"

AREAS = ("setup", "sites", "people", "audit", "charging", "drivers", "tariffs", "my", "home", "stations", "connections")

urlpatterns = [path("", include(f"apps.portal.{area}.urls")) for area in AREAS]
