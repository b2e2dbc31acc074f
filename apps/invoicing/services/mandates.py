"""Mandates for SEPA direct debit: asked for, signed, used, revoked, expired."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from apps.core.audit import REDACTED, record_audit
from apps.core.errors import DomainError
from apps.drivers.choices import PayBy
from apps.drivers.models import BillingAccount
from apps.invoicing.bank_choices import DebitState, MandateState
from apps.invoicing.choices import PaymentMethodKind
from apps.invoicing.models import DirectDebit, Issuer, Mandate, PaymentMethod
from apps.invoicing.models.debits import LIVE_MANDATE
from apps.invoicing.sealing import fingerprint, seal
from apps.invoicing.services.issuers_of import issuer_of

PROVIDER = "sepa"
UNUSED_MONTHS = 36


class InvalidIban(DomainError):
    code = "invalid_iban"
    message = "This is no IBAN that direct debits can be collected from: please check it against your bank card."


class InvalidMandate(DomainError):
    code = "invalid_mandate"


class CannotCollect(DomainError):
    code = "cannot_collect"
    message = "The issuer of the bills has no SEPA creditor identifier, so it cannot collect by direct debit."


def ask_mandate(*, account: BillingAccount, actor, at: datetime, issuer: Issuer | None = None) -> Mandate:
    """A mandate with its reference, to be signed; the one that is asked for already where there is one."""
    issuer = issuer or issuer_of(account)
    if not issuer.creditor_id or not issuer.iban:
        raise CannotCollect()
    with transaction.atomic():
        BillingAccount.objects.select_for_update().get(pk=account.pk)
        live = Mandate.objects.filter(issuer=issuer, account=account, state__in=LIVE_MANDATE).first()
        if live is not None:
            return live
        mandate = _add(issuer, account, at)
        record_audit(actor=actor, action="mandate.asked", subject=mandate, organisation=account.organisation)
    return mandate


def sign_mandate(
    *, account: BillingAccount, iban: str, holder: str, at: datetime, actor, issuer: Issuer | None = None,
    signed_on: date | None = None, is_on_paper: bool = False,
) -> Mandate:  # fmt: skip
    """The customer allows ``issuer`` (the one that bills the account) to collect; a mandate in force is replaced.

    From now on the account pays by direct debit. ``signed_on`` is the day on the paper. Raises ``InvalidIban``,
    ``InvalidMandate`` (no holder, a day in the future), ``CannotCollect``.
    """
    number = _checked_iban(iban)
    if not (holder := " ".join(holder.split())[:70]):
        raise InvalidMandate("Whose account is it?", field="holder")
    signed_on = signed_on or at.date()
    if signed_on > at.date():
        raise InvalidMandate("A mandate cannot be signed in the future.", field="signed_on")
    issuer = issuer or issuer_of(account)
    with transaction.atomic():
        mandate = ask_mandate(account=account, actor=actor, at=at, issuer=issuer)
        mandate = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if mandate.state != MandateState.ASKED:
            _end(mandate, MandateState.REVOKED, "Replaced by a new mandate.", actor, at)
            mandate = _add(issuer, account, at)
        mandate.state, mandate.holder, mandate.signed_on, mandate.is_on_paper = (
            MandateState.SIGNED, holder, signed_on, is_on_paper
        )  # fmt: skip
        mandate.iban_sealed, mandate.iban_fingerprint = seal(number.compact), fingerprint(number.compact)
        mandate.iban_country, mandate.iban_end = number.country_code, number.compact[-4:]
        mandate.save()
        _pay_by_debit(mandate, at)
        record_audit(
            actor=actor, action="mandate.signed", subject=mandate, organisation=account.organisation,
            changes={"iban": [None, REDACTED], "signed_on": [None, signed_on]},
        )  # fmt: skip
    return mandate


def revoke_mandate(*, mandate: Mandate, reason: str, actor, at: datetime) -> Mandate:
    """Nothing more is collected by it; what waits is not. Files that the bank has already are the bank's."""
    with transaction.atomic():
        mandate = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if mandate.state in LIVE_MANDATE:
            _end(mandate, MandateState.REVOKED, reason, actor, at)
    return mandate


