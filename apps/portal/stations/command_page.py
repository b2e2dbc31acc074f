"""One command: what was asked, what went over the wire, what the charger said, when."""

import json

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import CommandState
from apps.chargers.models import StationCommand
from apps.chargers.services.commands import cancel
from apps.portal.kit import format as fmt
from apps.portal.kit import html
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import ActionButton, ActionView, Attribute, DetailView, Panel
from apps.portal.links import page_of
from apps.portal.stations.words import command_words

COMMANDS = StationCommand.objects.select_related("station__site__organisation", "requested_by")
ALREADY_SENT = "The command has been sent already and can no longer be taken back."


def _moment(name: str):
    return lambda command: html.moment(getattr(command, name), command.station.site.time_zone)


def _answered_after(command: StationCommand):
    if command.sent_at is None or command.settled_at is None or command.response is None:
        return None
    return html.quantity(fmt.number((command.settled_at - command.sent_at).total_seconds() * 1000, 0), "ms")


def load_wire(request, command: StationCommand) -> dict:
    """Request and answer as JSON to read; what was asked in our own words where nothing was sent yet."""
    return {
        "request_text": _pretty(command.request if command.request is not None else command.arguments),
        "was_sent": command.request is not None,
        "response_text": _pretty(command.response) if command.response is not None else "",
    }


def _pretty(value) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _live(command: StationCommand) -> str:
    return f"station:{command.station_id}"


class CommandPage(DetailView):
    action = Action.STATION_VIEW
    queryset = COMMANDS
    template_name = "portal/stations/command.html"

    panels = (
        Panel("answer", "What became of it", template="portal/stations/command_answer.html", live=_live),
        Panel("wire", "On the wire", template="portal/stations/command_wire.html", load=load_wire, live=_live),
        Panel(
            "times", "Times", side=True, live=_live,
            attributes=(
                Attribute("Asked by", lambda c: c.requested_by or c.get_origin_display()),
                Attribute("By way of", "get_origin_display"),
                Attribute("Asked", _moment("created_at")),
                Attribute("Sent", _moment("sent_at")),
                Attribute("Settled", _moment("settled_at")),
                Attribute("Answered after", _answered_after),
                Attribute("Confirmed by event", _moment("confirmed_at")),
                Attribute("Given up at", _moment("deadline_at")),
                Attribute("Message id", "message_id"),
            ),
        ),
    )  # fmt: skip

    def page_title(self, command):
        return command_words(command.name, command.arguments)

    def page_subtitle(self, command):
        return f"{command.action or command.name} to {command.station}"

    def page_status(self, command):
        return CommandState(command.state)

    def page_live(self, command):
        return _live(command)

    def breadcrumbs(self, command):
        station = command.station
        return (
            Crumb("Stations", reverse("portal:stations")),
            Crumb(str(station), page_of(station)),
            Crumb("Commands", reverse("portal:station-commands", args=[station.pk])),
        )

    def buttons(self, command):
        url = reverse("portal:command-cancel", args=[command.pk])
        reason = "" if command.state == CommandState.PENDING else ALREADY_SENT
        if (
            not StationCommand.objects.visible_to(self.request.user, Action.STATION_COMMAND)
            .filter(pk=command.pk)
            .exists()
        ):
            reason = "Your role may look at commands, but not give them."
        return (ActionButton("Take it back", url, icon="x", reason=reason, in_dialog=True),)


class CommandCancel(ActionView):
    action = Action.STATION_COMMAND
    queryset = COMMANDS
    title = "Take the command back?"
    intro = "It is not sent. What was sent already cannot be taken back."
    submit_label = "Take it back"

    def get_refusal(self):
        return "" if self.object.state == CommandState.PENDING else ALREADY_SENT

    def save(self, form):
        return cancel(
            command=self.object,
            actor=self.request.user,
            at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )
