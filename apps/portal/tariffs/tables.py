"""Columns of the tariff list."""

import django_tables2 as tables
from django.utils import timezone
from django.utils.functional import cached_property

from apps.portal.kit.columns import KitColumn, LinkColumn
from apps.portal.tariffs.words import short_prices
from apps.tariffs.engine.tariff_json import from_json
from apps.tariffs.models import Tariff
from apps.tariffs.selectors import current_versions


class TariffTable(tables.Table):
    name = LinkColumn(verbose_name="Tariff")
    price = KitColumn(empty_values=(), verbose_name="Price now", orderable=False)
    currency = KitColumn()
    sites_count = KitColumn(verbose_name="Applies at", attrs={"th": {"class": "cn-num"}, "td": {"class": "cn-num"}})
    versions_count = KitColumn(
        verbose_name="Versions", attrs={"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}, hide_on_phone=True
    )
    organisation = KitColumn(order_by="organisation__name", hide_on_phone=True)

    class Meta:
        model = Tariff
        fields = ()
        sequence = ("name", "price", "currency", "sites_count", "versions_count", "organisation")
        order_by = "name"

    @cached_property
    def _prices(self) -> dict[int, str]:
        """The prices in force of every tariff shown, read together; the newest version comes first."""
        keys = [row.record.pk for row in self.paginated_rows] if self.page else self.data.data.values("pk")
        prices: dict[int, str] = {}
        for version in current_versions(at=timezone.now()).filter(tariff__in=keys):
            prices.setdefault(version.tariff_id, short_prices(from_json(version.content)))
        return prices

    def render_price(self, record):
        return self._prices.get(record.pk, "not in force yet")

    def value_price(self, record):
        return self._prices.get(record.pk, "")

    def render_sites_count(self, value):
        return f"{value} site{'' if value == 1 else 's'}"

    def value_sites_count(self, value):
        return value
