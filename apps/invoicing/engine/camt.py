"""Bank statements (ISO 20022 camt.053, versions 02 and later) as plain facts."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apps.invoicing.engine.bank_xml import Node, UnreadableBankFile, amount_of, date_of, read_document

_NO_REFERENCE = frozenset(("", "NONREF", "NOTPROVIDED", "NOREF", "NOTAVAILABLE"))


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of money. ``charges`` of the bank are part of ``amount``; ``key`` is the same in every delivery."""

    key: str
    booked_on: date
    value_on: date | None
    amount: Decimal
    currency: str
    is_credit: bool
    is_reversal: bool = False
    bank_code: str = ""
    bank_reference: str = ""
    batch_ids: tuple[str, ...] = ()
    end_to_end_id: str = ""
    mandate_reference: str = ""
    return_reason: str = ""
    charges: Decimal = Decimal("0.00")
    name: str = ""
    iban: str = ""
    text: str = ""
    creditor_reference: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """``not_booked`` entries were announced only and are left out."""

    statement_id: str
    iban: str
    currency: str
    from_date: date | None
    until_date: date | None
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    movements: tuple[Movement, ...]
    not_booked: int

    @property
    def adds_up(self) -> bool | None:
        """Whether the balances and the movements agree; ``None`` where the bank states no balances."""
        if self.opening_balance is None or self.closing_balance is None:
            return None
        moved = sum((one.amount if one.is_credit else -one.amount for one in self.movements), Decimal(0))
        return self.opening_balance + moved == self.closing_balance


@dataclass(frozen=True, slots=True)
class BankFileContent:
    version: str
    message_id: str
    statements: tuple[Statement, ...]


def read_statements(content: bytes) -> BankFileContent:
    """Everything booked in a camt.053 file. Raises ``UnreadableBankFile``."""
    root, version = read_document(content, message="camt.053")
    body = root.one("BkToCstmrStmt")
    if body is None or not body.all("Stmt"):
        raise UnreadableBankFile("The file holds no statement.")
    seen: Counter[str] = Counter()
    statements = tuple(_statement(node, seen) for node in body.all("Stmt"))
    return BankFileContent(version, body.text("GrpHdr/MsgId")[:70], statements)


def _statement(node: Node, seen: Counter[str]) -> Statement:
    iban = "".join(node.text("Acct/Id/IBAN").split()).upper()
    if not iban:
        raise UnreadableBankFile("A statement names no IBAN.")
    movements: list[Movement] = []
    not_booked = 0
    for entry in node.all("Ntry"):
        if entry.text("Sts/Cd", "Sts") != "BOOK":
            not_booked += 1
            continue
        movements += _movements(entry, iban, seen)
    opening, closing, currency = _balances(node)
    currency = node.text("Acct/Ccy") or currency or (movements[0].currency if movements else "")
    return Statement(
        statement_id=node.text("Id")[:70],
        iban=iban,
        currency=currency[:3],
        from_date=date_of(node.one("FrToDt/FrDtTm")),
        until_date=date_of(node.one("FrToDt/ToDtTm")),
        opening_balance=opening,
        closing_balance=closing,
        movements=tuple(movements),
        not_booked=not_booked,
    )


def _balances(node: Node) -> tuple[Decimal | None, Decimal | None, str]:
    found: dict[str, Decimal] = {}
    currency = ""
    for balance in node.all("Bal"):
        amount, currency = amount_of(balance.one("Amt"))
        sign = -1 if balance.text("CdtDbtInd") == "DBIT" else 1
        found.setdefault(balance.text("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry"), sign * amount)
    return found.get("OPBD", found.get("PRCD")), found.get("CLBD"), currency


def _movements(entry: Node, iban: str, seen: Counter[str]) -> list[Movement]:
    """The entry as one movement, or its details, where they state all of its amount."""
    amount, currency = amount_of(entry.one("Amt"))
    if not amount:
        return []
    booked_on = date_of(entry.one("BookgDt"))
    if booked_on is None:
        raise UnreadableBankFile("An entry has no booking date.")
    head = Movement(
        key="",
        booked_on=booked_on,
        value_on=date_of(entry.one("ValDt")),
        amount=amount,
        currency=currency,
        is_credit=_is_credit(entry),
        is_reversal=entry.text("RvslInd") in ("true", "1"),
        bank_code=_bank_code(entry),
        bank_reference=entry.text("AcctSvcrRef")[:70],
        batch_ids=_batch_ids(entry),
        text=entry.text("AddtlNtryInf")[:500],
    )
    details = entry.all("NtryDtls/TxDtls")
    parts = [_detail(head, detail) for detail in details]
    if len(parts) == 1:
        parts = [replace(parts[0], amount=amount, currency=currency, is_credit=head.is_credit)]
    elif not parts or not _make_up(head, parts):
        gathered = " | ".join(dict.fromkeys(part.text for part in parts if part.text)) or head.text
        parts = [replace(head, text=gathered[:2000])]
    return [replace(part, key=_key(part, iban, position, seen)) for position, part in enumerate(parts)]


