"""Screens of sites and areas."""

from django.db.models import Count, Q
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.chargers.models import ChargingStation
from apps.portal.kit.views import ActionButton, Attribute, Crumb, DetailView, Empty, FormView, ListView, Panel
from apps.portal.links import page_of
from apps.portal.sites.forms import AreaForm, NewSiteForm, SiteForm
from apps.portal.sites.tables import SiteTable
from apps.sites.models import Area, Site
from apps.sites.scope import organisations_in_scope, organisations_visible_to
from apps.sites.services.sites import add_area, create_site, edit_site, remove_area, rename_area

SHOWN_STATIONS = 50
SITES_CRUMB = ("Sites", "portal:sites")


def _organisations(user):
    """Organisations in which the user may open sites: those of which he holds the role as a whole."""
    return organisations_visible_to(user, Action.SITE_EDIT).filter(
        organisations_in_scope(user, Action.SITE_EDIT, path="pk")
    )


def address_line(site: Site) -> str:
    """The address on one line, without what is not known."""
    return ", ".join(filter(None, (site.street, f"{site.postal_code} {site.city}".strip(), site.country)))


class SiteList(ListView):
    action = Action.SITE_VIEW
    title = "Sites"
    queryset = Site.objects.select_related("organisation").annotate(
        stations_count=Count("stations", filter=Q(stations__retired_at=None))
    )
    table = SiteTable
    search = ("name", "city")
    empty = Empty(
        "No sites yet", "A site is a place with one grid connection. Stations stand at sites.", icon="map-pin"
    )

    def buttons(self):
        if may(self.request.user, Action.SITE_EDIT) and _organisations(self.request.user).exists():
            return (ActionButton("New site", reverse("portal:site-new"), icon="plus", style="primary"),)
        return ()


def load_stations(request, site: Site) -> dict:
    """The first stations of the site, and where the others are."""
    rows = ChargingStation.objects.visible_to(request.user).in_use().filter(site=site)
    stations = list(rows.select_related("area", "connection").order_by("area__name", "identity")[: SHOWN_STATIONS + 1])
    more_url = f"{reverse('portal:stations')}?site={site.pk}" if len(stations) > SHOWN_STATIONS else ""
    return {"stations": stations[:SHOWN_STATIONS], "more_url": more_url}


class SitePage(DetailView):
    action = Action.SITE_VIEW
    queryset = Site.objects.select_related("organisation")

    panels = (
        Panel(
            "stations", "Stations", template="portal/sites/stations.html", flush=True, live=lambda s: f"site:{s.pk}",
            load=load_stations,
        ),
        Panel(
            "facts", "Site", side=True,
            attributes=(
                Attribute("Kind", "get_kind_display"),
                Attribute("Address", address_line),
                Attribute("Time zone", "time_zone"),
                Attribute("Currency", "currency"),
                Attribute("Power limit", lambda s: f"{s.limit_w / 1000:g} kW" if s.limit_w else ""),
                Attribute("VAT", lambda s: f"{s.vat_percent:.2f}".rstrip("0").rstrip(".") + " %"),
                Attribute("Who may charge", "get_access_policy_display"),
                Attribute("Charger without subprotocol", "get_assumed_protocol_display"),
                Attribute("Organisation", "organisation"),
            ),
        ),
        Panel(
            "areas", "Areas", template="portal/sites/areas.html", side=True,
            load=lambda request, site: {
                "areas": site.areas.annotate(stations_count=Count("stations")).order_by("name"),
                "may_edit": Site.objects.visible_to(request.user, Action.SITE_EDIT).filter(pk=site.pk).exists(),
            },
        ),
    )  # fmt: skip

    def breadcrumbs(self, obj):
        return (Crumb(SITES_CRUMB[0], reverse(SITES_CRUMB[1])),)

    def page_subtitle(self, obj):
        return f"{obj.get_kind_display()} in {obj.city}" if obj.city else obj.get_kind_display()

    def buttons(self, obj):
        codes = ActionButton("QR codes", reverse("portal:site-qr", args=[obj.pk]), icon="qrcode")
        if not Site.objects.visible_to(self.request.user, Action.SITE_EDIT).filter(pk=obj.pk).exists():
            return (codes,)
        return (
            codes,
            ActionButton("Edit", reverse("portal:site-edit", args=[obj.pk]), icon="pencil"),
            ActionButton("Add area", reverse("portal:area-new", args=[obj.pk]), icon="plus", in_dialog=True),
            ActionButton(
                "Local lists",
                reverse("portal:site-local-lists", args=[obj.pk]),
                icon="list-check",
                in_dialog=True,
                in_menu=True,
            ),
        )


def _crumbs_to(site: Site) -> tuple[Crumb, Crumb]:
    return Crumb(SITES_CRUMB[0], reverse(SITES_CRUMB[1])), Crumb(site.name, page_of(site))


class SiteNew(FormView):
    action = Action.SITE_EDIT
    title = "New site"
    form_class = NewSiteForm
    submit_label = "Create site"

    def get_form_kwargs(self):
        return {"organisations": _organisations(self.request.user)}

    def breadcrumbs(self):
        return (Crumb(SITES_CRUMB[0], reverse(SITES_CRUMB[1])),)

    def get_cancel_url(self):
        return reverse("portal:sites")

    def save(self, form):
        return create_site(actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(result)


class SiteEdit(FormView):
    action = Action.SITE_EDIT
    queryset = Site.objects.all()
    title = "Edit site"
    form_class = SiteForm
    success_message = "The site is saved."

    def get_form_kwargs(self):
        prices = Site.objects.visible_to(self.request.user, Action.TARIFF_EDIT)
        may_price = prices.filter(pk=self.object.pk).exists()
        return {"why_no_money": "" if may_price else "Only people who edit tariffs may change this."}

    def breadcrumbs(self):
        return _crumbs_to(Site.objects.get(pk=self.object.pk))  # the form writes what was typed into its own copy

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        return edit_site(site=Site.objects.get(pk=self.object.pk), actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(result)


class AreaNew(FormView):
    action = Action.SITE_EDIT
    queryset = Site.objects.all()
    title = "Add area"
    form_class = AreaForm

    def breadcrumbs(self):
        return _crumbs_to(self.object)

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        return add_area(site=self.object, name=form.cleaned_data["name"], actor=self.request.user)

    def get_success_url(self, result):
        return page_of(self.object)


class AreaRename(FormView):
    action = Action.SITE_EDIT
    queryset = Area.objects.select_related("site")
    title = "Rename area"
    form_class = AreaForm

    def breadcrumbs(self):
        return _crumbs_to(self.object.site)

    def get_initial(self):
        return {"name": self.object.name}

    def get_cancel_url(self):
        return page_of(self.object.site)

    def save(self, form):
        return rename_area(area=self.object, name=form.cleaned_data["name"], actor=self.request.user)

    def get_success_url(self, result):
        return page_of(self.object.site)


class AreaRemove(FormView):
    action = Action.SITE_EDIT
    queryset = Area.objects.select_related("site")
    title = "Remove area"
    submit_label = "Remove"
    dangerous = True

    def breadcrumbs(self):
        return _crumbs_to(self.object.site)

    def get_intro(self):
        return f"Stations of “{self.object.name}” stay at the site, without an area."

    def get_cancel_url(self):
        return page_of(self.object.site)

    def save(self, form):
        return remove_area(area=self.object, actor=self.request.user)

    def get_success_url(self, result):
        return page_of(self.object.site)
