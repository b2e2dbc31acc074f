"""Taking in what the bank says: files once, entries once. What each entry means is settled afterwards, one by one."""

import hashlib
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.engine.bank_xml import UnreadableBankFile
from apps.invoicing.engine.camt import BankFileContent, Movement, Statement, read_statements
from apps.invoicing.models import BankFile, BankStatement, BankTransaction, Issuer
from apps.invoicing.sealing import fingerprint
from apps.invoicing.services.bank_settling import settle_transaction

log = structlog.get_logger(__name__)


class InvalidBankFile(DomainError):
    code = "invalid_bank_file"


class KnownBankFile(DomainError):
    code = "known_bank_file"
    message = "This very file was read before."


def import_file(*, issuer: Issuer, content: bytes, name: str, actor, at: datetime) -> BankFile:
    """Write down the entries of a camt.053 file that are new, in one transaction. ``settle_waiting`` does the rest.

    Raises ``InvalidBankFile`` (unreadable, another bank account), ``KnownBankFile``.
    """
    try:
        found = read_statements(content)
    except UnreadableBankFile as error:
        raise InvalidBankFile(str(error), field="file") from error
    _check_account(issuer, found)
    with transaction.atomic():
        Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)  # one file after the other
        file = _add_file(issuer, content, name, found, actor, at)
        stated = sum(len(statement.movements) for statement in found.statements)
        new = sum(_add_statement(file, statement) for statement in found.statements)
        file.repeated = stated - new
        file.save(update_fields=["repeated"])
        record_audit(
            actor=actor, action="bank_file.imported", subject=file, organisation=issuer.organisation,
            changes={"entries": [None, new], "repeated": [None, file.repeated]},
        )  # fmt: skip
    return file


def settle_waiting(*, at: datetime, limit: int = 500, file: BankFile | None = None) -> int:
    """Settle entries that wait, in the order of the bank, each in a transaction of its own; return how many.

    An entry that fails stays waiting, is logged, and holds up no other.
    """
    rows = BankTransaction.objects.filter(outcome=BankOutcome.WAITING).order_by("pk")
    if file is not None:
        rows = rows.filter(statement__file=file)
    count = 0
    for pk in list(rows.values_list("pk", flat=True)[:limit]):
        try:
            count += settle_transaction(transaction_id=pk, at=at)
        except Exception:  # the edge of a batch: one bad entry must not stop the others
            log.exception("bank.entry_failed", transaction_id=pk)
    return count


def _check_account(issuer: Issuer, found: BankFileContent) -> None:
    own = "".join(issuer.iban.split()).upper()
    if not own:
        raise InvalidBankFile("The issuer has no IBAN yet, so its statements cannot be told from others'.")
    if any(statement.iban != own for statement in found.statements):
        raise InvalidBankFile("The file holds a statement of another bank account than the issuer's.", field="file")


def _add_file(
    issuer: Issuer, content: bytes, name: str, found: BankFileContent, actor, at: datetime
) -> BankFile:  # fmt: skip
    try:
        with transaction.atomic():
            return BankFile.objects.create(
                issuer=issuer, sha256=hashlib.sha256(content).hexdigest(), name=name[:120], version=found.version,
                message_id=found.message_id, imported_at=at, imported_by=actor,
                not_booked=sum(statement.not_booked for statement in found.statements),
            )  # fmt: skip
    except IntegrityError as error:
        raise KnownBankFile(field="file") from error


def _add_statement(file: BankFile, statement: Statement) -> int:
    """Return how many of its movements are new."""
    row = BankStatement.objects.create(
        file=file, statement_id=statement.statement_id, iban_end=statement.iban[-4:], currency=statement.currency,
        from_date=statement.from_date, until_date=statement.until_date, opening_balance=statement.opening_balance,
        closing_balance=statement.closing_balance, adds_up=statement.adds_up,
    )  # fmt: skip
    rows = [_row(file, row, movement) for movement in statement.movements]
    BankTransaction.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    return row.transactions.count()


def _row(file: BankFile, statement: BankStatement, movement: Movement) -> BankTransaction:
    return BankTransaction(
        issuer=file.issuer, statement=statement, key=movement.key, booked_on=movement.booked_on,
        value_on=movement.value_on, currency=movement.currency, amount=movement.amount, is_credit=movement.is_credit,
        is_reversal=movement.is_reversal, bank_code=movement.bank_code, bank_reference=movement.bank_reference,
        batch_ids=list(movement.batch_ids), end_to_end_id=movement.end_to_end_id,
        mandate_reference=movement.mandate_reference, return_reason=movement.return_reason, charges=movement.charges,
        name=movement.name, iban_end=movement.iban[-4:], iban_fingerprint=fingerprint(movement.iban),
        text=movement.text, creditor_reference=movement.creditor_reference,
    )  # fmt: skip
