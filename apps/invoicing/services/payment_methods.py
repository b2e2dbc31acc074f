"""Cards that customers left: which is charged, and taking one away."""

from datetime import datetime

from django.db import transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.models import BillingAccount
from apps.invoicing.models import PaymentMethod


class MethodRemoved(DomainError):
    code = "method_removed"
    message = "This payment method was removed."


def set_default_method(*, method: PaymentMethod, actor) -> PaymentMethod:
    """Charge this one from now on. Raises ``MethodRemoved``."""
    with transaction.atomic():
        method = _locked(method)
        if method.removed_at is not None:
            raise MethodRemoved
        PaymentMethod.objects.filter(account=method.account_id, is_default=True).update(is_default=False)
        method.is_default = True
        method.save(update_fields=["is_default"])
        _audit("payment_method.chosen", method, actor)
    return method


def remove_method(*, method: PaymentMethod, actor, at: datetime) -> PaymentMethod:
    """Charge it no more; the newest of the others takes its place. Repeating it changes nothing."""
    with transaction.atomic():
        method = _locked(method)
        if method.removed_at is not None:
            return method
        others = PaymentMethod.objects.filter(account=method.account_id, removed_at=None).exclude(pk=method.pk)
        newest = others.order_by("-pk").first()
        was_default, method.is_default, method.removed_at = method.is_default, False, at
        method.save(update_fields=["is_default", "removed_at"])
        if was_default and newest is not None:
            PaymentMethod.objects.filter(pk=newest.pk).update(is_default=True)
        _audit("payment_method.removed", method, actor)
    return method


def _locked(method: PaymentMethod) -> PaymentMethod:
    """Its customer's row is locked, so that two people never choose two at once."""
    BillingAccount.objects.select_for_update(no_key=True).get(pk=method.account_id)
    return PaymentMethod.objects.select_related("account__organisation").get(pk=method.pk)


def _audit(action: str, method: PaymentMethod, actor) -> None:
    record_audit(actor=actor, action=action, subject=method, organisation=method.account.organisation)
