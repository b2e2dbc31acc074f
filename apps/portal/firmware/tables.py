"""Lists of firmware and campaigns."""

import django_tables2 as tables

from apps.chargers.transfer_choices import CampaignState
from apps.portal.kit.columns import KitColumn, LinkColumn, SinceColumn, StatusColumn


class FirmwareTable(tables.Table):
    version = LinkColumn(verbose_name="Version")
    vendor = KitColumn(verbose_name="Vendor")
    model = KitColumn(verbose_name="Model")
    file_name = KitColumn(verbose_name="File", hide_on_phone=True)
    signature_verified_at = KitColumn(verbose_name="Signed", empty_values=(), orderable=False)
    created_at = SinceColumn(verbose_name="Added")

    class Meta:
        order_by = "-created_at"

    def render_model(self, value):
        return value or "every model"

    def value_signature_verified_at(self, record):
        return "yes" if record.is_signed else "no"

    def render_signature_verified_at(self, record):
        return self.value_signature_verified_at(record)


class CampaignTable(tables.Table):
    name = LinkColumn(verbose_name="Campaign")
    firmware = KitColumn(verbose_name="Firmware", orderable=False)
    state = StatusColumn(CampaignState)
    open_wave = KitColumn(verbose_name="Wave")
    created_at = SinceColumn(verbose_name="Begun")

    class Meta:
        order_by = "-created_at"

    def render_open_wave(self, record):
        return f"{record.open_wave} of {record.wave_count}"