def expire_mandates(*, at: datetime) -> int:
    """End what was neither used nor signed for 36 months (SEPA rulebook, section 4.3.4)."""
    since = _months_before(at.date(), UNUSED_MONTHS)
    idle = Q(collected_on__lt=since) | Q(collected_on=None, signed_on__lt=since)
    idle |= Q(state=MandateState.ASKED, asked_at__date__lt=since)
    count = 0
    for pk in Mandate.objects.filter(idle, state__in=LIVE_MANDATE).values_list("pk", flat=True):
        with transaction.atomic():
            mandate = Mandate.objects.select_for_update().filter(idle, pk=pk, state__in=LIVE_MANDATE).first()
            if mandate is not None:
                _end(mandate, MandateState.EXPIRED, "Not used for 36 months.", None, at)
                count += 1
    return count


def methods_of(mandate: Mandate) -> QuerySet[PaymentMethod]:
    """The customer's way of paying that stands for the mandate."""
    return PaymentMethod.objects.filter(
        account=mandate.account_id, provider=PROVIDER, provider_ref=mandate.reference
    )  # fmt: skip


def _checked_iban(text: str) -> IBAN:
    try:
        number = IBAN(text)
    except (SchwiftyException, ValueError) as error:
        raise InvalidIban(field="iban") from error
    if not number.in_sepa_zone:
        raise InvalidIban("Direct debits reach accounts in the SEPA countries only.", field="iban")
    return number


def _add(issuer: Issuer, account: BillingAccount, at: datetime) -> Mandate:
    """With the next free reference of the account: its number, and how many it had."""
    count = Mandate.objects.filter(issuer=issuer, account=account).count()
    number = "".join(letter for letter in account.number.upper() if letter.isascii() and letter.isalnum())[:20]
    for attempt in range(count + 1, count + 20):
        try:
            with transaction.atomic():
                return Mandate.objects.create(
                    issuer=issuer, account=account, reference=f"{number}-{account.pk}-{attempt}"[-35:], asked_at=at
                )
        except IntegrityError:
            continue
    raise InvalidMandate("There is no free reference for this mandate.")


def _end(mandate: Mandate, state: MandateState, reason: str, actor, at: datetime) -> None:
    before = mandate.state
    mandate.state, mandate.ended_at, mandate.end_reason = state, at, reason[:200]
    mandate.save(update_fields=["state", "ended_at", "end_reason"])
    methods_of(mandate).filter(removed_at=None).update(removed_at=at, is_default=False)
    account = mandate.account
    if account.pay_by == PayBy.DIRECT_DEBIT:
        BillingAccount.objects.filter(pk=account.pk).update(pay_by=PayBy.TRANSFER)
    record_audit(
        actor=actor, action=f"mandate.{state}", subject=mandate, organisation=account.organisation,
        changes={"state": [before, state], "reason": [None, reason]},
    )  # fmt: skip
    from apps.invoicing.services.sepa import cancel_debit  # it needs mandates itself

    for debit in DirectDebit.objects.filter(mandate=mandate, state=DebitState.QUEUED):
        cancel_debit(debit=debit, reason=f"The mandate ended: {reason}", at=at)


def _pay_by_debit(mandate: Mandate, at: datetime) -> None:
    account = mandate.account
    PaymentMethod.objects.filter(account=account, is_default=True, removed_at=None).update(is_default=False)
    PaymentMethod.objects.create(
        account=account, kind=PaymentMethodKind.DIRECT_DEBIT, provider=PROVIDER, provider_ref=mandate.reference,
        label=mandate.bank_account, created_at=at,
    )  # fmt: skip
    BillingAccount.objects.filter(pk=account.pk).update(pay_by=PayBy.DIRECT_DEBIT)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    return min(first + timedelta(days=day.day - 1), _last_of(first))


def _last_of(first: date) -> date:
    following = (first + timedelta(days=31)).replace(day=1)
    return following - timedelta(days=1)
