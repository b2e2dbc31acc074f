"""From pieces to a breakdown: the one path on which every price, ours or of an OCPI CDR, is made."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from .amounts import NOTHING, Amount, cost, with_tax
from .breakdown import Breakdown, KindTotal, Line, Notice
from .describe import free_sentence, step_sentence
from .exact import ONE, ZERO
from .kinds import LineKind
from .limits import apply_limits, tax_lines
from .segmentation import Piece
from .steps import Draft, apply_steps
from .tariff import Tariff


def rate(
    pieces: Sequence[Piece],
    tariff: Tariff,
    *,
    started_at: datetime,
    ended_at: datetime,
    further_lines: Sequence[Line] = (),
    notices: Sequence[Notice] = (),
) -> Breakdown:
    """Price pieces of one session; ``tariff`` gives currency and limits, each piece its own prices.

    further_lines: what is priced outside the pieces (the idle fee), already taxed.
    """
    drafts = [
        Draft(piece, share, share.quantity)
        for piece in pieces
        for share in piece.shares
        if share.quantity or share.component is not None
    ]
    apply_steps(drafts)
    lines = [_line(draft) for draft in drafts if draft.billed]
    lines.extend(further_lines)
    sums = _sum(lines)
    total, applied = apply_limits(sums, tariff, lines)
    taxes = tax_lines(lines, total, tariff)
    if applied:
        lines.append(_limit_line(sums, total, applied, tariff, started_at, ended_at))
    return Breakdown(
        currency=tariff.currency,
        started_at=started_at,
        ended_at=ended_at,
        energy_wh=sum((draft.share.quantity for draft in drafts if draft.share.kind is LineKind.ENERGY), ZERO),
        lines=tuple(lines),
        taxes=taxes,
        totals=_totals(lines),
        net=total.net,
        tax=total.tax,
        gross=total.gross,
        limit_applied=applied,
        warnings=tuple(dict.fromkeys(notices)),
    )


def _line(draft: Draft) -> Line:
    piece, share, billed = draft.piece, draft.share, draft.billed
    tariff, component = piece.prepared.tariff, share.component
    imputed = piece.imputed and share.kind is LineKind.ENERGY
    if component is None:
        return Line(
            share.kind, piece.start_at, piece.end_at, share.quantity, share.quantity, None, None, *NOTHING,
            tariff.id, tariff.version, None, None, imputed, free_sentence(share.kind),
        )  # fmt: skip
    money = with_tax(cost(share.kind, billed, component.price), component.vat_percent, tax_included=tariff.tax_included)
    why = component.why
    if billed != share.quantity:
        why = f"{why} {step_sentence(share.kind, component.step_size)}"
    return Line(
        share.kind, piece.start_at, piece.end_at, share.quantity, billed, component.price, component.vat_percent,
        *money, tariff.id, tariff.version, component.element_index, component.component_index, imputed, why,
    )  # fmt: skip


def _limit_line(
    before: Amount, after: Amount, applied: str, tariff: Tariff, started_at: datetime, ended_at: datetime
) -> Line:
    return Line(
        kind=LineKind.LIMIT,
        from_at=started_at,
        until_at=ended_at,
        measured=ONE,
        billed=ONE,
        unit_price=None,
        vat_percent=None,
        net=after.net - before.net,
        tax=after.tax - before.tax,
        gross=after.gross - before.gross,
        tariff_id=tariff.id,
        tariff_version=tariff.version,
        element_index=None,
        component_index=None,
        imputed=False,
        why=f"The tariff's {applied} price for a session applies.",
    )


def _sum(lines: Sequence[Line]) -> Amount:
    net = tax = Decimal(0)
    for line in lines:
        net += line.net
        tax += line.tax
    return Amount(net, tax, net + tax)


def _totals(lines: Sequence[Line]) -> tuple[KindTotal, ...]:
    found: dict[LineKind, tuple[Decimal, Decimal]] = {}
    for line in lines:
        if line.unit_price is not None or line.kind is LineKind.LIMIT:
            net, tax = found.get(line.kind, (ZERO, ZERO))
            found[line.kind] = (net + line.net, tax + line.tax)
    return tuple([KindTotal(kind, net, tax, net + tax) for kind, (net, tax) in found.items()])
