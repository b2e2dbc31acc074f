"""Screens over sites, made of the kit alone: what its tests open."""

import django_filters
import django_tables2 as tables
from django import forms
from django.urls import include, path

from apps.accounts.policy import Action
from apps.core.errors import DomainError
from apps.portal.kit.columns import LinkColumn, SinceColumn, kw_column
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
    Tab,
)
from apps.sites.choices import AccessPolicy, SiteKind
from apps.sites.models import Site
from tests.portal.kit.gallery import Gallery, curve


class SiteTable(tables.Table):
    name = LinkColumn(url_name="portal:site")
    organisation = tables.Column(verbose_name="Organisation", accessor="organisation__name")
    kind = tables.Column()
    limit_w = kw_column(verbose_name="Limit")
    created_at = SinceColumn(verbose_name="Since", zone="time_zone")

    class Meta:
        order_by = "name"


class SiteFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=SiteKind.choices)
    access_policy = django_filters.MultipleChoiceFilter(choices=AccessPolicy.choices, label="Access")
    limit_w = django_filters.NumberFilter(label="Limit at least", lookup_expr="gte")


class SiteList(ListView):
    action = Action.SITE_VIEW
    title = "Sites"
    queryset = Site.objects.select_related("organisation")
    table = SiteTable
    filterset = SiteFilters
    search = ("name", "city")
    empty = Empty(
        "No sites yet", "Add the first one.", icon="map-pin", button=ActionButton("Add a site", "/sites/add/")
    )

    def live_topics(self):
        return ["network:1"]


class SitePage(DetailView):
    action = Action.SITE_VIEW
    queryset = Site.objects.select_related("organisation")
    tabs = (
        Tab(
            "overview",
            "Overview",
            (
                Panel(
                    "facts",
                    "Facts",
                    attributes=(
                        Attribute("Organisation", "organisation.name"),
                        Attribute("City", "city"),
                        Attribute("Zone", lambda site: site.time_zone),
                    ),
                    live=lambda site: f"site:{site.pk}",
                ),
                Panel("slow", "Slow", attributes=(Attribute("Kind", "get_kind_display"),), lazy=True),
            ),
        ),
        Tab(
            "audit",
            "Audit",
            (Panel("audit", "Audit", attributes=(Attribute("Name", "name"),)),),
            action=Action.AUDIT_VIEW,
        ),
    )

    def breadcrumbs(self, obj):
        return [Crumb("Sites", "/kit/sites/")]

    def buttons(self, obj):
        return [
            ActionButton("Rename", f"/kit/sites/{obj.pk}/rename/", in_dialog=True),
            ActionButton("Close", reason="A car is charging here."),
        ]


class RenameForm(forms.Form):
    name = forms.CharField(max_length=20, help_text="What people call it.")


class RenameSite(FormView):
    action = Action.SITE_EDIT
    queryset = Site.objects.all()
    title = "Rename"
    form_class = RenameForm
    success_message = "Renamed."

    def save(self, form):
        name = form.cleaned_data["name"]
        if name == "Taken":
            raise DomainError("Another site has this name.", field="name")
        if name == "Never":
            raise DomainError("Not today.")
        Site.objects.filter(pk=self.object.pk).update(name=name)
        return self.object

    def get_success_url(self, result):
        return f"/kit/sites/{result.pk}/"


class CloseSite(ActionView):
    action = Action.SITE_EDIT
    queryset = Site.objects.all()
    title = "Close this site?"
    intro = "No car can charge here afterwards."
    submit_label = "Close"
    dangerous = True

    def get_refusal(self):
        return "The site has no city." if not self.object.city else ""

    def save(self, form):
        Site.objects.filter(pk=self.object.pk).update(limit_w=0)
        return self.object

    def get_success_url(self, result):
        return "/kit/sites/"

    def get_cancel_url(self):
        return "/kit/sites/"


portal = (
    [
        path("kit/sites/", SiteList.as_view(), name="kit-sites"),
        path("kit/sites/<int:pk>/", SitePage.as_view(), name="site"),
        path("kit/sites/<int:pk>/rename/", RenameSite.as_view(), name="kit-rename"),
        path("kit/gallery/", Gallery.as_view(), name="kit-gallery"),
        path("kit/curve.json", curve, name="kit-curve"),
        path("kit/sites/<int:pk>/close/", CloseSite.as_view(), name="kit-close"),
    ],
    "portal",
)
urlpatterns = [path("accounts/", include("chargenet.signin_urls")), path("", include(portal))]
