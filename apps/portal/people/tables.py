"""Columns of the user list: one line per role."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from apps.portal.kit.columns import KitColumn, MomentColumn
from apps.sites.models import Membership


class MembershipTable(tables.Table):
    user = KitColumn(verbose_name="Name", order_by="user__name")
    email = KitColumn(accessor="user.email", verbose_name="E-mail address")
    role = KitColumn(accessor="get_role_display", order_by="role")
    where = KitColumn(accessor="site", verbose_name="Where", order_by="site__name", empty_values=())
    last_login = MomentColumn(accessor="user.last_login", verbose_name="Last sign-in", hide_on_phone=True)
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = Membership
        fields = ()
        sequence = ("user", "email", "role", "where", "last_login", "pk")
        order_by = "user"

    def render_where(self, record):
        return record.site or f"All of {record.organisation}"

    def value_where(self, record):
        return str(record.site or record.organisation)

    def render_pk(self, record):
        url = reverse("portal:membership-revoke", args=[record.pk])
        return format_html('<a href="{}" class="btn btn-sm btn-ghost-danger">Remove role</a>', url)
