"""Repair view of the staff."""

from django.contrib import admin

from apps.drivers import models


@admin.register(models.Driver)
class DriverAdmin(admin.ModelAdmin):
    list_display = ("name", "organisation", "group", "home_site", "left_at")
    search_fields = ("name", "email")
    list_select_related = ("organisation", "group", "home_site")
    raw_id_fields = ("user",)


@admin.register(models.IdToken)
class IdTokenAdmin(admin.ModelAdmin):
    """The value itself stays as it was registered: its keys are derived from it."""

    list_display = ("label", "driver", "organisation", "type", "status", "expires_at")
    list_filter = ("status", "type")
    search_fields = ("label", "driver__name")
    list_select_related = ("driver", "organisation")
    readonly_fields = ("value", "key", "short_key", "organisation", "driver")

    def has_add_permission(self, request) -> bool:
        return False


@admin.register(models.DriverGroup)
class DriverGroupAdmin(admin.ModelAdmin):
    list_display = ("name", "organisation", "kind")
    list_select_related = ("organisation",)


@admin.register(models.AccessRule)
class AccessRuleAdmin(admin.ModelAdmin):
    list_display = ("site", "area", "group", "driver", "weekdays", "from_time", "until_time", "free_of_charge")
    list_select_related = ("site", "area", "group", "driver")
    raw_id_fields = ("driver",)
