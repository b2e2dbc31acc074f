"""Having visits looked at soon, because a fact came that may concern them. The sweep heals what is lost here."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.core.wake import wake
from apps.invoicing.choices import LIVE_VISITS
from apps.invoicing.guest_tasks import drive_guests
from apps.invoicing.models import GuestVisit
from apps.sessions.models import ChargingSession


def wake_visits(*, visit_ids: Collection[int], at: datetime) -> int:
    """Have these visits driven after commit; return how many are concerned."""
    woken = GuestVisit.objects.filter(pk__in=visit_ids).update(due_at=at)
    if woken:
        transaction.on_commit(lambda: wake(drive_guests))
    return woken


def wake_for_session(*, session_id: int, at: datetime) -> int:
    """A session began, changed, ended or was rated: whose visit it is, or whose token began it."""
    token = ChargingSession.objects.filter(pk=session_id).values_list("token_value", flat=True).first()
    live = GuestVisit.objects.filter(state__in=LIVE_VISITS)
    mine = list(live.filter(session_id=session_id).values_list("pk", flat=True))
    if not mine and token:
        mine = list(live.filter(token_value=token.upper()).values_list("pk", flat=True))
    return wake_visits(visit_ids=mine, at=at)


def wake_for_command(*, command_id: int, at: datetime) -> int:
    visits = GuestVisit.objects.filter(start_command_id=command_id).values_list("pk", flat=True)
    return wake_visits(visit_ids=list(visits), at=at)


def wake_for_payment(*, payment_id: int, at: datetime) -> int:
    visits = GuestVisit.objects.filter(payment_id=payment_id).values_list("pk", flat=True)
    return wake_visits(visit_ids=list(visits), at=at)
