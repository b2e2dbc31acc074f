"""Enrolling stations and their passwords: what is made here is shown once, with where to enter it at the charger."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.chargers.choices import CommandOrigin
from apps.chargers.engine.passwords import generate_password
from apps.chargers.models import ChargingStation
from apps.chargers.services.connections import set_password
from apps.chargers.services.security.passwords import make_password, tell_new_password
from apps.chargers.services.stations import create_station
from apps.core.errors import DomainError
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import FormView
from apps.portal.links import page_of
from apps.portal.stations.rights import is_online
from apps.portal.stations.settings import SettingsForm
from apps.sites.models import Area, Site


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the page says once. ``password`` ``None``: none is asked for. ``told``: the charger is being told."""

    station: ChargingStation
    password: str | None
    told: bool = False


def gateway_url(request: HttpRequest, organisation: Organisation | None) -> str:
    """Where a charger connects, up to its identity; the organisation is named where there is more than one."""
    scheme = "wss" if request.is_secure() else "ws"
    names_organisation = organisation is not None and Organisation.objects.count() > 1
    return f"{scheme}://{request.get_host()}/ocpp/{f'{organisation.slug}/' if names_organisation else ''}"


class ShowOnceView(FormView):
    """Answers a good form with a page that is shown once, because it holds a secret."""

    def post(self, request, *args, **kwargs) -> HttpResponse:
        form = self.get_form()
        if self.get_refusal() or not form.is_valid():
            return self._render(form, status=422)
        try:
            enrolled = self.save(form)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return self._render(form, status=422)
        return show_enrolled(request, enrolled)


def show_enrolled(request: HttpRequest, enrolled: Enrolled) -> HttpResponse:
    """The page with the address, the user name and the password of a station."""
    station = enrolled.station
    context = {
        "title": f"{station}: settings for the charger",
        "breadcrumbs": (Crumb("Stations", reverse("portal:stations")), Crumb(str(station), page_of(station))),
        "enrolled": enrolled,
        "station": station,
        "url": gateway_url(request, station.site.organisation),
    }
    response = render(request, "portal/connections/enrolled.html", context)
    response["Cache-Control"] = "no-store"
    return response


class NewStationForm(forms.Form):
    identity = forms.CharField(max_length=48, help_text="Exactly as the charger sends it: the last part of its URL.")
    site = forms.ModelChoiceField(queryset=Site.objects.none())
    area = forms.ModelChoiceField(queryset=Area.objects.none(), required=False)
    name = forms.CharField(max_length=80, required=False, help_text="What people call it, such as “Garage 3”.")
    with_password = forms.BooleanField(
        label="Make a password for it", required=False, initial=True,
        help_text="Shown once, to be entered at the charger. Without one, anybody who knows the identity gets in.",
    )  # fmt: skip

    def __init__(self, *args, sites, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["area"].queryset = Area.objects.filter(site__in=sites).select_related("site").order_by("name")
        self.fields["area"].label_from_instance = lambda area: f"{area.site}: {area}"
        if sites.count() == 1:
            self.fields["site"].initial = sites.first()


def sites_to_enrol_at(user):
    """Open sites at which ``user`` may take stations in."""
    return Site.objects.visible_to(user, Action.STATION_ADOPT).open().order_by("name")


class StationNew(ShowOnceView):
    action = Action.STATION_ADOPT
    title = "New station"
    intro = "Enrol a station before it calls for the first time. One that called already waits under Connections."
    form_class = NewStationForm
    submit_label = "Enrol"

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")),)

    def get_initial(self):
        return {"identity": self.request.GET.get("identity", "")}

    def get_form_kwargs(self):
        return {"sites": sites_to_enrol_at(self.request.user)}

    def get_refusal(self):
        if not sites_to_enrol_at(self.request.user).exists():
            return "There is no open site yet at which you may enrol stations: create one first, under Sites."
        return ""

    def get_cancel_url(self):
        return reverse("portal:stations")

    def save(self, form):
        data, user, address = form.cleaned_data, self.request.user, self.request.META.get("REMOTE_ADDR")
        password = generate_password() if data["with_password"] else None
        station = create_station(
            site=data["site"], identity=data["identity"], actor=user, at=timezone.now(), address=address,
            name=data["name"], area=data["area"], password=password or "",
        )  # fmt: skip
        return Enrolled(station, password)


class PasswordForm(forms.Form):
    how = forms.ChoiceField(
        label="How", widget=forms.RadioSelect, initial="tell",
        choices=[
            ("tell", "Make a new one and tell the charger: it reconnects with it by itself"),
            ("by_hand", "Make a new one that somebody enters at the charger"),
            ("none", "Ask for none: anybody who knows the identity gets in"),
        ],
    )  # fmt: skip

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.station = station

    def clean_how(self) -> str:
        how = self.cleaned_data["how"]
        if how == "tell" and not is_online(self.station):
            raise forms.ValidationError("The station is offline, so it cannot be told. Enter the password by hand.")
        return how


class StationPassword(ShowOnceView, SettingsForm):
    title = "Change the password"
    intro = "The password is shown once on the next page and is kept nowhere in clear."
    form_class = PasswordForm
    submit_label = "Change"

    def get_initial(self):
        return {"how": "tell" if is_online(self.object) else "by_hand"}

    def get_form_kwargs(self):
        return {"station": self.object}

    def save(self, form):
        how, user, address = form.cleaned_data["how"], self.request.user, self.request.META.get("REMOTE_ADDR")
        if how == "none":
            set_password(station=self.object, password="", actor=user, address=address)
            return Enrolled(self.object, None)
        if how == "by_hand":
            return Enrolled(self.object, make_password(station=self.object, actor=user, address=address).password)
        change = tell_new_password(
            station=self.object, actor=user, origin=CommandOrigin.PORTAL, at=timezone.now(), address=address
        )
        return Enrolled(self.object, change.password, told=True)
