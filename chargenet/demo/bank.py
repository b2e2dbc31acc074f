"""A mandate here and there, debits that wait, and a statement of the bank with all that one holds."""

from datetime import datetime, timedelta
from decimal import Decimal
from html import escape

from apps.invoicing.models import Invoice, Issuer
from apps.invoicing.services.bank import import_file, settle_waiting
from apps.invoicing.services.debit_notices import mark_notified
from apps.invoicing.services.mandates import sign_mandate
from apps.invoicing.services.sepa import queue_debit

_IBANS = ("DE02120300000000202051", "DE02500105170137075030", "DE02100500000054540402", "DE02300209000106531065")


def create_bank(issuer: Issuer, *, at: datetime) -> None:
    """Some pay by debit, some by transfer, not all of them as they should; of ``issuer``, whose bills are in euros."""
    rows = Invoice.objects.filter(issuer=issuer, state="issued", kind="invoice", currency="EUR", open_amount__gt=1)
    bills = list(rows.select_related("account").order_by("due_on", "pk"))
    for bill, iban in zip(bills[-len(_IBANS) :], _IBANS, strict=False):
        sign_mandate(
            account=bill.account,
            iban=iban,
            holder=bill.account.name,
            at=at - timedelta(days=40),
            actor=None,
            issuer=issuer,
        )
        mark_notified(
            debit=queue_debit(invoice=bill, at=at - timedelta(days=12)), actor=None, at=at - timedelta(days=12)
        )
    content = _statement(issuer, bills[: -len(_IBANS)], at)
    file = import_file(issuer=issuer, content=content, name=f"statement-{at:%Y-%m-%d}.xml", actor=None, at=at)
    settle_waiting(at=at, file=file)


def _statement(issuer: Issuer, bills: list[Invoice], at: datetime) -> bytes:
    """Bills paid in full, by number or by reference, one in part, one too much; the rest is for a person."""
    paid = [(bill.open_amount, bill.account.name, f"Invoice {bill.number}") for bill in bills[:6]]
    paid += [(bill.open_amount, bill.account.name, bill.payment_reference) for bill in bills[6:12]]
    paid += [(bill.open_amount - 1, bill.account.name, bill.number) for bill in bills[12:13]]
    paid += [(bill.open_amount + 5, bill.account.name, bill.number) for bill in bills[13:14]]
    paid += [(bill.open_amount, bill.account.name, "charging, thank you") for bill in bills[14:16]]
    paid.append((Decimal("42.00"), "H. Unknown", "for the car"))
    entries = [_entry(at, number, *one) for number, one in enumerate(paid)]
    entries.append(_entry(at, len(paid), Decimal("8.90"), "", "Account fees", is_credit=False))
    head = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    account = f"<Stmt><Id>{at:%Y%m%d}</Id><Acct><Id><IBAN>{issuer.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    return f"{head}{account}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>".encode()


def _entry(at: datetime, number: int, amount: Decimal, name: str, text: str, *, is_credit: bool = True) -> str:
    side, code = ("CRDT", "PMNT-RCDT-ESCT") if is_credit else ("DBIT", "ACMT-MDOP-CHRG")
    domain, family, sub = code.split("-")
    day = f"<Dt>{at - timedelta(days=number % 4):%Y-%m-%d}</Dt>"
    return (
        f'<Ntry><Amt Ccy="EUR">{amount:.2f}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt>{day}</BookgDt><ValDt>{day}</ValDt><AcctSvcrRef>DEMO{number}</AcctSvcrRef><BkTxCd><Domn>"
        f"<Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(name)}</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )
