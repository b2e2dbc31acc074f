"""Columns of the site lists."""

import django_tables2 as tables

from apps.portal.kit.columns import KitColumn, LinkColumn, kw_column
from apps.sites.models import Site


class SiteTable(tables.Table):
    name = LinkColumn(verbose_name="Site")
    kind = KitColumn(accessor="get_kind_display", order_by="kind")
    city = KitColumn()
    organisation = KitColumn(hide_on_phone=True)
    stations_count = KitColumn(verbose_name="Stations", attrs={"th": {"class": "cn-num"}, "td": {"class": "cn-num"}})
    limit_w = kw_column(verbose_name="Power limit", digits=0)
    time_zone = KitColumn(hide_on_phone=True)

    class Meta:
        model = Site
        fields = ()
        sequence = ("name", "kind", "city", "stations_count", "limit_w", "time_zone", "organisation")
        order_by = "name"
