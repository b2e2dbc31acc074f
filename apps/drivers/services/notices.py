"""Telling drivers things: a row each, sent by mail where the driver has an address."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.core.wake import wake
from apps.drivers.choices import NoticeKind
from apps.drivers.models import Driver, DriverNotice
from apps.drivers.services.mail import send_plain_mail

MAX_ATTEMPTS = 8


def tell_driver(
    *, driver: Driver, kind: NoticeKind, key: str, subject: str, text: str, at: datetime, by_mail: bool
) -> bool:
    """Add a notice in the caller's transaction; return whether it is new. ``key`` names the occasion."""
    notice = DriverNotice(
        driver=driver, kind=kind, key=key, subject=subject, text=text, created_at=at,
        due_at=at if by_mail and address_of(driver) else None,
    )  # fmt: skip
    with transaction.atomic():
        if DriverNotice.objects.filter(driver=driver, key=key).exists():
            return False
        DriverNotice.objects.bulk_create([notice], ignore_conflicts=True)
        if notice.due_at:
            transaction.on_commit(_wake)
    return True


def address_of(driver: Driver) -> str:
    """Where the driver's mail goes: the sign-in's address before the one in the books."""
    return (driver.user.email if driver.user else "") or driver.email


def send_due_notices(*, at: datetime, limit: int = 200) -> int:
    """Send what waits; return how many went. A notice is taken before it is sent, so that two workers send it once."""
    sent = 0
    due = DriverNotice.objects.filter(due_at__lte=at).order_by("due_at").values_list("pk", "due_at")
    for key, due_at in list(due[:limit]):
        later = at + timedelta(minutes=5)
        if DriverNotice.objects.filter(pk=key, due_at=due_at).update(due_at=later):
            sent += _send(DriverNotice.objects.select_related("driver__user").get(pk=key), at)
    return sent


def _send(notice: DriverNotice, at: datetime) -> int:
    notice.attempts += 1
    if send_plain_mail(to=address_of(notice.driver), subject=notice.subject, text=notice.text):
        notice.sent_at, notice.due_at, notice.problem = at, None, ""
    elif notice.attempts >= MAX_ATTEMPTS:
        notice.due_at, notice.problem = None, f"Given up after {MAX_ATTEMPTS} tries: the mail server did not take it."
    else:
        notice.due_at = at + timedelta(minutes=2**notice.attempts)
        notice.problem = "The mail server did not take it; it is tried again."
    notice.save(update_fields=["attempts", "sent_at", "due_at", "problem"])
    return int(notice.sent_at is not None)


def _wake() -> None:
    from apps.drivers.tasks import send_notices

    wake(send_notices)
