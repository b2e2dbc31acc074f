"""The list of tariffs and the page of one."""

from datetime import timedelta
from itertools import zip_longest

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.chargers.models import Evse
from apps.core.choices import ColouredChoices
from apps.drivers.models import DriverGroup
from apps.portal.kit.views import ActionButton, Attribute, Crumb, DetailView, Empty, ListView, Panel
from apps.portal.tariffs.preview import preview_context
from apps.portal.tariffs.scope import editable_tariffs, editor_organisations, time_zone_of
from apps.portal.tariffs.tables import TariffTable
from apps.portal.tariffs.words import differences, short_prices
from apps.sites.models import Site
from apps.tariffs.engine.market import NO_MARKET
from apps.tariffs.engine.tariff_json import from_json
from apps.tariffs.models import Tariff
from apps.tariffs.selectors import engine_markets


class Standing(ColouredChoices):
    """Where a version or an assignment stands in time."""

    NOW = "now", "green", "circle-check", "In force"
    COMING = "coming", "cyan", "calendar", "To come"
    PAST = "past", "secondary", "history", "Past"


class TariffList(ListView):
    action = Action.TARIFF_VIEW
    title = "Tariffs"
    queryset = Tariff.objects.select_related("organisation").annotate(
        versions_count=Count("versions", distinct=True),
        sites_count=Count("assignments__site", distinct=True),
    )
    table = TariffTable
    search = ("name",)
    empty = Empty(
        "No tariffs yet",
        "Make one, then assign it to a site. Until then charging costs nothing.",
        icon="receipt",
    )

    def buttons(self):
        reason = ""
        if not may(self.request.user, Action.TARIFF_EDIT):
            reason = "Your role does not make tariffs."
        elif not editor_organisations(self.request.user).exists():
            reason = "Tariffs belong to the whole organisation; your role is limited to a site."
        url = reverse("portal:tariff-new")
        return (ActionButton("New tariff", url, icon="plus", style="primary", reason=reason),)


def _versions(tariff: Tariff) -> list:
    """Newest first, with where each stands."""
    now = timezone.now()
    versions = sorted(tariff.versions.all(), key=lambda version: (version.valid_from, version.number), reverse=True)
    in_force = next((version for version in versions if version.valid_from <= now), None)
    return [
        (
            version,
            from_json(version.content),
            Standing.NOW if version is in_force else Standing.COMING if version.valid_from > now else Standing.PAST,
        )
        for version in versions
    ]


def load_price(request, tariff: Tariff) -> dict:
    """The version in force (else the first to come): words, week, samples, warnings."""
    versions = _versions(tariff)
    shown = next((row for row in versions if row[2] == Standing.NOW), versions[-1] if versions else None)
    if shown is None:
        return {"version": None}
    version, content, standing = shown
    time_zone, now = time_zone_of(tariff), timezone.now()
    markets = engine_markets([version.pk], start_at=now - timedelta(days=8), end_at=now + timedelta(days=8))
    preview = preview_context(content, at=now, time_zone=time_zone, market=markets.get(version.pk, NO_MARKET))
    return {"version": version, "standing": standing, "preview": preview, "zone": time_zone}


def load_versions(request, tariff: Tariff) -> dict:
    """Newest first, each with what it changes of the one that was in force before it."""
    versions = _versions(tariff)
    rows = []
    for (version, content, standing), before in zip_longest(versions, versions[1:]):
        gone, new = differences(before[1] if before else None, content)
        rows.append((version, short_prices(content), standing, gone if before else [], new if before else []))
    return {"versions": rows, "zone": time_zone_of(tariff)}


def load_assignments(request, tariff: Tariff) -> dict:
    now = timezone.now()
    sites = Site.objects.visible_to(request.user, Action.TARIFF_VIEW)
    rows = list(
        tariff.assignments.filter(site__in=sites).select_related("site", "area").order_by("site__name", "-valid_from")
    )
    groups = DriverGroup.objects.in_bulk({row.driver_group_id for row in rows if row.driver_group_id})
    evses = Evse.objects.select_related("station").in_bulk({row.evse_id for row in rows if row.evse_id})
    may_edit = editable_tariffs(request.user).filter(pk=tariff.pk).exists()

    def standing(row):
        if row.valid_until is not None and row.valid_until <= now:
            return Standing.PAST
        return Standing.NOW if row.valid_from <= now else Standing.COMING

    return {
        "tariff": tariff,
        "assignments": [(row, evses.get(row.evse_id), groups.get(row.driver_group_id), standing(row)) for row in rows],
        "may_edit": may_edit,
    }


class TariffPage(DetailView):
    action = Action.TARIFF_VIEW
    queryset = Tariff.objects.select_related("organisation")

    panels = (
        Panel("price", "Price", template="portal/tariffs/price.html", load=load_price, flush=True, icon="receipt"),
        Panel(
            "assignments",
            "Applies at",
            template="portal/tariffs/assignments.html",
            load=load_assignments,
            flush=True,
            icon="map-pin",
        ),
        Panel(
            "versions",
            "Versions",
            template="portal/tariffs/versions.html",
            load=load_versions,
            flush=True,
            icon="versions",
        ),
        Panel(
            "facts",
            "Tariff",
            side=True,
            attributes=(
                Attribute("Currency", "currency"),
                Attribute("Organisation", "organisation"),
                Attribute("Used by sessions", lambda tariff: _sessions_words(tariff)),
            ),
        ),
    )

    def breadcrumbs(self, obj):
        return (Crumb("Tariffs", reverse("portal:tariffs")),)

    def buttons(self, obj):
        is_editor = editable_tariffs(self.request.user).filter(pk=obj.pk).exists()
        reason = "" if is_editor else "Your role does not change this tariff."
        return (
            ActionButton(
                "Assign to a site",
                reverse("portal:tariff-assign", args=[obj.pk]),
                icon="map-pin",
                style="primary",
                reason=reason,
                in_dialog=True,
            ),
            ActionButton(
                "New version", reverse("portal:tariff-new-version", args=[obj.pk]), icon="plus", reason=reason
            ),
        )


def _sessions_words(tariff: Tariff) -> str:
    """Whether anybody charged under it yet; counting them all would cost time."""
    used = tariff.versions.filter(Q(sessions__isnull=False)).exists()
    return "yes: its versions stay as they are" if used else "none yet"
