"""Fees that the next bill carries: of reminders, of returned debits.

A fee is no debt of its own: it is owed, booked and dunned with the bill that carries it. It is damages and bears no VAT
(law); on the bill it is exempt, because EN 16931 lets "not subject to VAT" stand on a bill of its own only.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.invoicing.choices import LineKind, VatCategory
from apps.invoicing.engine.lines import DraftLine
from apps.invoicing.models import AccountCharge, Issuer


class ChargeBilled(DomainError):
    code = "charge_billed"
    message = "A bill carries this fee already: credit the bill."


def pending_charges(*, issuer: Issuer, account_ids: Collection[int]) -> dict[int, list[AccountCharge]]:
    """Fees that no bill carries yet, by account."""
    rows = AccountCharge.objects.pending().filter(issuer=issuer, account__in=account_ids).order_by("charged_on", "pk")
    found: dict[int, list[AccountCharge]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(row)
    return found


def charge_lines(charges: Iterable[AccountCharge]) -> list[DraftLine]:
    return [
        DraftLine(
            kind=LineKind.FEE, description=charge.text, supplied_on=charge.charged_on, net=charge.amount,
            unit_price=charge.amount, vat_category=VatCategory.EXEMPT, vat_percent=Decimal(0),
        )
        for charge in charges
    ]  # fmt: skip


def waive_charge(*, charge: AccountCharge, reason: str, actor, at: datetime) -> None:
    """Let a fee go that no bill carries yet. Raises ``ChargeBilled``."""
    with transaction.atomic():
        if not AccountCharge.objects.pending().filter(pk=charge.pk).update(waived_at=at):
            raise ChargeBilled
        record_audit(
            actor=actor, action="charge.waived", subject=charge, organisation=charge.account.organisation,
            changes={"amount": [charge.amount, None], "reason": [None, reason]},
        )  # fmt: skip
