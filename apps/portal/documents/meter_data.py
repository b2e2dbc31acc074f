"""Signed meter data of a session as a file, and how anybody checks it."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from apps.accounts.policy import Action
from apps.portal.kit.views import PortalView
from apps.sessions.models import ChargingSession
from apps.sessions.selectors.signed_values import signed_values


class HowToCheck(TemplateView):
    """For everybody: invoices lead here."""

    template_name = "portal/documents/meter_values.html"


def _file(session: ChargingSession) -> JsonResponse:
    content = {
        "session": session.transaction_id,
        "station": session.station.identity,
        "evse": session.evse_number,
        "started_at": session.started_at.isoformat(),
        "ended_at": session.ended_at.isoformat() if session.ended_at else None,
        "energy_wh": session.energy_wh,
        "signed_values": signed_values(session),
    }
    response = JsonResponse(content, json_dumps_params={"indent": 1, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="meter-data-{session.pk}.json"'
    return response


class SessionMeterData(PortalView):
    action = Action.SESSION_VIEW
    queryset = ChargingSession.objects.select_related("station")

    def get(self, request, pk: int):
        return _file(self.get_row(pk=pk))


class MyMeterData(PortalView):
    """Of one's own charging."""

    action = Action.OWN_CHARGING_VIEW

    def get(self, request, pk: int):
        sessions = ChargingSession.objects.of_user(request.user).select_related("station")
        return _file(get_object_or_404(sessions, pk=pk))
