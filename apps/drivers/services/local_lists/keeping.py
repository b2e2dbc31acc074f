"""Which lists are kept: the switch of the station, else of its site, else what the station says of itself."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.chargers.models import ChargingStation, DeviceVariable
from apps.core import live
from apps.core.audit import record_audit
from apps.drivers.choices import ListState
from apps.drivers.engine.list_limits import ENABLED_NAMES
from apps.drivers.models import LocalList, SiteLocalLists
from apps.sites.models import Site

_SAYS_ENABLED = Q()
for _component, _variable in ENABLED_NAMES:
    _SAYS_ENABLED |= Q(component=_component, variable=_variable)


def kept_stations():
    """Stations whose list is kept: in use, accepted, provisioned by us, and switched on."""
    return with_switch().filter(is_kept=True, provisioning_enabled=True, registration="Accepted", retired_at=None)


def with_switch():
    """Stations with ``is_kept``: whether their list is to be kept."""
    says_so = Exists(
        DeviceVariable.objects.filter(_SAYS_ENABLED, station=OuterRef("pk"), attribute="Actual", value__iexact="true")
    )
    by_site = Q(local_list__keep=None) & (Q(site__local_lists__keep=True) | Q(site__local_lists=None) & Q(says_so))
    return ChargingStation.objects.annotate(is_kept=Q(local_list__keep=True) | by_site)


def is_kept(station_id: int) -> bool:
    """Whether the list of this station is kept by ourselves."""
    return kept_stations().filter(pk=station_id).exists()


def set_keep(*, station: ChargingStation, keep: bool | None, actor, at: datetime) -> LocalList:
    """Keep the station's list, leave it alone, or (``None``) do as its site says. The list itself stays as it is."""
    with transaction.atomic():
        row = list_of(station)
        if row.keep != keep:
            before, row.keep = row.keep, keep
            row.due_at = at
            row.save(update_fields=["keep", "due_at"])
            if not is_kept(station.pk):
                LocalList.objects.filter(pk=row.pk).update(due_at=None, state=ListState.BY_HAND)
            record_audit(
                actor=actor,
                action="local_list.switched",
                subject=station,
                organisation=station.site.organisation,
                changes={"keep": [before, keep]},
            )
            nudge(station)
    row.refresh_from_db()
    return row


def set_site_keep(*, site: Site, keep: bool | None, actor, at: datetime) -> None:
    """As ``set_keep`` for the stations of a site that have no switch of their own; ``None`` forgets the site's."""
    with transaction.atomic():
        before = SiteLocalLists.objects.filter(site=site).values_list("keep", flat=True).first()
        if before == keep:
            return
        if keep is None:
            SiteLocalLists.objects.filter(site=site).delete()
        else:
            SiteLocalLists.objects.update_or_create(site=site, defaults={"keep": keep})
        record_audit(
            actor=actor,
            action="local_list.site_switched",
            subject=site,
            organisation=site.organisation,
            changes={"keep": [before, keep]},
        )
        adopt_lists(at=at, site_id=site.pk)
        own = LocalList.objects.filter(station__site=site, keep=None)
        kept = kept_stations().filter(site=site).values("pk")
        own.filter(station__in=kept).update(due_at=at)
        own.exclude(station__in=kept).update(due_at=None, state=ListState.BY_HAND)


def adopt_lists(*, at: datetime, site_id: int | None = None) -> int:
    """Begin with the lists that are to be kept and are not yet; return how many."""
    stations = kept_stations().filter(local_list=None)
    if site_id is not None:
        stations = stations.filter(site_id=site_id)
    rows = [
        LocalList(station_id=pk, state=ListState.OUT_OF_STEP, due_at=at) for pk in stations.values_list("pk", flat=True)
    ]
    LocalList.objects.bulk_create(rows, ignore_conflicts=True)
    left_alone = LocalList.objects.filter(
        due_at=None, state=ListState.BY_HAND, station__in=kept_stations().values("pk")
    )
    return len(rows) + left_alone.update(due_at=at)


def list_of(station: ChargingStation) -> LocalList:
    """The station's row, locked until the transaction ends; made where there is none."""
    LocalList.objects.get_or_create(station=station)
    return LocalList.objects.select_for_update(of=("self",)).get(station=station)


def nudge(station: ChargingStation) -> None:
    """After commit, refresh the open pages of the station."""
    live.nudge_on_commit(organisation_id=station.site.organisation_id, topics=[f"station:{station.pk}"])
