"""The sheet of stickers: A4, made of the same template as a page, with QR codes as SVG."""

from dataclasses import dataclass

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from apps.invoicing.models import QrCode
from apps.sites.models import Site

COLUMNS, ROWS = 2, 4


@dataclass(frozen=True, slots=True)
class Sticker:
    code: QrCode
    url: str
    qr: SafeString

    @property
    def short_url(self) -> str:
        """What people type where no camera is at hand."""
        return self.url.split("://", 1)[-1].rstrip("/")


def url_of(code: QrCode, base_url: str) -> str:
    return f"{base_url}/q/{code.code}/"


def qr_svg(text: str) -> SafeString:
    """A QR code of medium error correction without a border of its own, sized by its surroundings."""
    code = segno.make_qr(text, error="m")
    return mark_safe(code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None))


def stickers_of(site: Site, base_url: str) -> list[Sticker]:
    """In the order in which somebody walks past: by station and charging point."""
    rows = QrCode.objects.in_use().filter(evse__station__site=site, evse__station__retired_at=None)
    rows = rows.select_related("evse__station__site").order_by("evse__station__identity", "evse__number")
    return [Sticker(code, url := url_of(code, base_url), qr_svg(url)) for code in rows]


def sheet_pdf(site: Site, base_url: str) -> bytes:
    """The stickers of a site, eight on a sheet."""
    from weasyprint import HTML  # takes a second to load, and is not needed by most processes

    stickers = stickers_of(site, base_url)
    size = COLUMNS * ROWS
    sheets = [stickers[first : first + size] for first in range(0, len(stickers), size)]
    return HTML(string=render_to_string("portal/guests/sheet.html", {"site": site, "sheets": sheets})).write_pdf()
