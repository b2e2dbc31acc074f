"""The codes that stickers carry."""

import secrets
from datetime import datetime

from django.db import transaction

from apps.chargers.models import Evse
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.invoicing.models import QrCode
from apps.sites.models import Site

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 11
"""Of 31 letters and digits that nobody confuses: 54 bits, so that guessing finds no charger."""


class EvseHasNoCode(DomainError):
    code = "evse_has_no_code"
    message = "This charging point has no code yet."


def make_codes(*, site: Site, actor, at: datetime) -> list[QrCode]:
    """A code for each charging point of the site's stations that has none; return the new ones."""
    with transaction.atomic():
        rows = Evse.objects.filter(station__site=site, station__retired_at=None)
        evses = rows.exclude(qr_codes__in=QrCode.objects.in_use()).order_by("pk")
        new = [QrCode(evse=evse, code=_new_code(), created_at=at, created_by=actor) for evse in evses]
        codes = QrCode.objects.bulk_create(new, ignore_conflicts=True)
        if codes:
            record_audit(
                actor=actor, action="qr_codes.made", subject=site, organisation=site.organisation,
                changes={"codes": [None, len(codes)]},
            )  # fmt: skip
    return list(QrCode.objects.filter(code__in=[row.code for row in codes]))


def renew_code(*, evse: Evse, actor, at: datetime) -> QrCode:
    """Another code; what the old sticker says leads nowhere from now on. Raises ``EvseHasNoCode``."""
    with transaction.atomic():
        Evse.objects.select_for_update(of=("self",)).get(pk=evse.pk)
        old = QrCode.objects.in_use().filter(evse=evse).first()
        if old is None:
            raise EvseHasNoCode
        QrCode.objects.filter(pk=old.pk).update(retired_at=at)
        new = QrCode.objects.create(evse=evse, code=_new_code(), created_at=at, created_by=actor)
        record_audit(
            actor=actor, action="qr_code.renewed", subject=evse.station,
            organisation=evse.station.site.organisation, changes={"evse": [None, evse.number]},
        )  # fmt: skip
    return new


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
