"""The screen of the audit log."""

import django_filters
import django_tables2 as tables
from django.db.models import Q
from django_filters.widgets import RangeWidget

from apps.accounts.policy import Action
from apps.core.models import AuditEntry
from apps.portal.audit.actions import ACTIONS
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
        return _action_words(value)


_UNITS = {"w": "W", "wh": "Wh", "s": "s", "ms": "ms", "a": "A", "v": "V", "kwh": "kWh", "percent": "%"}


def _words(name: str) -> str:
    """``limit_w`` as “limit (W)”."""
    stem, _, unit = name.rpartition("_")
    return f"{stem.replace('_', ' ')} ({_UNITS[unit]})" if stem and unit in _UNITS else name.replace("_", " ")


def _action_words(action: str) -> str:
    """``station.password_set`` as “Station: password set”."""
    noun, _, verb = action.partition(".")
    if verb.startswith("command."):
        return f"{noun.capitalize()}: asked for {verb.removeprefix('command.')}"
    words = noun.replace("_", " ").capitalize()
    return f"{words}: {verb.replace('_', ' ')}" if verb else words


def _shown(value: str | None) -> str:
    return "–" if value in (None, "") else value


def entries_for(user):
    """Entries of organisations in which the user holds the role as a whole, and his own."""
    if user.is_superuser:
        return AuditEntry.objects.all()
    return AuditEntry.objects.filter(organisations_in_scope(user, Action.AUDIT_VIEW) | Q(actor=user))


class AuditFilter(django_filters.FilterSet):
    action = django_filters.ChoiceFilter(label="Action", empty_label="Everything")
    at = django_filters.DateFromToRangeFilter(label="Between", widget=RangeWidget(attrs={"type": "date"}))

    class Meta:
        model = AuditEntry
        fields = ("action", "at")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        asked = (self.data or {}).get("action")
        names = ACTIONS if not asked or asked in ACTIONS else (*ACTIONS, asked)  # one that is written no more
        self.filters["action"].extra["choices"] = [(name, _action_words(name)) for name in names]


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
        return entries_for(self.request.user)
