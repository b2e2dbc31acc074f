"""The list of drivers and the page of one."""

from decimal import Decimal

from django import forms
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.policy import Action, may
from apps.core.errors import DomainError
from apps.drivers.models import AccessRule, Driver
from apps.drivers.services.drivers import create_driver, edit_driver, end_driver, link_user, readmit_driver
from apps.portal.charging.recent import load_recent_sessions
from apps.portal.drivers import scope
from apps.portal.drivers.filters import DriverFilters
from apps.portal.drivers.forms import DriverForm, NewDriverForm
from apps.portal.drivers.groups import DRIVERS_CRUMB
from apps.portal.drivers.tables import DriverTable
from apps.portal.drivers.words import rule_sentence
from apps.portal.kit import format as fmt
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


class DriverList(ListView):
    action = Action.DRIVER_VIEW
    title = "Drivers"
    queryset = Driver.objects.select_related("group", "home_site", "user").annotate(cards_count=Count("id_tokens"))
    table = DriverTable
    filterset = DriverFilters
    search = ("name", "email", "unit")
    search_hint = "Name, e-mail address, flat"
    empty = Empty(
        "No drivers yet",
        "Add the people who charge here, each with a card. Whoever has no card is refused at the charger.",
        icon="steering-wheel",
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.DRIVER_EDIT) else "Your role does not add drivers."
        return (
            ActionButton("Groups", reverse("portal:groups"), icon="users"),
            ActionButton("Add a driver", reverse("portal:driver-new"), icon="plus", style="primary", reason=reason),
        )


def load_cards(request, driver: Driver) -> dict:
    now = timezone.now()
    cards = [(token, token.state_at(now)) for token in driver.id_tokens.select_related("driver").order_by("value")]
    return {"driver": driver, "cards": cards, "zone": driver.home_site.time_zone if driver.home_site else ""}


def load_rules(request, driver: Driver) -> dict:
    """Rules that name the driver, his group or everybody, at sites that the user sees."""
    concerned = Q(driver=driver) | Q(driver=None, group=None)
    if driver.group_id:
        concerned |= Q(group_id=driver.group_id)
    rules = AccessRule.objects.visible_to(request.user).filter(concerned, site__organisation_id=driver.organisation_id)
    rules = rules.select_related("site", "area", "group", "driver").order_by("site__name", "pk")[:50]
    return {"rules": [(rule, rule_sentence(rule)) for rule in rules]}


def _energy_limit(driver: Driver):
    if driver.energy_limit_wh is None:
        return None
    return f"{fmt.number(driver.energy_limit_wh / 1000, 1)} kWh {driver.get_energy_period_display()}"


class DriverPage(DetailView):
    action = Action.DRIVER_VIEW
    queryset = Driver.objects.select_related("group", "home_site", "user", "organisation", "account")

    panels = (
        Panel("cards", "Cards", template="portal/drivers/cards.html", load=load_cards, flush=True, icon="nfc"),
        Panel(
            "sessions", "Sessions", template="portal/charging/recent.html", flush=True, icon="battery-charging",
            load=lambda request, driver: load_recent_sessions(request, driver=driver), action=Action.SESSION_VIEW,
        ),
        Panel("rules", "May charge at", template="portal/drivers/rules.html", load=load_rules, icon="lock-access"),
        Panel(
            "facts", "Driver", side=True,
            attributes=(
                Attribute("Group", "group"),
                Attribute("Home site", "home_site"),
                Attribute("Flat or unit", "unit"),
                Attribute("Paid by", "account"),
                Attribute("E-mail address", "email"),
                Attribute("Phone", "phone"),
                Attribute("Language", "language"),
                Attribute("Sessions at once", "max_sessions"),
                Attribute("Energy limit", _energy_limit),
                Attribute("Signs in as", "user.email"),
                Attribute("Since", lambda driver: html.moment(driver.created_at, _zone(driver))),
                Attribute("Left", lambda driver: html.moment(driver.left_at, _zone(driver))),
            ),
        ),
    )  # fmt: skip

    def breadcrumbs(self, obj):
        return (Crumb(DRIVERS_CRUMB[0], reverse(DRIVERS_CRUMB[1])),)

    def page_subtitle(self, obj):
        return " · ".join(str(part) for part in (obj.group, obj.home_site, obj.unit) if part)

    def buttons(self, obj):
        payer = ActionButton(
            "Who pays", reverse("portal:driver-payer", args=[obj.pk]), icon="users-group", in_dialog=True,
            reason="" if may(self.request.user, Action.ACCOUNT_EDIT) else "Your role does not change who pays.",
        )  # fmt: skip
        if not Driver.objects.visible_to(self.request.user, Action.DRIVER_EDIT).filter(pk=obj.pk).exists():
            return (payer,)
        left = "This driver has left."
        args = [obj.pk]
        return (
            ActionButton(
                "Add a card", reverse("portal:token-new", args=args), icon="plus", style="primary",
                reason=left if obj.left_at else "",
            ),
            ActionButton("Edit", reverse("portal:driver-edit", args=args), icon="pencil"),
            payer,
            ActionButton(
                "Invite", reverse("portal:driver-invite", args=args), icon="send", in_dialog=True,
                reason="This driver signs in already." if obj.user_id else left if obj.left_at else "",
            ),
            ActionButton(
                "Sign-in", reverse("portal:driver-sign-in", args=args), icon="login-2", in_dialog=True, in_menu=True
            ),
            ActionButton("Let go", reverse("portal:driver-end", args=args), icon="user-off", in_dialog=True,
                         in_menu=True, style="danger")
            if not obj.left_at
            else ActionButton("Admit again", reverse("portal:driver-readmit", args=args), icon="user-check",
                              in_dialog=True, in_menu=True),
        )  # fmt: skip


