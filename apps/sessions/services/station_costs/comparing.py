"""Holding the price that a 2.1 station reckoned against ours. Ours stands, whatever comes of it."""

from django.db import transaction

from apps.core import live
from apps.sessions.choices import SessionFlag
from apps.sessions.engine.cost_details import differs, station_total
from apps.sessions.models import ChargingSession, SessionCost
from apps.tariffs.engine.exact import half_up


@transaction.atomic
def compare_costs(*, session_id: int) -> None:
    """Keep the station's total of a priced session and flag a difference; a later word of the station replaces it."""
    session = (
        ChargingSession.objects.select_for_update(of=("self",))
        .select_related("site")
        .filter(pk=session_id, cost_gross__isnull=False, details__has_key="cost_details")
        .first()
    )
    if session is None:
        return
    theirs = station_total(session.details["cost_details"][1])
    is_other = differs(theirs, net=session.cost_net, gross=session.cost_gross, currency=session.currency)
    SessionCost.objects.update_or_create(
        session=session,
        defaults={
            "station_cost": None if theirs.amount is None else half_up(theirs.amount, 6),
            "station_currency": theirs.currency,
            "station_note": theirs.note,
            "differs": is_other,
        },
    )
    flags = [flag for flag in session.flags if flag != SessionFlag.COST_DIFFERS]
    flags += [SessionFlag.COST_DIFFERS.value] if is_other else []
    if flags != session.flags:
        ChargingSession.objects.filter(pk=session.pk).update(flags=flags)
    live.nudge_on_commit(organisation_id=session.site.organisation_id, topics=[f"session:{session.pk}"])
