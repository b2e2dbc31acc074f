"""A driver ends his own charging."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.commands import RequestStopTransaction
from apps.chargers.services.commands import enqueue
from apps.portal.charging.actions import stop_refusal
from apps.portal.kit.views import FormView
from apps.portal.my.own import own_sessions


class MyStop(FormView):
    action = Action.OWN_CHARGING_VIEW
    title = "Stop charging?"
    intro = "The charger ends the session and lets go of the cable. What was charged until then is priced."
    submit_label = "Stop charging"
    dangerous = True
    success_message = "The charger was asked to stop. The page follows by itself."

    @property
    def object(self):
        rows = own_sessions(self.request.user).select_related("station__site__organisation", "station__connection")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_refusal(self):
        return stop_refusal(self.object)

    def get_cancel_url(self):
        return reverse("portal:my")

    def save(self, form):
        session = self.object
        return enqueue(
            station=session.station,
            command=RequestStopTransaction(transaction_id=session.transaction_id),
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )

    def get_success_url(self, result):
        return reverse("portal:my")
