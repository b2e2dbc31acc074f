"""Repair view of the staff: for reading, since services keep these rows true."""

from django.contrib import admin

from apps.sessions import models


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only services write."""

    show_full_result_count = False

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(models.ChargingSession)
class ChargingSessionAdmin(ReadOnlyAdmin):
    list_display = ("transaction_id", "station", "state", "started_at", "ended_at", "energy_wh", "cost_gross", "flags")
    list_filter = ("state", "protocol")
    search_fields = ("transaction_id", "station__identity")
    list_select_related = ("station",)


@admin.register(models.ParkedFact)
class ParkedFactAdmin(ReadOnlyAdmin):
    list_display = ("station", "kind", "reported_transaction_id", "received_at", "resolved_at", "session")
    list_filter = ("kind",)
    list_select_related = ("station", "session__station")
