"""The newest sessions of a driver or card, for panels of other pages."""

from urllib.parse import urlencode

from django.urls import reverse

from apps.drivers.models import BillingAccount, Driver, IdToken
from apps.portal.charging.tables import SessionTable
from apps.sessions.models import ChargingSession

HOW_MANY = 10


class RecentSessionTable(SessionTable):
    """Without what the page says already."""

    class Meta(SessionTable.Meta):
        exclude = ("driver", "power_w", "soc_percent")
        attrs = {"class": "cn-stack"}
        orderable = False


def load_recent_sessions(
    request, *, driver: Driver | None = None, id_token: IdToken | None = None, account: BillingAccount | None = None
) -> dict:
    """The newest ``HOW_MANY`` that the user may see of a driver, a card or a customer, and where the rest is."""
    rows = ChargingSession.objects.visible_to(request.user).select_related("station", "site", "driver")
    if driver:
        rows, query = rows.filter(driver=driver), {"driver": driver.pk}
    elif id_token:
        rows, query = rows.filter(id_token=id_token), {"q": id_token.value}
    else:
        rows, query = rows.filter(driver__account=account), {}
    sessions = list(rows.defer("price_breakdown").order_by("-started_at", "-pk")[: HOW_MANY + 1])
    has_more = len(sessions) > HOW_MANY and bool(query)
    more = f"{reverse('portal:sessions')}?{urlencode({'state': 'all', **query})}" if has_more else ""
    table = RecentSessionTable(sessions[:HOW_MANY])
    table.request = request
    return {"table": table, "has_sessions": bool(sessions), "more_url": more}
