"""Taking in a charger that called without being enrolled, or leaving it outside."""

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.accounts.policy import Action
from apps.chargers.models import UnknownStation
from apps.chargers.selectors import unknown_waiting
from apps.chargers.services.adoption import adopt_station, ignore_station
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import FormView
from apps.portal.stations.enrolment import Enrolled, ShowOnceView, sites_to_enrol_at
from apps.sites.models import Area, Site


class AdoptForm(forms.Form):
    site = forms.ModelChoiceField(queryset=Site.objects.none())
    area = forms.ModelChoiceField(queryset=Area.objects.none(), required=False)
    name = forms.CharField(max_length=80, required=False, help_text="What people call it, such as “Garage 3”.")
    with_password = forms.BooleanField(
        label="Make a password for it", required=False,
        help_text="Shown once, to be entered at the charger; until then it is turned away.",
    )  # fmt: skip

    def __init__(self, *args, sites, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["area"].queryset = Area.objects.filter(site__in=sites).select_related("site").order_by("name")
        self.fields["area"].label_from_instance = lambda area: f"{area.site}: {area}"
        if sites.count() == 1:
            self.fields["site"].initial = sites.first()

    def clean(self) -> dict:
        data = super().clean()
        area, site = data.get("area"), data.get("site")
        if area is not None and site is not None and area.site_id != site.pk:
            self.add_error("area", "This area belongs to another site.")
        return data


class UnknownView(FormView):
    """About one charger that waits. One that named no organisation is found by whoever knows its identity."""

    action = Action.STATION_ADOPT

    @cached_property
    def object(self) -> UnknownStation:
        identity = self.request.GET.get("identity")
        found = unknown_waiting(self.request.user, identity=identity).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404("No such charger waits for you.")
        return found

    def breadcrumbs(self):
        return (Crumb("Connections", reverse("portal:connections")),)

    def get_cancel_url(self):
        return reverse("portal:connections")

    def get_success_url(self, result):
        return reverse("portal:connections")


class Adopt(ShowOnceView, UnknownView):
    title = "Adopt"
    form_class = AdoptForm
    submit_label = "Adopt"

    def get_title(self):
        return f"Adopt {self.object.identity}"

    def get_intro(self):
        unknown = self.object
        said = "a password" if unknown.offered_password else "no password"
        offered = unknown.offered_protocols or "no OCPP version"
        return (
            f"It called {unknown.attempts} times from {unknown.remote_address or 'an unknown address'}, offering "
            f"{offered} and {said}. It is let in at its next attempt, within a minute or so."
        )

    def get_form_kwargs(self):
        sites = sites_to_enrol_at(self.request.user)
        if self.object.organisation_id:
            sites = sites.filter(organisation=self.object.organisation_id)
        return {"sites": sites}

    def save(self, form):
        data, address = form.cleaned_data, self.request.META.get("REMOTE_ADDR")
        adoption = adopt_station(
            unknown=self.object, site=data["site"], actor=self.request.user, at=timezone.now(), name=data["name"],
            area=data["area"], with_password=data["with_password"], address=address,
        )  # fmt: skip
        return Enrolled(adoption.station, adoption.password)


class Ignore(UnknownView):
    title = "Ignore"
    intro = "It is taken off the list of those who wait. If it turns out to be yours, enrol it by hand."
    submit_label = "Ignore"

    def get_title(self):
        return f"Ignore {self.object.identity}?"

    def save(self, form):
        return ignore_station(
            unknown=self.object, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip
