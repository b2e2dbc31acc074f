"""Repair view of the staff: nearly everything is for reading, since services keep these rows true."""

from django.contrib import admin

from apps.chargers import models
from apps.core.admin import ReadOnlyAdmin


@admin.register(models.ChargingStation)
class ChargingStationAdmin(admin.ModelAdmin):
    list_display = ("identity", "name", "site", "status", "protocol", "registration", "retired_at")
    list_filter = ("status", "protocol", "registration")
    search_fields = ("identity", "name", "serial_number")
    list_select_related = ("site",)
    show_full_result_count = False
    fields = (
        *("identity", "name", "site", "area", "status", "status_since", "registration", "is_lenient"),
        *("provisioning_enabled", "heartbeat_interval_s", "vendor", "model", "serial_number", "firmware_version"),
    )
    readonly_fields = ("identity", "site", "area", "status", "status_since", "registration")

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(models.StationConnection)
class StationConnectionAdmin(ReadOnlyAdmin):
    list_display = ("station", "is_online", "protocol", "remote_address", "connected_at", "last_seen_at")
    list_filter = ("is_online",)
    search_fields = ("station__identity",)
    list_select_related = ("station",)


@admin.register(models.StationCommand)
class StationCommandAdmin(ReadOnlyAdmin):
    list_display = ("station", "name", "state", "origin", "created_at", "settled_at", "explanation")
    list_filter = ("state", "name", "origin")
    search_fields = ("station__identity",)
    list_select_related = ("station",)
    exclude = ("sealed",)


@admin.register(models.UnknownStation)
class UnknownStationAdmin(ReadOnlyAdmin):
    list_display = ("identity", "organisation", "attempts", "last_seen_at", "reason")
    search_fields = ("identity",)


@admin.register(models.GatewayProcess)
class GatewayProcessAdmin(ReadOnlyAdmin):
    list_display = ("host", "pid", "started_at", "lease_until")


@admin.register(models.DeviceVariable)
class DeviceVariableAdmin(ReadOnlyAdmin):
    list_display = ("station", "component", "variable", "attribute", "value", "updated_at")
    search_fields = ("station__identity", "variable")
    list_select_related = ("station",)
