"""Columns of the lists of drivers, groups, cards and access rules."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.drivers.models import AccessRule, Driver, DriverGroup, IdToken
from apps.portal.drivers.words import hours_in_words, rule_sentence
from apps.portal.kit.columns import KitColumn, LinkColumn, MomentColumn, SinceColumn
from apps.portal.kit.html import badge

_NUMBER = {"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}


class DriverTable(tables.Table):
    name = LinkColumn(verbose_name="Driver")
    group = KitColumn(verbose_name="Group", accessor="group.name", order_by="group__name")
    home_site = LinkColumn(
        verbose_name="Home site",
        accessor="home_site.name",
        url_name="portal:site",
        args_from=("home_site_id",),
        order_by="home_site__name",
    )
    unit = KitColumn(verbose_name="Flat or unit", hide_on_phone=True)
    cards_count = KitColumn(verbose_name="Cards", attrs=_NUMBER)
    email = KitColumn(verbose_name="E-mail address", hide_on_phone=True)
    signs_in = KitColumn(accessor="user.email", verbose_name="Signs in as", order_by="user__email", hide_on_phone=True)
    left_at = MomentColumn(verbose_name="Left", zone="home_site.time_zone")

    class Meta:
        model = Driver
        fields = ()
        sequence = ("name", "group", "home_site", "unit", "cards_count", "email", "signs_in", "left_at")
        order_by = "name"


class GroupTable(tables.Table):
    name = KitColumn(verbose_name="Group")
    kind = KitColumn(verbose_name="Kind", accessor="get_kind_display", order_by="kind")
    drivers_count = KitColumn(verbose_name="Drivers", attrs=_NUMBER)
    rules_count = KitColumn(verbose_name="Access rules", attrs=_NUMBER)
    organisation = KitColumn(order_by="organisation__name", hide_on_phone=True)
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = DriverGroup
        fields = ()
        sequence = ("name", "kind", "drivers_count", "rules_count", "organisation", "pk")
        order_by = "name"

    def render_name(self, record):
        return format_html('<a href="{}?group={}">{}</a>', reverse("portal:drivers"), record.pk, record.name)

    def render_pk(self, record):
        return dialog_link(reverse("portal:group-edit", args=[record.pk]), "Edit")


class TokenTable(tables.Table):
    value = LinkColumn(verbose_name="Card", attrs={"td": {"class": "cn-mono"}})
    label = KitColumn()
    driver = LinkColumn(
        verbose_name="Driver",
        accessor="driver.name",
        url_name="portal:driver",
        args_from=("driver_id",),
        order_by="driver__name",
    )
    group = KitColumn(verbose_name="Group", accessor="driver.group", order_by="driver__group__name", hide_on_phone=True)
    status = KitColumn(verbose_name="State")
    expires_at = MomentColumn(verbose_name="Valid until", zone="driver.home_site.time_zone")
    last_used_at = SinceColumn(verbose_name="Last used", orderable=False, zone="driver.home_site.time_zone")
    type = KitColumn(hide_on_phone=True)

    class Meta:
        model = IdToken
        fields = ()
        sequence = ("value", "label", "driver", "group", "status", "expires_at", "last_used_at", "type")
        order_by = "value"

    def render_status(self, record):
        return badge(record.state_at(timezone.now()))

    def value_status(self, record):
        return str(record.state_at(timezone.now()).label)


class AccessRuleTable(tables.Table):
    rule = KitColumn(empty_values=(), verbose_name="Rule", orderable=False)
    site = LinkColumn(
        verbose_name="Site", accessor="site.name", url_name="portal:site", args_from=("site_id",), order_by="site__name"
    )
    who = KitColumn(empty_values=(), verbose_name="Who", order_by=("group__name", "driver__name"), hide_on_phone=True)
    hours = KitColumn(empty_values=(), verbose_name="When", orderable=False, hide_on_phone=True)
    free_of_charge = KitColumn(verbose_name="Price", hide_on_phone=True)
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = AccessRule
        fields = ()
        sequence = ("rule", "site", "who", "hours", "free_of_charge", "pk")
        order_by = "site"

    def render_rule(self, record):
        return format_html(
            '<a href="{}">{}</a>', reverse("portal:access-rule-edit", args=[record.pk]), rule_sentence(record)
        )

    def value_rule(self, record):
        return rule_sentence(record)

    def render_who(self, record):
        return record.group or record.driver or "Everybody"

    def value_who(self, record):
        return str(record.group or record.driver or "Everybody")

    def render_hours(self, record):
        return hours_in_words(record)

    def value_hours(self, record):
        return hours_in_words(record)

    def render_free_of_charge(self, value):
        return self.value_free_of_charge(value)

    def value_free_of_charge(self, value):
        return "Free" if value else "Tariff"

    def render_pk(self, record):
        return dialog_link(reverse("portal:access-rule-remove", args=[record.pk]), "Remove")


def dialog_link(url: str, label: str):
    """A small button that opens ``url`` in the page's dialog."""
    return format_html(
        '<a class="btn btn-sm btn-ghost-secondary" href="{0}" hx-get="{0}" hx-target="#dialog">{1}</a>', url, label
    )
