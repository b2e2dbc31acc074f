"""The list of cards, the page of one, and what is done to it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.drivers.models import Driver, IdToken
from apps.drivers.services.tokens import block_token, create_token, edit_token, unblock_token
from apps.portal.charging.recent import load_recent_sessions
from apps.portal.drivers.filters import TokenFilters
from apps.portal.drivers.forms import TOKEN_TYPES, BlockForm, NewTokenForm, TokenForm
from apps.portal.drivers.scope import needs_home_site
from apps.portal.drivers.tables import TokenTable
from apps.portal.kit import html
from apps.portal.kit.views import (
    ActionButton,
    ActionView,
    Attribute,
    Crumb,
    DetailView,
    Empty,
    FormView,
    ListView,
    Panel,
)
from apps.portal.links import page_of
from apps.sessions.models import ChargingSession

_LAST_USE = ChargingSession.objects.filter(id_token=OuterRef("pk")).order_by("-started_at").values("started_at")[:1]


def zone_of(driver: Driver) -> str:
    """The clock of the driver's home, in which a card's last day ends."""
    return driver.home_site.time_zone if driver.home_site else "UTC"


class TokenList(ListView):
    action = Action.DRIVER_VIEW
    title = "Cards"
    subtitle = "RFID cards and every other identifier that opens a charger."
    queryset = IdToken.objects.select_related("driver", "driver__group", "driver__home_site").annotate(
        last_used_at=Subquery(_LAST_USE)
    )
    table = TokenTable
    filterset = TokenFilters
    search = ("value", "label", "driver__name")
    search_hint = "Number, label, driver"
    empty = Empty("No cards yet", "Cards belong to drivers: open a driver and add one.", icon="nfc")

    def buttons(self):
        return (ActionButton("Choose a driver for a new card", reverse("portal:drivers"), icon="plus"),)


class TokenPage(DetailView):
    action = Action.DRIVER_VIEW
    queryset = IdToken.objects.select_related("driver", "driver__group", "driver__home_site", "organisation")

    panels = (
        Panel(
            "sessions", "Sessions with this card", template="portal/charging/recent.html", flush=True,
            load=lambda request, token: load_recent_sessions(request, id_token=token), action=Action.SESSION_VIEW,
            icon="battery-charging",
        ),
        Panel(
            "facts", "Card", side=True, live=lambda token: f"token:{token.pk}",
            attributes=(
                Attribute("Driver", lambda token: html.link(page_of(token.driver), token.driver)),
                Attribute("Group", "driver.group"),
                Attribute("Number", "value"),
                Attribute("Kind", lambda token: dict(TOKEN_TYPES).get(token.type, token.type)),
                Attribute("Valid until", lambda token: html.moment(token.expires_at, zone_of(token.driver))),
                Attribute("Parent group", "parent_group"),
                Attribute("Message", "personal_message"),
                Attribute("Several at once", lambda token: "yes" if token.allows_concurrent else "no"),
                Attribute("Master pass", lambda token: "yes" if token.is_master_pass else "no"),
                Attribute("Since", lambda token: html.moment(token.created_at, zone_of(token.driver))),
            ),
        ),
    )  # fmt: skip

    def breadcrumbs(self, obj):
        return (Crumb("Cards", reverse("portal:tokens")), Crumb(str(obj.driver), page_of(obj.driver)))

    def page_subtitle(self, obj):
        return f"{obj.value}, {obj.driver}" if obj.label else str(obj.driver)

    def page_status(self, obj):
        return obj.state_at(timezone.now())

    def page_live(self, obj):
        return f"token:{obj.pk}"

    def buttons(self, obj):
        vehicle = ActionButton(
            "Vehicle", reverse("portal:token-vehicle", args=[obj.pk]), icon="car", in_dialog=True,
            reason="" if may(self.request.user, Action.ACCOUNT_EDIT) else "Your role does not change who pays.",
        )  # fmt: skip
        if not IdToken.objects.visible_to(self.request.user, Action.DRIVER_EDIT).filter(pk=obj.pk).exists():
            return (vehicle,)
        edit = ActionButton("Edit", reverse("portal:token-edit", args=[obj.pk]), icon="pencil")
        if obj.status == "active":
            url = reverse("portal:token-block", args=[obj.pk])
            return (edit, vehicle, ActionButton("Block", url, icon="ban", style="danger", in_dialog=True))
        url = reverse("portal:token-unblock", args=[obj.pk])
        return (edit, ActionButton("Unblock", url, icon="circle-check", style="primary", in_dialog=True))


class TokenNew(FormView):
    action = Action.DRIVER_EDIT
    queryset = Driver.objects.select_related("organisation", "home_site")
    form_class = NewTokenForm
    submit_label = "Add card"

    def get_title(self):
        return f"New card for {self.object}"

    def get_refusal(self):
        return "This driver has left." if self.object.left_at else ""

    def get_form_kwargs(self):
        return {
            "zone": zone_of(self.object),
            "reaches_all": not needs_home_site(self.request.user, self.object.organisation_id),
        }

    def breadcrumbs(self):
        return (Crumb("Drivers", reverse("portal:drivers")), Crumb(str(self.object), page_of(self.object)))

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        return create_token(driver=self.object, actor=self.request.user, **form.fields_of_token())

    def get_success_url(self, result):
        return page_of(result)


class TokenEdit(FormView):
    action = Action.DRIVER_EDIT
    queryset = IdToken.objects.select_related("driver__home_site")
    form_class = TokenForm
    success_message = "The card is saved."

    def get_title(self):
        return f"Edit card {self.object.value}"

    def get_form_kwargs(self):
        return {
            "zone": zone_of(self.object.driver),
            "reaches_all": not needs_home_site(self.request.user, self.object.organisation_id),
        }

    def get_initial(self):
        token = self.object
        zone = ZoneInfo(zone_of(token.driver))
        last_moment = token.expires_at and token.expires_at - timedelta(microseconds=1)
        return {
            "label": token.label, "valid_until": last_moment and last_moment.astimezone(zone).date(),
            "parent_group": token.parent_group, "allows_concurrent": token.allows_concurrent,
            "is_master_pass": token.is_master_pass, "personal_message": token.personal_message,
        }  # fmt: skip

    def breadcrumbs(self):
        return (Crumb("Cards", reverse("portal:tokens")), Crumb(str(self.object), page_of(self.object)))

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        return edit_token(token=self.object, actor=self.request.user, **form.fields_of_token())

    def get_success_url(self, result):
        return page_of(result)


class TokenBlock(ActionView):
    action = Action.DRIVER_EDIT
    queryset = IdToken.objects.select_related("driver")
    form_class = BlockForm
    title = "Block this card?"
    intro = "Chargers refuse it from now on. A session that runs goes on until it is stopped."
    submit_label = "Block"
    dangerous = True
    success_message = "The card is blocked."

    def save(self, form):
        return block_token(token=self.object, actor=self.request.user, **form.cleaned_data)


class TokenUnblock(ActionView):
    action = Action.DRIVER_EDIT
    queryset = IdToken.objects.select_related("driver")
    title = "Accept this card again?"
    intro = "Chargers accept it from now on, unless it has expired or no access rule admits its driver."
    submit_label = "Unblock"
    success_message = "The card is accepted again."

    def save(self, form):
        return unblock_token(token=self.object, actor=self.request.user)
