"""The stored pool of contract certificates: keeping answers for vehicles beforehand, and giving them up."""

import base64
import binascii
import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.chargers.choices import ContractAction
from apps.chargers.engine.certificates.emaid import normal_emaid
from apps.chargers.models import ContractCertificate
from apps.core.audit import record_audit
from apps.core.errors import DomainError

MAX_EXI_CHARACTERS = 17_000
"""What 2.1 carries; stations of other versions get no more than 7,500 (``contracts``)."""


class ContractRefused(DomainError):
    code = "contract_refused"
    message = "This contract cannot be kept."


def store_contract(
    *,
    organisation: Organisation,
    exi_response: str,
    emaid: str = "",
    exi_request: str = "",
    action: str = "",
    expires_at: datetime | None = None,
    actor,
    at: datetime,
    address: str | None = None,
) -> ContractCertificate:
    """Keep the answer (base64 of EXI) for one request, for an eMAID, or for every vehicle.

    What is kept for the same until a moment that has passed is replaced. Raises ``ContractRefused`` naming the field.
    """
    key = {
        "organisation": organisation,
        "emaid": _emaid(emaid),
        "request_digest": _digest(exi_request),
        "action": _action(action),
    }
    response = _exi(exi_response, "exi_response")
    if expires_at is not None and expires_at <= at:
        raise ContractRefused("This moment has passed.", field="expires_at")
    try:
        with transaction.atomic():
            ContractCertificate.objects.filter(**key, expires_at__lte=at).delete()
            row = ContractCertificate.objects.create(
                **key, exi_response=response, created_at=at, expires_at=expires_at
            )  # fmt: skip
            record_audit(
                actor=actor,
                action="contract.stored",
                subject=row,
                organisation=organisation,
                changes={"emaid": [None, row.emaid], "request_digest": [None, row.request_digest]},
                address=address,
            )
    except IntegrityError as error:
        raise ContractRefused("An answer for the same is kept already; remove it first.", field="emaid") from error
    return row


def remove_contract(*, contract: ContractCertificate, actor, address: str | None = None) -> None:
    """Answer no vehicle with it any more."""
    with transaction.atomic():
        record_audit(
            actor=actor,
            action="contract.removed",
            subject=contract,
            organisation=contract.organisation,
            changes={"emaid": [contract.emaid, None], "request_digest": [contract.request_digest, None]},
            address=address,
        )
        contract.delete()


def _emaid(text: str) -> str:
    if not text.strip():
        return ""
    normal = normal_emaid(text)
    if normal is None:
        raise ContractRefused("This is no eMAID such as DE-83D-UIEN83QGZ-D.", field="emaid")
    return normal


def _digest(exi_request: str) -> str:
    """Of the text as stations send it, which is how the pool looks for it."""
    return hashlib.sha256(_exi(exi_request, "exi_request").encode()).hexdigest() if exi_request.strip() else ""


def _action(word: str) -> str:
    if word not in ContractAction.values:
        raise ContractRefused("A vehicle asks to Install or to Update.", field="action")
    return word


def _exi(text: str, field: str) -> str:
    compact = "".join(text.split())
    try:
        raw = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ContractRefused("This is not base64.", field=field) from error
    if not raw:
        raise ContractRefused("There is nothing in it.", field=field)
    if len(compact) > MAX_EXI_CHARACTERS:
        raise ContractRefused(f"OCPP carries at most {MAX_EXI_CHARACTERS:,} characters.", field=field)
    return compact
