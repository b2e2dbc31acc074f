"""What the bank answers to a collection file (ISO 20022 pain.002): what it refused, and why."""

from dataclasses import dataclass

from apps.invoicing.engine.bank_xml import Node, UnreadableBankFile, read_document

REFUSED = "RJCT"


@dataclass(frozen=True, slots=True)
class Refusal:
    """``end_to_end_id`` empty: all of the batch; ``batch_id`` empty too: the whole file."""

    batch_id: str
    end_to_end_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatusReport:
    message_id: str
    refusals: tuple[Refusal, ...]


def read_status_report(content: bytes) -> StatusReport:
    """Raises ``UnreadableBankFile``. Debits without a refusal are not named: they are on their way."""
    root, _ = read_document(content, message="pain.002")
    body = root.one("CstmrPmtStsRpt")
    group = body.one("OrgnlGrpInfAndSts") if body else None
    if body is None or group is None:
        raise UnreadableBankFile("The report does not say which file it answers.")
    refusals: list[Refusal] = []
    if group.text("GrpSts") == REFUSED:
        refusals.append(Refusal("", "", _reason(group)))
    for batch in body.all("OrgnlPmtInfAndSts"):
        batch_id = batch.text("OrgnlPmtInfId")
        if batch.text("PmtInfSts") == REFUSED and not batch.all("TxInfAndSts"):
            refusals.append(Refusal(batch_id, "", _reason(batch)))
        refusals += [
            Refusal(batch_id, one.text("OrgnlEndToEndId"), _reason(one))
            for one in batch.all("TxInfAndSts")
            if one.text("TxSts") == REFUSED
        ]
    return StatusReport(group.text("OrgnlMsgId"), tuple(refusals))


def _reason(node: Node) -> str:
    return node.text("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")[:40]
