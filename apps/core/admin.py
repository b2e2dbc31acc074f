"""Repair view of the staff, and its base for rows that only services write."""

from django.contrib import admin

from apps.core.models import AuditEntry, Counter, OutboxEvent


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only services write."""

    show_full_result_count = False

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(OutboxEvent)
class OutboxEventAdmin(admin.ModelAdmin):
    """What waits or failed; an undelivered event can be made due again by its ``due_at``."""

    list_display = ("name", "subject_id", "recorded_at", "due_at", "delivered_at", "attempts", "last_error")
    list_filter = (("delivered_at", admin.EmptyFieldListFilter), "name")
    search_fields = ("name",)
    readonly_fields = ("name", "subject_id", "payload", "recorded_at", "delivered_at", "last_error")
    show_full_result_count = False

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor_label", "action", "object_label", "organisation", "address")
    list_filter = ("organisation",)
    search_fields = ("actor_label", "action", "object_label")
    list_select_related = ("organisation",)


@admin.register(Counter)
class CounterAdmin(ReadOnlyAdmin):
    list_display = ("name", "value")
