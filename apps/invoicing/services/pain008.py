"""A collection as the file that banks read (ISO 20022 pain.008), checked against its schema before anybody gets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree
from sepaxml import SepaDD
from sepaxml.validation import ValidationError, try_valid_xml

from apps.core.errors import DomainError
from apps.invoicing.models import DirectDebit, Issuer
from apps.invoicing.sealing import unseal


class InvalidCollection(DomainError):
    code = "invalid_collection"


@dataclass(frozen=True, slots=True)
class Item:
    """One debit in the file."""

    debit: DirectDebit
    name: str
    iban: str
    mandate_reference: str
    signed_on: date
    text: str

    @classmethod
    def of(cls, debit: DirectDebit) -> "Item":
        mandate, invoice = debit.mandate, debit.invoice
        text = f"{invoice.number} {invoice.payment_reference}".strip()
        return cls(debit, mandate.holder, unseal(mandate.iban_sealed), mandate.reference, mandate.signed_on, text)


def write_collection(
    *, issuer: Issuer, schema: str, message_id: str, at: datetime, items: Sequence[Item]
) -> bytes:  # fmt: skip
    """The file. Raises ``InvalidCollection`` where it does not fit the schema, as with a wrong creditor identifier."""
    config = {
        "name": issuer.name, "IBAN": issuer.iban.replace(" ", ""), "batch": True, "creditor_id": issuer.creditor_id,
        "currency": "EUR",
    }  # fmt: skip
    if issuer.bic:
        config["BIC"] = issuer.bic
    document = SepaDD(config, schema=schema, clean=True)
    batches: dict[tuple[str, str], str] = {}
    for item in items:
        debit = item.debit
        batches[debit.sequence_type, str(debit.due_on)] = debit.batch_id
        document.add_payment(
            {
                "name": item.name, "IBAN": item.iban, "amount": int(debit.payment.amount * 100),
                "type": debit.sequence_type, "collection_date": debit.due_on, "mandate_id": item.mandate_reference,
                "mandate_date": item.signed_on, "description": item.text, "endtoend_id": debit.payment.key,
            }
        )  # fmt: skip
    content = _with_our_ids(document.export(validate=False), message_id, at, batches)
    try:
        try_valid_xml(content, schema)
    except ValidationError as error:
        raise InvalidCollection(
            "The file does not fit the bank's schema: check the issuer's IBAN, BIC and creditor identifier."
        ) from error
    return content


def _with_our_ids(content: bytes, message_id: str, at: datetime, batches: dict[tuple[str, str], str]) -> bytes:
    """The library makes up identifiers; the bank's answers name them, so they are those that we know."""
    root = etree.fromstring(content)
    header = root.find(".//{*}GrpHdr")
    header.find("{*}MsgId").text = message_id
    header.find("{*}CreDtTm").text = f"{at:%Y-%m-%dT%H:%M:%S}"
    for batch in root.iterfind(".//{*}PmtInf"):
        key = batch.findtext("{*}PmtTpInf/{*}SeqTp"), batch.findtext("{*}ReqdColltnDt")
        batch.find("{*}PmtInfId").text = batches[key]
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
