"""The newest sessions of a driver or card, for panels of other pages."""

from urllib.parse import urlencode

from django.urls import reverse

from apps.drivers.models import Driver, IdToken
from apps.portal.charging.tables import SessionTable
from apps.sessions.models import ChargingSession

HOW_MANY = 10


class RecentSessionTable(SessionTable):
    """Without what the page says already."""

    class Meta(SessionTable.Meta):
        exclude = ("driver", "power_w", "soc_percent")
        attrs = {"class": "cn-stack"}
        orderable = False


def load_recent_sessions(request, *, driver: Driver | None = None, id_token: IdToken | None = None) -> dict:
    """The newest ``HOW_MANY`` that the user may see, and where the rest is."""
    rows = ChargingSession.objects.visible_to(request.user).select_related("station", "site", "driver")
    rows = rows.filter(driver=driver) if driver else rows.filter(id_token=id_token)
    sessions = list(rows.defer("price_breakdown").order_by("-started_at", "-pk")[: HOW_MANY + 1])
    query = {"state": "all", "driver": driver.pk} if driver else {"state": "all", "q": id_token.value}
    more = f"{reverse('portal:sessions')}?{urlencode(query)}" if len(sessions) > HOW_MANY else ""
    table = RecentSessionTable(sessions[:HOW_MANY])
    table.request = request
    return {"table": table, "has_sessions": bool(sessions), "more_url": more}
