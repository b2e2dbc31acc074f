"""Cancelling the rest of a bulk operation, and trying again what did not work."""

from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import BulkItemState
from apps.chargers.models import BulkOperation
from apps.chargers.services.bulk import cancel_bulk, retry_bulk
from apps.portal.kit.views import ActionView

TO_CANCEL = (BulkItemState.WAITING, BulkItemState.ASKED)
TO_RETRY = (BulkItemState.REFUSED, BulkItemState.FAILED, BulkItemState.SKIPPED, BulkItemState.CANCELLED)


class _Change(ActionView):
    action = Action.STATION_COMMAND
    queryset = BulkOperation.objects.select_related("organisation")
    states: tuple[BulkItemState, ...] = ()
    otherwise = ""

    def get_refusal(self):
        rows = self.object.items.model.objects.visible_to(self.request.user, self.object.needed_action)
        some = rows.filter(operation=self.object, state__in=self.states).exists()
        return "" if some else self.otherwise

    def how(self) -> dict:
        """What both services take."""
        return {
            "operation": self.object,
            "actor": self.request.user,
            "at": timezone.now(),
            "address": self.request.META.get("REMOTE_ADDR"),
        }


class BulkCancel(_Change):
    title = "Cancel the rest?"
    intro = "Stations that were not asked yet are left out. What a station was asked already runs on."
    submit_label = "Cancel the rest"
    dangerous = True
    states = TO_CANCEL
    otherwise = "Every station was asked already."

    def save(self, form):
        return cancel_bulk(**self.how())

    def get_success_message(self, result):
        return f"{result} stations are left out."


class BulkRetry(_Change):
    title = "Try again?"
    intro = "Stations that refused, failed or were left out are asked once more. Those that did it are not."
    submit_label = "Try again"
    states = TO_RETRY
    otherwise = "No station refused, failed or was left out."

    def save(self, form):
        return retry_bulk(**self.how())

    def get_success_message(self, result):
        return f"{result} stations are asked again."
