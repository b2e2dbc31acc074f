"""Repair view of the staff: places and who works at them."""

from django.contrib import admin

from apps.sites.models import Area, Bay, Membership, Site


class AreaInline(admin.TabularInline):
    model = Area
    extra = 0


class BayInline(admin.TabularInline):
    model = Bay
    extra = 0


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    list_display = ("name", "organisation", "kind", "city", "time_zone", "closed_at")
    list_filter = ("kind", "organisation")
    search_fields = ("name", "city")
    list_select_related = ("organisation",)
    readonly_fields = ("organisation", "created_at")
    inlines = (AreaInline,)

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin):
    list_display = ("name", "site")
    search_fields = ("name", "site__name")
    list_select_related = ("site",)
    readonly_fields = ("site",)
    inlines = (BayInline,)

    def has_add_permission(self, request) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("user", "role", "organisation", "site", "created_at")
    list_filter = ("role", "organisation")
    search_fields = ("user__email", "user__name")
    list_select_related = ("user", "organisation", "site")
    autocomplete_fields = ("user", "organisation", "site")
