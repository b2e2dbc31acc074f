"""The outbox does not grow for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core import outbox
from apps.core.models import OutboxEvent
from apps.core.tasks import keep_house

pytestmark = pytest.mark.django_db


def event(subject_id: int, *, delivered_days_ago: float | None) -> None:
    now = timezone.now()
    delivered_at = None if delivered_days_ago is None else now - timedelta(days=delivered_days_ago)
    OutboxEvent.objects.create(
        name="station.adopted",
        subject_id=subject_id,
        recorded_at=now - timedelta(days=30),
        due_at=now + timedelta(days=1),
        delivered_at=delivered_at,
    )


def subjects() -> list[int]:
    return list(OutboxEvent.objects.order_by("subject_id").values_list("subject_id", flat=True))


def test_housekeeping_removes_what_was_delivered_a_week_ago_and_keeps_what_was_not():
    event(1, delivered_days_ago=7.1)
    event(2, delivered_days_ago=6.9)
    event(3, delivered_days_ago=None)

    keep_house()

    assert subjects() == [2, 3]


def test_old_events_go_in_chunks_until_none_is_left():
    for subject_id in range(5):
        event(subject_id, delivered_days_ago=8 + subject_id)
    event(9, delivered_days_ago=1)

    assert outbox.forget_delivered(timezone.now(), chunk=2) == 5

    assert subjects() == [9]
