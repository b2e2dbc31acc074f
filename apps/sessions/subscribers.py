"""What sessions do when facts are announced."""

from django.utils import timezone

from apps.core.outbox import subscribe
from apps.sessions.events import SESSION_ENDED
from apps.sessions.services.pricing import price_session


@subscribe(SESSION_ENDED)
def price_ended_session(event) -> None:
    price_session(session_id=event.subject_id, at=timezone.now())
