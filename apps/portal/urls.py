"""URLs of the portal: one module per area."""

from django.urls import include, path

app_name = "portal"

AREAS = (
    "setup",
    "sites",
    "people",
    "audit",
    "charging",
    "drivers",
    "customers",
    "tariffs",
    "billing",
    "guests",
    "documents",
    "issuers",
    "payments",
    "my",
    "home",
    "firmware",
    "files",
    "stations",
    "calls",
    "connections",
    "access",
    "reservations",
    "display",
    "bulk",
    "certificates",
    "model",
    "bank",
)

urlpatterns = [path("", include(f"apps.portal.{area}.urls")) for area in AREAS]
