"""Reading XML of banks (ISO 20022) without trusting it: no document types, no entities, no network, bounded."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

MOST_BYTES = 20 * 1024 * 1024
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_MOST_AMOUNT = Decimal(10) ** 12


class UnreadableBankFile(ValueError):
    """The file is not what it should be; the text says in one sentence what was found."""


class Node:
    """An element by the local names of ISO 20022; what is absent reads as nothing."""

    __slots__ = ("_element",)

    def __init__(self, element: Any) -> None:
        self._element = element

    @property
    def name(self) -> str:
        return str(etree.QName(self._element).localname)

    def all(self, path: str) -> "list[Node]":
        """The elements at ``A/B/C``."""
        found = [self._element]
        for name in path.split("/"):
            found = [child for element in found for child in element.iterchildren("{*}" + name)]
        return [Node(element) for element in found]

    def one(self, *paths: str) -> "Node | None":
        """The first element at any of ``paths``."""
        return next((node for path in paths for node in self.all(path)), None)

    def text(self, *paths: str) -> str:
        """The text of the first element at ``paths`` that has one, spaces trimmed."""
        for path in paths:
            for node in self.all(path):
                if text := (node._element.text or "").strip():
                    return text
        return ""

    def attribute(self, name: str) -> str:
        return (self._element.get(name) or "").strip()

    @property
    def own_text(self) -> str:
        return (self._element.text or "").strip()


def read_document(content: bytes, *, message: str) -> tuple[Node, str]:
    """The root and the version (``camt.053.001.08``) of a file of the kind ``message`` (``camt.053``)."""
    if len(content) > MOST_BYTES:
        raise UnreadableBankFile(f"The file is larger than {MOST_BYTES // 1024 // 1024} MiB.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableBankFile("The file is no XML, or is damaged.") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableBankFile("The file declares a document type, which bank files never do.")
    namespace = etree.QName(root).namespace or ""
    version = namespace.removeprefix(_NAMESPACE)
    if not namespace.startswith(_NAMESPACE) or not version.startswith(f"{message}.001."):
        raise UnreadableBankFile(f"This is no {message} file but {version[:40] or 'something without a namespace'}.")
    return Node(root), version[:20]


def amount_of(node: Node | None) -> tuple[Decimal, str]:
    """A positive amount with at most two decimals and its currency."""
    if node is None:
        raise UnreadableBankFile("An amount is missing.")
    try:
        amount = Decimal(node.own_text)
    except InvalidOperation as error:
        raise UnreadableBankFile(f"“{node.own_text[:20]}” is no amount.") from error
    currency = node.attribute("Ccy")
    if not amount.is_finite() or not 0 <= amount < _MOST_AMOUNT or amount != amount.quantize(Decimal("0.01")):
        raise UnreadableBankFile(f"The amount {node.own_text[:20]} is negative, too large, or has parts of a cent.")
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha() or not currency.isupper():
        raise UnreadableBankFile(f"“{currency[:10]}” is no currency.")
    return amount.quantize(Decimal("0.01")), currency


def date_of(node: Node | None) -> date | None:
    """``Dt`` or the day of ``DtTm``, as the bank writes it."""
    if node is None:
        return None
    text = node.text("Dt", "DtTm") or node.own_text
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).date() if text else None
    except ValueError as error:
        raise UnreadableBankFile(f"“{text[:20]}” is no date.") from error
