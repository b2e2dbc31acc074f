"""Who guests are to the rest of the system: one driver for all, one account per e-mail, one token per visit."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.drivers.choices import AccountKind, PayBy
from apps.drivers.models import BillingAccount, Driver, IdToken
from apps.invoicing.models import GuestTerms, GuestVisit

TOKEN_TYPE = "DirectPayment"
"""OCPP 2.1 IdTokenEnumType. Local lists leave such tokens out."""
_SLACK = timedelta(minutes=1)


def guest_driver(organisation: Organisation) -> Driver:
    """The driver that stands for all guests; made when the first one comes."""
    terms = GuestTerms.objects.select_related("driver").filter(organisation=organisation).first()
    if terms is not None:
        return terms.driver
    try:
        with transaction.atomic():
            driver = Driver.objects.create(organisation=organisation, name="Guests")
            return GuestTerms.objects.create(organisation=organisation, driver=driver).driver
    except IntegrityError:  # another guest came in the same moment
        return GuestTerms.objects.select_related("driver").get(organisation=organisation).driver


def account_for(organisation: Organisation, email: str) -> BillingAccount:
    """The account that receipts of this e-mail address are made out to."""
    address = email.strip().casefold()
    number = f"Q-{hashlib.sha256(f'{organisation.pk}:{address}'.encode()).hexdigest()[:12].upper()}"
    account, _ = BillingAccount.objects.get_or_create(
        organisation=organisation, number=number,
        defaults={"kind": AccountKind.GUEST, "name": "Guest", "email": address, "pay_by": PayBy.CARD},
    )  # fmt: skip
    return account


def new_token_value() -> str:
    """Fits OCPP 1.6 (20 characters)."""
    return f"Q{secrets.token_hex(9).upper()}"


def admit(visit: GuestVisit, *, until: datetime) -> None:
    """The visit's token is accepted for a start until then. It goes into no station's local list."""
    key = visit.token_value.casefold()
    IdToken.objects.get_or_create(
        organisation_id=visit.site.organisation_id, key=key,
        defaults={
            "driver": guest_driver(visit.site.organisation), "value": visit.token_value, "short_key": key[:20],
            "type": TOKEN_TYPE, "label": "Guest", "expires_at": until + _SLACK,
        },
    )  # fmt: skip


def dismiss(visit: GuestVisit) -> None:
    """The visit's token is unknown from now on: nothing can be started with it."""
    IdToken.objects.filter(organisation_id=visit.site.organisation_id, key=visit.token_value.casefold()).delete()
