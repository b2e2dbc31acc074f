"""Fields that more than one form needs."""

from django import forms
from django.utils import timezone
from django_filters import RangeFilter
from django_filters.fields import RangeField
from django_filters.widgets import RangeWidget

from apps.portal.kit.format import zone


class LocalMoment(forms.DateTimeField):
    """An instant typed by the clock of ``time_zone``."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        super().__init__(*args, **kwargs)
        self.time_zone = "UTC"

    def clean(self, value):
        with timezone.override(zone(self.time_zone)):
            return super().clean(value)


def read_by_clock(form: forms.BaseForm, time_zone: str) -> None:
    """Instants of ``form`` are typed by the clock of ``time_zone``; the first of them says so."""
    moments = [field for field in form.fields.values() if isinstance(field, LocalMoment)]
    for field in moments:
        field.time_zone = time_zone
    if moments:
        moments[0].help_text = f"{moments[0].help_text} By the clock of {time_zone}.".strip()


class LocalMomentRangeFilter(RangeFilter):
    """Between two instants, both typed by the clock of ``time_zone``."""

    time_zone = "UTC"

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, widget=RangeWidget(attrs={"type": "datetime-local", "step": 1}), **kwargs)

    @property
    def field(self) -> RangeField:
        fields = (LocalMoment(required=False), LocalMoment(required=False))
        for field in fields:
            field.time_zone = self.time_zone
        return RangeField(fields=fields, label=self.label, required=False, widget=self.extra["widget"])
