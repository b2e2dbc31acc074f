"""Repair view of the staff: versions are immutable, so everything is for reading."""

from django.contrib import admin

from apps.tariffs import models


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(models.Tariff)
class TariffAdmin(ReadOnlyAdmin):
    list_display = ("name", "organisation", "currency")
    list_select_related = ("organisation",)


@admin.register(models.TariffVersion)
class TariffVersionAdmin(ReadOnlyAdmin):
    list_display = ("tariff", "number", "valid_from")
    list_select_related = ("tariff",)


@admin.register(models.TariffAssignment)
class TariffAssignmentAdmin(ReadOnlyAdmin):
    list_display = ("tariff", "site", "area", "driver_group_id", "valid_from", "valid_until")
    list_select_related = ("tariff", "site", "area")
