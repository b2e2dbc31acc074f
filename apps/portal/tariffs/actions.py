"""Making tariffs, giving them new versions, saying where they apply."""

from urllib.parse import urlencode
from zoneinfo import available_timezones

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.accounts.policy import Action
from apps.drivers.models import DriverGroup
from apps.portal.kit.views import Crumb, FormView, PortalView
from apps.portal.links import page_of
from apps.portal.tariffs.forms import AssignForm, NewTariffForm, TariffForm
from apps.portal.tariffs.preview import preview_context
from apps.portal.tariffs.scope import editable_tariffs, editor_organisations, time_zone_of, zone_of_organisation
from apps.sites.models import Site
from apps.tariffs.engine.tariff_json import from_json
from apps.tariffs.models import Tariff, TariffAssignment
from apps.tariffs.services.tariffs import add_version, assign_tariff, create_tariff, end_assignment


class _EditorView(FormView):
    """The editor of a whole tariff. Beside saving it, the page can be asked for another price group, or a preview."""

    action = Action.TARIFF_EDIT
    template_name = "portal/tariffs/editor.html"

    def breadcrumbs(self):
        return (Crumb("Tariffs", reverse("portal:tariffs")),)

    def get_cancel_url(self):
        return page_of(self.object) if self.object else reverse("portal:tariffs")

    def get_success_url(self, result):
        return page_of(result.tariff)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if "add_row" in request.POST or "preview" in request.POST:
            return self._render(self.get_form())
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {"time_zone": self.time_zone, "spare": int("add_row" in self.request.POST)}

    def extra_context(self):
        currency = self.object.currency if self.object else ""
        query = urlencode({"fixed_currency": currency, "zone": self.time_zone})
        context = {"preview_url": f"{reverse('portal:tariff-preview')}?{query}"}
        if "preview" in self.request.POST:
            context["preview"] = _preview(
                self.get_form(), currency or self.request.POST.get("currency"), self.time_zone
            )
        return context


def _preview(form: TariffForm, currency: str | None, time_zone: str) -> dict:
    """The context of a preview of what was typed, as far as it is a tariff."""
    if not form.is_valid():
        return {"has_errors": True}
    tariff = form.tariff((currency or "EUR").upper()[:3])
    return preview_context(tariff, at=form.cleaned_data["valid_from"] or timezone.now(), time_zone=time_zone)


class TariffNew(_EditorView):
    title = "New tariff"
    form_class = NewTariffForm
    submit_label = "Create tariff"
    success_message = "The tariff is created. Assign it to a site, so that it applies somewhere."

    @cached_property
    def _first_site(self):
        return Site.objects.visible_to(self.request.user, Action.TARIFF_EDIT).order_by("pk").first()

    @cached_property
    def time_zone(self):
        return zone_of_organisation(self._first_site.organisation_id if self._first_site else None)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "organisations": editor_organisations(self.request.user)}

    def get_initial(self):
        site = self._first_site
        return {"currency": site.currency, "vat_percent": site.vat_percent.normalize()} if site else {}

    def get_refusal(self):
        is_editor = editor_organisations(self.request.user).exists()
        return "" if is_editor else "Tariffs belong to the whole organisation; your role is limited to a site."

    def save(self, form):
        values = form.cleaned_data
        return create_tariff(
            organisation=values["organisation"],
            name=values["name"],
            content=form.tariff(values["currency"]),
            valid_from=values["valid_from"] or timezone.now(),
            actor=self.request.user,
        )


class TariffNewVersion(_EditorView):
    queryset = Tariff.objects.select_related("organisation")
    form_class = TariffForm
    submit_label = "Add the version"
    success_message = "The version is added."

    def rows(self):
        return editable_tariffs(self.request.user).select_related("organisation")

    def get_title(self):
        return f"New version of {self.object}"

    def get_intro(self):
        return "Versions never change. Sessions that start from then on have these prices; earlier ones keep theirs."

    @cached_property
    def time_zone(self):
        return time_zone_of(self.object)

    def get_initial(self):
        newest = self.object.versions.order_by("-valid_from", "-number").first()
        return {"tariff": from_json(newest.content)} if newest else {}

    def save(self, form):
        return add_version(
            tariff=self.object,
            content=form.tariff(self.object.currency),
            valid_from=form.cleaned_data["valid_from"] or timezone.now(),
            actor=self.request.user,
        )


class TariffPreview(PortalView):
    """The tariff being typed: words, week, samples, warnings."""

    action = Action.TARIFF_EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, request.POST)

    def _show(self, request: HttpRequest, data) -> HttpResponse:
        time_zone = request.GET.get("zone", "")
        time_zone = time_zone if time_zone in available_timezones() else "UTC"
        form = TariffForm(data, time_zone=time_zone)
        context = _preview(form, request.GET.get("fixed_currency") or data.get("currency"), time_zone)
        return render(request, "portal/tariffs/preview.html", {"preview": context})


class TariffAssign(FormView):
    action = Action.TARIFF_EDIT
    queryset = Tariff.objects.select_related("organisation")
    form_class = AssignForm
    submit_label = "Assign"
    success_message = "The tariff applies there."

    def rows(self):
        return editable_tariffs(self.request.user).select_related("organisation")

    def get_title(self):
        return f"Where “{self.object}” applies"

    def get_intro(self):
        return "Of several tariffs at one place the narrowest wins, and of two equal ones that which begins later."

    @cached_property
    def _sites(self):
        sites = Site.objects.visible_to(self.request.user, Action.TARIFF_EDIT).open()
        return sites.filter(organisation_id=self.object.organisation_id, currency=self.object.currency).order_by("name")

    def get_refusal(self):
        return "" if self._sites.exists() else f"There is no site that charges in {self.object.currency}."

    def get_form_kwargs(self):
        groups = DriverGroup.objects.filter(organisation_id=self.object.organisation_id).order_by("name")
        return {"sites": self._sites, "groups": groups, "time_zone": time_zone_of(self.object)}

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        values = form.cleaned_data
        return assign_tariff(
            tariff=self.object,
            site=values["site"],
            area=values["area"],
            driver_group_id=values["group"].pk if values["group"] else None,
            evse_id=values["evse"].pk if values["evse"] else None,
            valid_from=values["valid_from"] or timezone.now(),
            valid_until=values["valid_until"],
            actor=self.request.user,
        )

    def get_success_url(self, result):
        return page_of(self.object)


class AssignmentEnd(FormView):
    action = Action.TARIFF_EDIT
    queryset = Tariff.objects.all()
    title = "End this assignment?"
    submit_label = "End it now"
    dangerous = True
    success_message = "The tariff no longer applies there."

    def rows(self):
        return editable_tariffs(self.request.user)

    @cached_property
    def assignment(self) -> TariffAssignment:
        sites = Site.objects.visible_to(self.request.user, self.action)
        rows = self.object.assignments.filter(site__in=sites).select_related("site", "area", "tariff__organisation")
        found = rows.filter(pk=self.kwargs["assignment"]).first()
        if found is None:
            raise Http404
        return found

    def get_intro(self):
        return f"{self.assignment}. Sessions that start from now on have another tariff, or none; running ones keep it."

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        return end_assignment(assignment=self.assignment, at=timezone.now(), actor=self.request.user)

    def get_success_url(self, result):
        return page_of(self.object)
