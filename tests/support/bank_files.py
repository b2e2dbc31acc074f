"""Bank files for tests: camt.053 statements in any version, and answers to collections (pain.002)."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

IBAN = "DE89370400440532013000"


@dataclass(frozen=True)
class Detail:
    """One transaction within an entry; ``reason`` makes it a return."""

    amount: str = ""
    currency: str = "EUR"
    text: str = ""
    end_to_end_id: str = ""
    name: str = "Erika Mustermann"
    iban: str = "DE02120300000000202051"
    reference: str = ""
    creditor_reference: str = ""
    reason: str = ""
    is_credit: bool = True
    charges: str = ""


@dataclass(frozen=True)
class Entry:
    amount: str
    details: Sequence[Detail] = ()
    currency: str = "EUR"
    is_credit: bool = True
    reference: str = ""
    booked_on: str = "2026-04-10"
    status: str = "BOOK"
    code: str = "PMNT-RCDT-ESCT"
    is_reversal: bool = False
    batch: str = ""


def camt(
    *entries: Entry, version: str = "08", iban: str = IBAN, statement_id: str = "S1", opening: str = "",
    closing: str = "",
) -> bytes:  # fmt: skip
    """A file with one statement."""
    body = _statement(entries, version, iban, statement_id, opening, closing)
    return document(
        f"<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>{body}</BkToCstmrStmt>", f"camt.053.001.{version}"
    )


def document(body: str, version: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">{body}</Document>'.encode()


def pain002(message_id: str, *refused: tuple[str, str], group: str = "", batch: tuple[str, str] | None = None) -> bytes:
    """``refused``: end-to-end identifier and reason; ``group``: the reason for which all of it is refused."""
    reason = "<StsRsnInf><Rsn><Cd>{}</Cd></Rsn></StsRsnInf>"
    status = f"<GrpSts>RJCT</GrpSts>{reason.format(group)}" if group else "<GrpSts>PART</GrpSts>"
    ones = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId><TxSts>RJCT</TxSts>{reason.format(why)}</TxInfAndSts>"
        for key, why in refused
    )
    info = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId>{ones}</OrgnlPmtInfAndSts>" if ones else ""
    if batch:
        info = (
            f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch[0]}</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>"
            f"{reason.format(batch[1])}</OrgnlPmtInfAndSts>"
        )
    group_info = f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>{status}</OrgnlGrpInfAndSts>"
    return document(f"<CstmrPmtStsRpt>{group_info}{info}</CstmrPmtStsRpt>", "pain.002.001.03")


def _statement(entries, version, iban, statement_id, opening, closing) -> str:
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-04-10</Dt></Dt></Bal>"
        for code, amount in (("OPBD", opening), ("CLBD", closing))
        if amount
    )
    rows = "".join(_entry(entry, version) for entry in entries)
    return (
        f"<Stmt><Id>{statement_id}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}{rows}</Stmt>"
    )


def _entry(entry: Entry, version: str) -> str:
    status = f"<Cd>{entry.status}</Cd>" if version == "08" else entry.status
    domain, family, sub = entry.code.split("-")
    batch = f"<Btch><PmtInfId>{entry.batch}</PmtInfId></Btch>" if entry.batch else ""
    details = "".join(_detail(detail, entry, version) for detail in entry.details)
    return (
        f'<Ntry><Amt Ccy="{entry.currency}">{entry.amount}</Amt><CdtDbtInd>{_side(entry.is_credit)}</CdtDbtInd>'
        f"{'<RvslInd>true</RvslInd>' if entry.is_reversal else ''}<Sts>{status}</Sts>"
        f"<BookgDt><Dt>{entry.booked_on}</Dt></BookgDt><ValDt><Dt>{entry.booked_on}</Dt></ValDt>"
        f"{_tag('AcctSvcrRef', entry.reference)}<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd>"
        f"<SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls>{batch}{details}</NtryDtls></Ntry>"
    )


def _detail(detail: Detail, entry: Entry, version: str) -> str:
    amount = detail.amount or (entry.amount if len(entry.details) == 1 else "")
    stated = f'<Amt Ccy="{detail.currency}">{amount}</Amt>' if amount else ""
    if amount and version == "02":
        stated = f"<AmtDtls><TxAmt>{stated}</TxAmt></AmtDtls>"
    elif stated:
        stated += f"<CdtDbtInd>{_side(detail.is_credit and entry.is_credit)}</CdtDbtInd>"
    party = "Cdtr" if not entry.is_credit and not detail.reason else "Dbtr"
    name = _tag("Nm", detail.name)
    if version == "08":
        name = f"<Pty>{name}</Pty>"
    account = f"<{party}Acct><Id><IBAN>{detail.iban}</IBAN></Id></{party}Acct>" if detail.iban else ""
    structured = f"<Strd><CdtrRefInf><Ref>{detail.creditor_reference}</Ref></CdtrRefInf></Strd>"
    charges = f'<Chrgs><Rcrd><Amt Ccy="EUR">{detail.charges}</Amt></Rcrd></Chrgs>' if detail.charges else ""
    return (
        f"<TxDtls><Refs>{_tag('AcctSvcrRef', detail.reference)}{_tag('EndToEndId', detail.end_to_end_id)}</Refs>"
        f"{stated}{charges}<RltdPties><{party}>{name}</{party}>{account}</RltdPties>"
        f"<RmtInf>{_tag('Ustrd', detail.text)}{structured if detail.creditor_reference else ''}</RmtInf>"
        f"{f'<RtrInf><Rsn><Cd>{detail.reason}</Cd></Rsn></RtrInf>' if detail.reason else ''}</TxDtls>"
    )


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _side(is_credit: bool) -> str:
    return "CRDT" if is_credit else "DBIT"
