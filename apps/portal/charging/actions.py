"""What people do to a session: stop it, close it by hand, rate it again."""

from django import forms
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.commands import RequestStopTransaction
from apps.chargers.messages.commands.transactions import GetTransactionStatus
from apps.chargers.services.commands import enqueue
from apps.portal.kit.views import ActionView
from apps.portal.stations.rights import why_unreachable
from apps.sessions.models import ChargingSession
from apps.sessions.services.by_hand import close_session, rate_again
from apps.tariffs.models import TariffVersion


def stop_refusal(session: ChargingSession) -> str:
    """Why the charger cannot be asked to stop it now; ``""`` where it can."""
    if not session.is_open:
        return "The session has ended already."
    connection = getattr(session.station, "connection", None)
    if connection is None or not connection.is_online:
        return "The station is offline and cannot be asked. If the car has gone, close the session by hand."
    return ""


class SessionStop(ActionView):
    action = Action.STATION_COMMAND
    queryset = ChargingSession.objects.select_related("station__site__organisation", "station__connection", "driver")
    title = "Stop charging?"
    submit_label = "Stop charging"
    submit_icon = "player-stop"
    dangerous = True
    success_message = "The charger was asked to stop. Its answer appears under Remote commands."

    def get_intro(self):
        who = f" of {self.object.driver}" if self.object.driver else ""
        return f"The charger is asked to end the session{who}. Charging stops, and the session is priced."

    def get_refusal(self):
        return stop_refusal(self.object)

    def save(self, form):
        return enqueue(
            station=self.object.station,
            command=RequestStopTransaction(transaction_id=self.object.transaction_id),
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )


class SessionStatus(ActionView):
    action = Action.STATION_COMMAND
    queryset = ChargingSession.objects.select_related("station__site__organisation", "station__connection")
    title = "Ask the charger about this session?"
    intro = "It says whether the session still runs and whether messages about it wait to be sent."
    submit_label = "Ask"
    success_message = "The charger was asked. Its answer appears under Remote commands."

    def get_refusal(self):
        return status_refusal(self.object)

    def save(self, form):
        return enqueue(
            station=self.object.station,
            command=GetTransactionStatus(transaction_id=self.object.transaction_id),
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=timezone.now(),
        )


def status_refusal(session: ChargingSession) -> str:
    """Why the charger cannot be asked about it; ``""`` where it can."""
    return "OCPP 1.6 has no such question." if session.protocol == "ocpp1.6" else why_unreachable(session.station)


class CloseForm(forms.Form):
    reason = forms.CharField(
        max_length=200, help_text="Kept in the audit log, such as “charger was dismantled”.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class SessionClose(ActionView):
    action = Action.SESSION_EDIT
    queryset = ChargingSession.objects.select_related("site")
    title = "Close this session by hand?"
    intro = (
        "For chargers that have vanished. The session ends at its last reading and is priced; nothing is sent to the "
        "charger. If the charger reports the real end later, that counts."
    )
    form_class = CloseForm
    submit_label = "Close the session"
    dangerous = True
    success_message = "The session is closed."

    def get_refusal(self):
        return "" if self.object.is_open else "The session has ended already."

    def save(self, form):
        return close_session(session=self.object, actor=self.request.user, at=timezone.now(), **form.cleaned_data)


class RateAgainForm(forms.Form):
    tariff_version = forms.ModelChoiceField(
        label="By the tariff", queryset=TariffVersion.objects.none(), required=False,
        help_text="Empty: the version that the session has had from its start.",
    )  # fmt: skip

    def __init__(self, *args, versions, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tariff_version"].queryset = versions


class SessionReprice(ActionView):
    action = Action.SESSION_EDIT
    queryset = ChargingSession.objects.select_related("site", "tariff_version__tariff")
    title = "Rate this session again?"
    intro = (
        "The cost is worked out anew from the stored readings. If it becomes another, a new version of the record is "
        "written; the old one stays. What is billed already changes only by a correction."
    )
    form_class = RateAgainForm
    submit_label = "Rate again"
    success_message = "The session is rated again."

    def get_refusal(self):
        return "The price is made when the session ends." if self.object.is_open else ""

    def get_form_kwargs(self):
        versions = TariffVersion.objects.filter(
            tariff__organisation_id=self.object.site.organisation_id, tariff__currency=self.object.currency
        )
        return {"versions": versions.select_related("tariff").order_by("tariff__name", "-number")}

    def get_initial(self):
        return {"tariff_version": self.object.tariff_version_id}

    def save(self, form):
        return rate_again(session=self.object, actor=self.request.user, at=timezone.now(), **form.cleaned_data)
