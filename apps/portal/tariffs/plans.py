"""Membership plans: the list, and what people do to them."""

from decimal import Decimal

import django_tables2 as tables
from django import forms
from django.db.models import Case, Count, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.accounts.policy import Action, may
from apps.core.choices import ColouredChoices
from apps.portal.kit.columns import KitColumn, LinkColumn, StatusColumn, UnitColumn
from apps.portal.kit.fields import offer_organisations
from apps.portal.kit.views import ActionButton, ActionView, Crumb, Empty, FormView, ListView
from apps.portal.tariffs.forms import CurrencyField
from apps.portal.tariffs.scope import editor_organisations
from apps.sites.models import Site
from apps.sites.scope import organisations_in_scope
from apps.sites.validators import validate_currency
from apps.tariffs.models import MembershipPlan
from apps.tariffs.services.plans import create_plan, edit_plan, retire_plan

_RIGHT = {"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}


class PlanState(ColouredChoices):
    """Whether customers can be given the plan."""

    OFFERED = "offered", "green", "circle-check", "Offered"
    RETIRED = "retired", "secondary", "history", "Retired"


class PlanTable(tables.Table):
    name = LinkColumn(verbose_name="Plan", url_name="portal:plan-edit", args_from=("pk",))
    state = StatusColumn(PlanState)
    monthly_fee = KitColumn(verbose_name="Per month, net", attrs=_RIGHT)
    currency = KitColumn()
    free_wh = UnitColumn(verbose_name="Free per month", unit="kWh", divide_by=1000, digits=0)
    discount_percent = KitColumn(verbose_name="Off energy (%)", attrs=_RIGHT)
    customers = KitColumn(verbose_name="Customers", attrs=_RIGHT)
    organisation = KitColumn(order_by="organisation__name", hide_on_phone=True)

    class Meta:
        model = MembershipPlan
        fields = ()
        sequence = (
            "name", "state", "monthly_fee", "currency", "free_wh", "discount_percent", "customers", "organisation",
        )  # fmt: skip
        order_by = "name"

    def render_discount_percent(self, value):
        return f"{value.normalize():f}"


class PlanTableToLookAt(PlanTable):
    """For those who may not change plans."""

    name = KitColumn(verbose_name="Plan")


class PlanList(ListView):
    action = Action.TARIFF_VIEW
    title = "Membership plans"
    queryset = MembershipPlan.objects.select_related("organisation").annotate(
        customers=Count("subscriptions", filter=Q(subscriptions__until_date=None)),
        state=Case(When(retired_at=None, then=Value(PlanState.OFFERED.value)), default=Value(PlanState.RETIRED.value)),
    )
    table = PlanTable
    search = ("name",)
    empty = Empty(
        "No membership plans yet",
        "A plan gives its customers free energy or a discount for a monthly fee. Make one, then give it to a customer.",
        icon="discount",
    )

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not may(request.user, Action.TARIFF_EDIT):
            self.table = PlanTableToLookAt

    def breadcrumbs(self):
        return (Crumb("Tariffs", reverse("portal:tariffs")),)

    def buttons(self):
        reason = "" if may(self.request.user, Action.TARIFF_EDIT) else "Your role does not make membership plans."
        return (ActionButton("New plan", reverse("portal:plan-new"), icon="plus", style="primary", reason=reason),)


class PlanForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="Stands on bills, such as “Residents 20”.")
    currency = CurrencyField(max_length=3, validators=[validate_currency])
    monthly_fee = forms.DecimalField(
        label="Per month, without tax", min_value=Decimal(0), max_digits=10, decimal_places=2
    )
    vat_percent = forms.DecimalField(
        label="Tax on the fee (%)", min_value=Decimal(0), max_value=Decimal(100), max_digits=5, decimal_places=2
    )
    free_kwh = forms.DecimalField(
        label="Free energy (kWh per month)", min_value=Decimal(0), max_digits=9, decimal_places=3, initial=0,
        help_text="Goes to the sessions that end first.",
    )  # fmt: skip
    discount_percent = forms.DecimalField(
        label="Off the price of energy (%)", min_value=Decimal(0), max_value=Decimal(100), max_digits=5,
        decimal_places=2, initial=0, help_text="On what is not free. Time and fees stay as they are.",
    )  # fmt: skip

    def terms(self) -> dict:
        """What the services take."""
        values = dict(self.cleaned_data)
        values.pop("organisation", None)
        free_kwh = values.pop("free_kwh")
        return {**values, "free_wh": int(free_kwh * 1000)}


class NewPlanForm(PlanForm):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())

    field_order = ("organisation",)

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class _PlanFormView(FormView):
    action = Action.TARIFF_EDIT

    def breadcrumbs(self):
        return (Crumb("Tariffs", reverse("portal:tariffs")), Crumb("Membership plans", reverse("portal:plans")))

    def get_cancel_url(self):
        return reverse("portal:plans")

    def get_success_url(self, result):
        return reverse("portal:plans")


class PlanNew(_PlanFormView):
    title = "New membership plan"
    form_class = NewPlanForm
    submit_label = "Create plan"
    success_message = "The plan is made. Give it to customers on their pages."

    def get_form_kwargs(self):
        return {"organisations": editor_organisations(self.request.user)}

    def get_initial(self):
        site = Site.objects.visible_to(self.request.user, Action.TARIFF_EDIT).order_by("pk").first()
        return {"currency": site.currency, "vat_percent": site.vat_percent.normalize()} if site else {}

    def get_refusal(self):
        is_editor = editor_organisations(self.request.user).exists()
        return "" if is_editor else "Plans belong to the whole organisation; your role is limited to a site."

    def save(self, form):
        return create_plan(organisation=form.cleaned_data["organisation"], actor=self.request.user, **form.terms())


class _OnePlan(_PlanFormView):
    queryset = MembershipPlan.objects.select_related("organisation")

    def rows(self):
        return self.queryset.filter(organisations_in_scope(self.request.user, Action.TARIFF_EDIT))


class PlanEdit(_OnePlan):
    form_class = PlanForm
    success_message = "The plan is changed."
    template_name = "portal/tariffs/plan.html"

    def get_title(self):
        return str(self.object)

    def get_intro(self):
        used = self.object.subscriptions.exists()
        return "Customers have this plan, so only its name can change." if used else ""

    def get_initial(self):
        names = ("name", "currency", "monthly_fee", "vat_percent", "discount_percent")
        return {**{name: getattr(self.object, name) for name in names}, "free_kwh": Decimal(self.object.free_wh) / 1000}

    def extra_context(self):
        return {"retire_url": "" if self.object.retired_at else reverse("portal:plan-retire", args=[self.object.pk])}

    def save(self, form):
        return edit_plan(plan=self.object, actor=self.request.user, **form.terms())


class PlanRetire(_OnePlan, ActionView):
    title = "Retire this plan?"
    intro = "Nobody is given it from now on. Customers who have it keep it until it is ended on their page."
    submit_label = "Retire"
    dangerous = True
    success_message = "The plan is retired."
    form_class = forms.Form

    def get_refusal(self):
        return "The plan is retired already." if self.object.retired_at else ""

    def save(self, form):
        return retire_plan(plan=self.object, actor=self.request.user, at=timezone.now())
