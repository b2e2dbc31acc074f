"""Commands as rows."""

from collections.abc import Iterable
from dataclasses import dataclass

import django_tables2 as tables
from django.utils.html import format_html

from apps.chargers.choices import CommandState
from apps.chargers.models import StationCommand
from apps.portal.kit.columns import KitColumn, SinceColumn, StatusColumn
from apps.portal.links import page_of
from apps.portal.stations.words import command_words


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command with its words."""

    command: StationCommand
    words: str
    state: CommandState
    url: str

    @property
    def by(self) -> str:
        return str(self.command.requested_by or self.command.get_origin_display())


def describe_commands(commands: Iterable[StationCommand]) -> list[CommandRow]:
    """``commands`` (with ``requested_by`` loaded) in words."""
    return [
        CommandRow(one, command_words(one.name, one.arguments), CommandState(one.state), page_of(one))
        for one in commands
    ]


class CommandTable(tables.Table):
    created_at = SinceColumn(verbose_name="Asked", zone="station.site.time_zone")
    name = KitColumn(verbose_name="What")
    state = StatusColumn(CommandState)
    status_word = KitColumn(verbose_name="The charger’s word")
    explanation = KitColumn(verbose_name="What became of it", orderable=False)
    requested_by = KitColumn(verbose_name="By", order_by="requested_by__name", empty_values=())

    class Meta:
        model = StationCommand
        fields = ()
        sequence = ("created_at", "name", "state", "status_word", "explanation", "requested_by")
        order_by = "-created_at"
        row_attrs = {"id": lambda record: f"command-{record.pk}"}

    def render_name(self, record):
        return format_html('<a href="{}">{}</a>', page_of(record), self.value_name(record))

    def value_name(self, record):
        return command_words(record.name, record.arguments)

    def render_requested_by(self, record):
        return self.value_requested_by(record)

    def value_requested_by(self, record):
        return str(record.requested_by or record.get_origin_display())
