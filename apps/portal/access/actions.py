"""What is done with local lists: send, read, clear, keep."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import CommandOrigin
from apps.drivers.models import LocalList, SiteLocalLists
from apps.drivers.services.local_lists.by_hand import clear_list, read_version, send_full
from apps.drivers.services.local_lists.keeping import set_keep, set_site_keep
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import ActionView, FormView
from apps.portal.links import page_of
from apps.portal.stations.head import STATIONS
from apps.portal.stations.rights import RETIRED, why_unreachable
from apps.sites.models import Site

KEEP = {"": None, "yes": True, "no": False}
WORDS = {keep: word for word, keep in KEEP.items()}


class ListAction(ActionView):
    """Base: one question to one station."""

    action = Action.STATION_COMMAND
    queryset = STATIONS
    service = staticmethod(send_full)

    def get_title(self):
        return f"{self.title}: {self.object}"

    def get_refusal(self):
        return why_unreachable(self.object)

    def save(self, form):
        return self.service(
            station=self.object, actor=self.request.user, origin=CommandOrigin.PORTAL, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return reverse("portal:station-local-list", args=[self.object.pk])

    def get_cancel_url(self):
        return self.get_success_url(None)


class SendFull(ListAction):
    title = "Send the whole list"
    intro = "The station forgets its list and learns the one that it should have. A long list goes in several messages."
    submit_label = "Send"


class ReadVersion(ListAction):
    title = "Read the version of the list"
    intro = "The station tells which version it holds. Another one than ours means that somebody else wrote the list."
    submit_label = "Read"
    service = staticmethod(read_version)


class ClearList(ListAction):
    action = Action.STATION_EDIT
    title = "Clear the local list"
    intro = "The station forgets every card of its list, and the list is no longer kept. While offline it knows nobody."
    submit_label = "Clear"
    dangerous = True
    service = staticmethod(clear_list)


class KeepForm(forms.Form):
    keep = forms.ChoiceField(label="The list is", widget=forms.RadioSelect, required=False)

    def __init__(self, *args, default: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [
            ("", default),
            ("yes", "kept in step with cards and access rules"),
            ("no", "left alone"),
        ]


class StationKeep(FormView):
    action = Action.STATION_EDIT
    queryset = STATIONS
    form_class = KeepForm
    intro = "Only stations that provision by themselves are sent anything without being asked."
    success_message = "The switch is saved."

    def get_title(self):
        return f"Local list: {self.object}"

    def get_refusal(self):
        return RETIRED if self.object.retired_at else ""

    def get_form_kwargs(self):
        return {"default": "as its site says"}

    def get_initial(self):
        row = LocalList.objects.filter(station=self.object).first()
        return {"keep": WORDS[row.keep if row else None]}

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")), Crumb(str(self.object), page_of(self.object)))

    def save(self, form):
        keep = KEEP[form.cleaned_data["keep"]]
        return set_keep(station=self.object, keep=keep, actor=self.request.user, at=timezone.now())

    def get_success_url(self, result):
        return reverse("portal:station-local-list", args=[self.object.pk])

    def get_cancel_url(self):
        return self.get_success_url(None)


class SiteKeep(FormView):
    action = Action.SITE_EDIT
    queryset = Site.objects.select_related("organisation")
    form_class = KeepForm
    intro = "For every station of the site that has no switch of its own."
    success_message = "The switch is saved."

    def get_title(self):
        return f"Local lists of {self.object}"

    def get_form_kwargs(self):
        return {"default": "kept where a station says that it uses one"}

    def get_initial(self):
        row = SiteLocalLists.objects.filter(site=self.object).first()
        return {"keep": WORDS[row.keep if row else None]}

    def breadcrumbs(self):
        return (Crumb("Sites", reverse("portal:sites")), Crumb(str(self.object), page_of(self.object)))

    def save(self, form):
        keep = KEEP[form.cleaned_data["keep"]]
        return set_site_keep(site=self.object, keep=keep, actor=self.request.user, at=timezone.now())

    def get_success_url(self, result):
        return page_of(self.object)

    def get_cancel_url(self):
        return page_of(self.object)
