"""Campaigns: the list, a new one, and the page that follows it."""

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.chargers.models import FirmwareCampaign
from apps.chargers.services.campaigns.managing import cancel_campaign, pause_campaign, resume_campaign, start_campaign
from apps.chargers.transfer_choices import CampaignState, MemberState
from apps.core.addresses import base_url_for
from apps.portal.firmware import scope
from apps.portal.firmware.forms import CampaignForm
from apps.portal.firmware.tables import CampaignTable
from apps.portal.kit import html
from apps.portal.kit.parts import ActionButton, Crumb
from apps.portal.kit.views import ActionView, Attribute, DetailView, Empty, FormView, ListView, Panel
from apps.portal.links import page_of

ROWS = FirmwareCampaign.objects.select_related("firmware", "organisation", "created_by")
NO_EDIT = "Only people who run the whole organisation lead its campaigns."
SHOWN = 500


class CampaignList(ListView):
    action = Action.STATION_VIEW
    title = "Firmware campaigns"
    queryset = FirmwareCampaign.objects.select_related("firmware")
    table = CampaignTable
    search = ("name", "firmware__version")
    empty = Empty(
        "No campaigns yet",
        "A campaign brings one firmware to many stations, some first, then the others.",
        icon="list-check",
    )

    def breadcrumbs(self):
        return (Crumb("Firmware", reverse("portal:firmware")),)

    def buttons(self):
        reason = "" if may(self.request.user, Action.STATION_EDIT) else NO_EDIT
        url = reverse("portal:campaign-new")
        return (ActionButton("Start a campaign", url, icon="plus", style="primary", reason=reason),)


class CampaignNew(FormView):
    action = Action.STATION_EDIT
    title = "Start a campaign"
    intro = "Stations of the firmware’s vendor and model are updated; those that are offline wait until they are back."
    form_class = CampaignForm
    submit_label = "Start"

    def get_form_kwargs(self):
        return {"firmwares": scope.firmwares(self.request.user), "sites": scope.sites(self.request.user)}

    def get_initial(self):
        wanted = self.request.GET.get("firmware", "")
        return {"firmware": wanted} if wanted.isdecimal() else {}

    def get_refusal(self):
        if scope.firmwares(self.request.user).exists():
            return ""
        return "There is no firmware with a file yet. Add one first, under Firmware."

    def breadcrumbs(self):
        return (Crumb("Campaigns", reverse("portal:campaigns")),)

    def get_cancel_url(self):
        return reverse("portal:campaigns")

    def save(self, form):
        data = dict(form.cleaned_data)
        stations = scope.stations_for(
            self.request.user, data["firmware"], sites=data.pop("sites"), version_now=data.pop("version_now")
        )
        return start_campaign(
            stations=stations, actor=self.request.user, at=timezone.now(), base_url=base_url_for(self.request),
            pause_s=data.pop("pause_min") * 60, address=self.request.META.get("REMOTE_ADDR"), **data,
        )  # fmt: skip

    def get_success_url(self, campaign):
        return page_of(campaign)


def load_waves(request, campaign: FirmwareCampaign) -> dict:
    """Of each wave: how many are in which state."""
    counts = campaign.members.order_by("wave").values_list("wave", "state").annotate(count=Count("pk"))
    waves: dict[int, dict[str, int]] = {}
    for wave, state, count in counts:
        waves.setdefault(wave, {})[state] = count
    return {
        "waves": [
            {
                "number": number,
                "is_open": number <= campaign.open_wave,
                "total": sum(states.values()),
                "states": [(state, states[state]) for state in MemberState if state in states],
            }
            for number, states in sorted(waves.items())
        ]
    }


def load_members(request, campaign: FirmwareCampaign) -> dict:
    members = campaign.members.visible_to(request.user).select_related("station__site", "update")
    rows = members.order_by("wave", "station__identity")[:SHOWN]
    return {"rows": [(row, MemberState(row.state)) for row in rows]}


def _live(campaign: FirmwareCampaign) -> str:
    return f"campaign:{campaign.pk}"


class CampaignPage(DetailView):
    action = Action.STATION_VIEW
    queryset = ROWS
    panels = (
        Panel("waves", "Waves", template="portal/firmware/waves.html", load=load_waves, live=_live, flush=True),
        Panel("stations", "Stations", template="portal/firmware/members.html", load=load_members, live=_live,
              flush=True),
        Panel(
            "facts", "Campaign", side=True, attributes=(
                Attribute("Firmware", lambda c: html.link(page_of(c.firmware), str(c.firmware))),
                Attribute("Halts after failures", "halt_after_failures"),
                Attribute("Pause between waves", lambda c: f"{c.pause_s // 60} min"),
                Attribute("Window", lambda c: f"{c.window_from:%H:%M} to {c.window_to:%H:%M}"
                          if c.window_from and c.window_to else "any time"),
                Attribute("Started by", "created_by"),
                Attribute("Starts", lambda c: html.moment(c.starts_at, "UTC")),
                Attribute("Ends", lambda c: html.moment(c.ends_at, "UTC")),
                Attribute("Ended", lambda c: html.moment(c.ended_at, "UTC")),
            ),
        ),
    )  # fmt: skip

    def page_status(self, campaign):
        return CampaignState(campaign.state)

    def page_live(self, campaign):
        return _live(campaign)

    def page_subtitle(self, campaign):
        return campaign.explanation

    def breadcrumbs(self, campaign):
        return (Crumb("Campaigns", reverse("portal:campaigns")),)

    def buttons(self, campaign):
        rows = FirmwareCampaign.objects.visible_to(self.request.user, Action.STATION_EDIT)
        off = "" if rows.filter(pk=campaign.pk).exists() else NO_EDIT
        over = campaign.state in (CampaignState.DONE, CampaignState.CANCELLED)
        off = off or ("The campaign is over." if over else "")
        args = [campaign.pk]
        hold = ActionButton("Pause", reverse("portal:campaign-pause", args=args), icon="player-pause", reason=off,
                            in_dialog=True)  # fmt: skip
        resume = ActionButton("Resume", reverse("portal:campaign-resume", args=args), icon="player-play", reason=off,
                              style="primary", in_dialog=True)  # fmt: skip
        stop = ActionButton("Cancel", reverse("portal:campaign-cancel", args=args), icon="x", reason=off,
                            style="danger", in_dialog=True)  # fmt: skip
        return (hold if campaign.state == CampaignState.RUNNING else resume, stop)


class _CampaignAction(ActionView):
    action = Action.STATION_EDIT
    queryset = ROWS

    def change(self, **who) -> None:
        """The service call."""
        raise NotImplementedError

    def save(self, form):
        self.change(
            campaign=self.object, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(self.object)


class CampaignPause(_CampaignAction):
    title = "Pause the campaign?"
    intro = "No further updates begin. Those that are under way go on."
    submit_label = "Pause"

    def change(self, **who):
        pause_campaign(**who)


class CampaignResume(_CampaignAction):
    title = "Resume the campaign?"
    intro = "Failures so far are forgiven: it halts again after as many new ones."
    submit_label = "Resume"

    def change(self, **who):
        resume_campaign(**who)


class CampaignCancel(_CampaignAction):
    title = "Cancel the campaign?"
    intro = "Stations that wait are left out. Updates that are under way go on. This cannot be undone."
    submit_label = "Cancel the campaign"
    dangerous = True

    def change(self, **who):
        cancel_campaign(**who)
