"""Columns of the list of issuers."""

import django_tables2 as tables

from apps.invoicing.models import Issuer
from apps.portal.kit.columns import KitColumn, LinkColumn

_NUMBER = {"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}


class IssuerTable(tables.Table):
    name = LinkColumn(verbose_name="Issuer")
    city = KitColumn(hide_on_phone=True)
    vat_id = KitColumn(verbose_name="VAT number", hide_on_phone=True)
    sites_count = KitColumn(verbose_name="Sites", attrs=_NUMBER)
    organisation = KitColumn(accessor="organisation.name", order_by="organisation__name", hide_on_phone=True)

    class Meta:
        model = Issuer
        fields = ()
        sequence = ("name", "city", "vat_id", "sites_count", "organisation")
        order_by = "name"
