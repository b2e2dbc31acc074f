"""Everything that is stored about a person, as one file (law: GDPR article 15 and 20)."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount, DriverNotice, IdToken, Vehicle
from apps.portal.kit.views import PortalView
from apps.portal.my.bills import own_bills
from apps.portal.my.own import own_drivers
from apps.sessions.models import ChargingSession, Reservation

_DRIVER = ("name", "email", "phone", "unit", "language", "created_at", "left_at", "group__name", "home_site__name")
_ACCOUNT = (
    "number", "name", "kind", "contact", "email", "street", "postal_code", "city", "country", "vat_id", "pay_by",
    "created_at", "closed_at",
)  # fmt: skip
_CARD = ("value", "type", "label", "status", "expires_at", "created_at")
_VEHICLE = ("label", "plate", "evcc_id", "battery_wh", "department", "depot", "route")
_SESSION = (
    "id", "site__name", "station__identity", "evse_number", "transaction_id", "token_value", "started_at", "ended_at",
    "stopped_reason", "energy_wh", "currency", "cost_net", "cost_gross", "price_breakdown",
)  # fmt: skip
_BILL = ("number", "kind", "issued_on", "due_on", "currency", "net", "tax", "gross", "open_amount", "state")
_RESERVATION = ("station__identity", "evse_number", "asked_at", "held_at", "expires_at", "state")
_NOTICE = ("created_at", "kind", "subject", "text", "sent_at")


class MyData(PortalView):
    """A download that is written while it is read, however long the history."""

    action = Action.OWN_CHARGING_VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        response = StreamingHttpResponse(_written(request.user), content_type="application/json")
        day = timezone.localdate()
        response["Content-Disposition"] = f'attachment; filename="my-charging-{day:%Y-%m-%d}.json"'
        response["Cache-Control"] = "private, no-store"
        return response


def _written(user) -> Iterator[str]:
    encode = DjangoJSONEncoder(ensure_ascii=False, indent=1).encode
    person = {"name": user.name, "email": user.email, "phone": user.phone, "since": user.date_joined}
    yield f'{{"person": {encode(person)}'
    for name, rows in _parts(user):
        yield f", {json.dumps(name)}: ["
        for index, row in enumerate(rows.iterator(chunk_size=500)):
            yield (",\n" if index else "") + encode(row)
        yield "]"
    yield "}\n"


def _parts(user) -> Iterator[tuple[str, Any]]:
    drivers = own_drivers(user)
    yield "drivers", drivers.order_by("pk").values(*_DRIVER)
    yield "accounts", BillingAccount.objects.of_user(user).order_by("pk").values(*_ACCOUNT)
    yield "cards", IdToken.objects.filter(driver__in=drivers).order_by("pk").values(*_CARD)
    yield "vehicles", Vehicle.objects.filter(account__user=user).order_by("pk").values(*_VEHICLE)
    yield "sessions", ChargingSession.objects.of_user(user).order_by("pk").values(*_SESSION)
    yield "reservations", Reservation.objects.filter(driver__in=drivers).order_by("pk").values(*_RESERVATION)
    yield "bills", own_bills(user).order_by("pk").values(*_BILL)
    yield "messages", DriverNotice.objects.of_user(user).order_by("pk").values(*_NOTICE)
