"""URLs of version 1."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from apps.api.v1 import commands, drivers, resources, sites, stations, telemetry

router = SimpleRouter()
router.register("sites", sites.SiteResource, basename="site")
router.register("stations", stations.StationResource, basename="station")
router.register("evses", resources.EvseResource, basename="evse")
router.register("connectors", resources.ConnectorResource, basename="connector")
router.register("sessions", resources.SessionResource, basename="session")
router.register("drivers", drivers.DriverResource, basename="driver")
router.register("tokens", drivers.TokenResource, basename="token")
router.register("commands", commands.CommandResource, basename="command")
router.register("meter-values", telemetry.MeterValueResource, basename="meter-value")
router.register("journal", telemetry.JournalResource, basename="journal")

urlpatterns = [
    path(
        "stations/<str:identity>/commands/",
        commands.StationCommands.as_view({"post": "create"}),
        name="station-commands",
    ),
    *router.urls,
]
