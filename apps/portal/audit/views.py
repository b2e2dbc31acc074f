"""The screen of the audit log."""

import django_filters
import django_tables2 as tables
from django.db.models import Q
from django_filters.widgets import RangeWidget

from apps.accounts.policy import Action
from apps.core.models import AuditEntry
from apps.portal.kit.columns import KitColumn, MomentColumn
from apps.portal.kit.views import Empty, ListView
from apps.sites.scope import organisations_in_scope


class AuditTable(tables.Table):
    at = MomentColumn(verbose_name="When")
    actor_label = KitColumn(verbose_name="Who")
    action = KitColumn(verbose_name="What")
    object_label = KitColumn(verbose_name="On", order_by="object_label")
    changes = KitColumn(orderable=False)
    address = KitColumn(hide_on_phone=True)

    class Meta:
        model = AuditEntry
        fields = ()
        sequence = ("at", "actor_label", "action", "object_label", "changes", "address")
        order_by = "-at"

    def render_changes(self, value):
        return self.value_changes(value) or "–"

    def value_changes(self, value):
        return "; ".join(
            f"{_words(name)}: {_shown(before)} → {_shown(after)}" for name, (before, after) in value.items()
        )

    def render_action(self, value):
        return self.value_action(value)

    def value_action(self, value):
        """``station.password_set`` as “Station: password set”."""
        noun, _, verb = value.partition(".")
        return f"{_words(noun).capitalize()}: {_words(verb)}" if verb else _words(noun).capitalize()


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shown(value: str | None) -> str:
    return "–" if value in (None, "") else value


class AuditFilter(django_filters.FilterSet):
    action = django_filters.CharFilter(lookup_expr="icontains", label="Action")
    at = django_filters.DateFromToRangeFilter(label="Between", widget=RangeWidget(attrs={"type": "date"}))

    class Meta:
        model = AuditEntry
        fields = ("action", "at")


class AuditLog(ListView):
    action = Action.AUDIT_VIEW
    title = "Audit log"
    subtitle = "Who did what, when. Entries cannot be changed."
    queryset = AuditEntry.objects.all()
    table = AuditTable
    filterset = AuditFilter
    search = ("actor_label", "action", "object_label")
    empty = Empty("Nothing has been changed yet", icon="history")

    def rows(self):
        """Entries of organisations in which the user holds the role as a whole, and his own."""
        user = self.request.user
        if user.is_superuser:
            return self.queryset.all()
        return self.queryset.filter(organisations_in_scope(user, self.action) | Q(actor=user))