def _make_up(head: Movement, parts: list[Movement]) -> bool:
    total = sum((part.amount if part.is_credit else -part.amount for part in parts), Decimal(0))
    is_whole = total == (head.amount if head.is_credit else -head.amount)
    return is_whole and all(part.amount and part.currency == head.currency for part in parts)


def _detail(head: Movement, node: Node) -> Movement:
    stated = node.one("Amt", "AmtDtls/TxAmt/Amt")
    amount, currency = amount_of(stated) if stated is not None else (Decimal(0), head.currency)
    is_credit = _is_credit(node) if node.one("CdtDbtInd") is not None else head.is_credit
    side, agreed = ("Dbtr", "DbtrAcct") if is_credit else ("Cdtr", "CdtrAcct")
    if node.one("RtrInf") is not None:  # the parties are those of the payment that comes back
        side, agreed = "Dbtr", "DbtrAcct"
    parties = node.one("RltdPties") or node
    return replace(
        head,
        amount=amount,
        currency=currency,
        is_credit=is_credit,
        bank_code=_bank_code(node) or head.bank_code,
        bank_reference=_stated(node.text("Refs/AcctSvcrRef", "Refs/TxId")) or head.bank_reference,
        batch_ids=tuple(
            dict.fromkeys([*head.batch_ids, *filter(None, (node.text("Refs/MsgId"), node.text("Refs/PmtInfId")))])
        ),
        end_to_end_id=_stated(node.text("Refs/EndToEndId"))[:70],
        mandate_reference=_stated(node.text("Refs/MndtId"))[:70],
        return_reason=node.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")[:40],
        charges=_charges(node, head.currency),
        name=parties.text(f"{side}/Nm", f"{side}/Pty/Nm", f"Ultmt{side}/Nm", f"Ultmt{side}/Pty/Nm")[:140],
        iban="".join(parties.text(f"{agreed}/Id/IBAN").split()).upper()[:34],
        text="\n".join(part.own_text for part in node.all("RmtInf/Ustrd") if part.own_text)[:2000]
        or node.text("AddtlTxInf")[:500]
        or head.text,
        creditor_reference=node.text("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef")[:35],
    )


def _charges(node: Node, currency: str) -> Decimal:
    """What the bank took for itself, in the currency of the entry."""
    total = Decimal("0.00")
    for charge in [*node.all("Chrgs/Rcrd"), *node.all("Chrgs")]:
        if charge.one("Amt") is not None:
            amount, its_currency = amount_of(charge.one("Amt"))
            if its_currency == currency and charge.text("CdtDbtInd") != "CRDT":
                total += amount
    return total


def _is_credit(node: Node) -> bool:
    indicator = node.text("CdtDbtInd")
    if indicator not in ("CRDT", "DBIT"):
        raise UnreadableBankFile("An entry says neither credit nor debit.")
    return indicator == "CRDT"


def _bank_code(node: Node) -> str:
    code = node.one("BkTxCd")
    if code is None:
        return ""
    parts = (code.text("Domn/Cd"), code.text("Domn/Fmly/Cd"), code.text("Domn/Fmly/SubFmlyCd"))
    return ("-".join(parts) if all(parts) else code.text("Prtry/Cd"))[:40]


def _batch_ids(entry: Node) -> tuple[str, ...]:
    found = [batch.text(name) for batch in entry.all("NtryDtls/Btch") for name in ("MsgId", "PmtInfId")]
    return tuple(dict.fromkeys(filter(None, found)))


def _stated(reference: str) -> str:
    return "" if reference.upper() in _NO_REFERENCE else reference


def _key(movement: Movement, iban: str, position: int, seen: Counter[str]) -> str:
    """A hash of all that the bank says of it.

    What has the bank's reference is the same movement wherever it stands again. Without one, movements that agree in
    everything are told apart by counting them within the file.
    """
    reference = _stated(movement.bank_reference)
    facts = (
        iban, movement.booked_on, movement.amount, movement.currency, movement.is_credit, reference, position,
        movement.end_to_end_id, movement.name, movement.iban, movement.text, movement.creditor_reference,
    )  # fmt: skip
    plain = "\x1f".join(str(fact) for fact in facts)
    seen[plain] += 1
    count = "" if reference else seen[plain]
    return hashlib.sha256(f"{plain}\x1f{count}".encode()).hexdigest()