def _zone(driver: Driver) -> str:
    return driver.home_site.time_zone if driver.home_site else ""


class DriverNew(FormView):
    action = Action.DRIVER_EDIT
    title = "Add a driver"
    form_class = NewDriverForm
    submit_label = "Add"

    def get_form_kwargs(self):
        user = self.request.user
        return {
            "organisations": scope.organisations(user),
            "sites": scope.sites(user),
            "groups": scope.groups(user),
            "home_required": scope.needs_home_site(user),
        }

    def breadcrumbs(self):
        return (Crumb(DRIVERS_CRUMB[0], reverse(DRIVERS_CRUMB[1])),)

    def get_cancel_url(self):
        return reverse("portal:drivers")

    def save(self, form):
        return create_driver(actor=self.request.user, **form.fields_of_driver())

    def get_success_url(self, result):
        return page_of(result)


class DriverEdit(FormView):
    action = Action.DRIVER_EDIT
    queryset = Driver.objects.select_related("organisation")
    title = "Edit driver"
    form_class = DriverForm
    success_message = "The driver is saved."

    def get_form_kwargs(self):
        user, organisation_id = self.request.user, self.object.organisation_id
        return {
            "sites": scope.sites(user, organisation_id),
            "groups": scope.groups(user, organisation_id),
            "home_required": scope.needs_home_site(user, organisation_id),
        }

    def get_initial(self):
        driver = self.object
        return {
            "name": driver.name, "group": driver.group_id, "home_site": driver.home_site_id, "unit": driver.unit,
            "email": driver.email, "phone": driver.phone, "language": driver.language,
            "max_sessions": driver.max_sessions, "energy_period": driver.energy_period,
            "energy_limit_kwh": None if driver.energy_limit_wh is None else Decimal(driver.energy_limit_wh) / 1000,
        }  # fmt: skip

    def breadcrumbs(self):
        return (Crumb(DRIVERS_CRUMB[0], reverse(DRIVERS_CRUMB[1])), Crumb(str(self.object), page_of(self.object)))

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        return edit_driver(driver=self.object, actor=self.request.user, **form.fields_of_driver())

    def get_success_url(self, result):
        return page_of(result)


class SignInForm(forms.Form):
    email = forms.EmailField(
        label="Signs in as", required=False,
        help_text="The address of a person with the role “Driver” here; empty: nobody sees these sessions as the own.",
    )  # fmt: skip


class DriverSignIn(FormView):
    """Who sees the driver's sessions under "My charging"."""

    action = Action.DRIVER_EDIT
    queryset = Driver.objects.select_related("organisation", "user")
    title = "Sign-in of this driver"
    form_class = SignInForm
    success_message = "The sign-in is saved."

    def get_initial(self):
        return {"email": self.object.user.email if self.object.user else ""}

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        email, user = form.cleaned_data["email"], None
        if email:
            members = User.objects.filter(memberships__organisation_id=self.object.organisation_id).distinct()
            user = members.filter(email__iexact=email).first()
            if user is None:
                raise DomainError("Nobody of this organisation signs in with this address.", field="email")
        return link_user(driver=self.object, user=user, actor=self.request.user)

    def get_success_url(self, result):
        return page_of(result)


class DriverEnd(ActionView):
    action = Action.DRIVER_EDIT
    queryset = Driver.objects.select_related("organisation")
    title = "Let this driver go?"
    intro = "None of the cards is accepted from now on; a running session goes on. Past sessions and bills stay."
    submit_label = "Let go"
    dangerous = True
    success_message = "The driver has left; the cards are refused."

    def get_refusal(self):
        return "This driver has left already." if self.object.left_at else ""

    def save(self, form):
        return end_driver(driver=self.object, actor=self.request.user, at=timezone.now())


class DriverReadmit(ActionView):
    action = Action.DRIVER_EDIT
    queryset = Driver.objects.select_related("organisation")
    title = "Admit this driver again?"
    intro = "Cards that are neither blocked nor expired are accepted again."
    submit_label = "Admit again"
    success_message = "The driver is admitted again."

    def save(self, form):
        return readmit_driver(driver=self.object, actor=self.request.user)
