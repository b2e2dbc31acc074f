"""Fields that more than one form needs."""

from decimal import Decimal

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


class KilowattField(forms.DecimalField):
    """Kilowatts on the screen, whole watts for everybody else."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"min_value": 0, "max_value": 1_000_000, "decimal_places": 3} | kwargs)

    def prepare_value(self, value):
        return f"{Decimal(value) / 1000:f}" if isinstance(value, int) else value

    def clean(self, value) -> int | None:
        kilowatts = super().clean(value)
        return None if kilowatts is None else int(kilowatts * 1000)


def read_by_clock(form: forms.BaseForm, time_zone: str) -> None:
    """Instants of ``form`` are typed by the clock of ``time_zone``; the first of them says so."""
    moments = [field for field in form.fields.values() if isinstance(field, LocalMoment)]
    for field in moments:
        field.time_zone = time_zone
    if moments:
        moments[0].help_text = f"{moments[0].help_text} By the clock of {time_zone}.".strip()


def offer_organisations(form: forms.BaseForm, organisations) -> None:
    """Let ``form`` choose its ``organisation`` among those; who has one only is not asked."""
    field = form.fields["organisation"]
    field.queryset = organisations
    if len(organisations) == 1:
        field.initial = organisations[0]
        field.widget = forms.HiddenInput()


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
