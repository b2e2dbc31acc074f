"""Repair view for staff."""

from django.contrib import admin

from apps.energy.models import ChargingControl, ChargingLimit, InstalledProfile


@admin.register(InstalledProfile)
class InstalledProfileAdmin(admin.ModelAdmin):
    list_display = ("station", "evse_number", "profile_id", "purpose", "stack_level", "state", "created_at")
    list_filter = ("state", "purpose")
    raw_id_fields = ("station", "command", "requested_by")


@admin.register(ChargingLimit)
class ChargingLimitAdmin(admin.ModelAdmin):
    list_display = ("station", "evse_number", "source", "started_at", "cleared_at")
    raw_id_fields = ("station",)


@admin.register(ChargingControl)
class ChargingControlAdmin(admin.ModelAdmin):
    list_display = ("station", "max_periods", "max_stack_level", "rate_unit", "composite_agrees")
    raw_id_fields = ("station",)
