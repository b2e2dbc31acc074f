"""A charging point that is open to guests, and a guest's way as far as a test wants it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.chargers.choices import CommandState
from apps.chargers.models import Evse, StationCommand
from apps.invoicing.models import DummyPayment, GuestVisit, QrCode
from apps.invoicing.payments.dummy import settle as customer_decides
from apps.invoicing.services.guests.beginning import begin_visit
from apps.invoicing.services.guests.codes import make_codes
from apps.invoicing.services.guests.driving import drive_visit
from apps.invoicing.services.guests.offers import find_code, offer_at
from apps.sessions.models import ChargingSession
from tests.factories.billing import SiteTermsFactory
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.places import SiteFactory
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import tariff_at

MINUTE = timedelta(minutes=1)


@dataclass
class Point:
    """EVSE 1 of an online station at a site that charges 0.50 net per kWh and 19 % VAT."""

    evse: Evse
    code: QrCode

    def begin(self, *, at: datetime = NOON, form_key: uuid.UUID | None = None, **changes) -> GuestVisit:
        code = find_code(self.code.code)
        values = {
            "email": "Gast@example.com",
            "tariff_version_id": offer_at(code, at=at).tariff_version.pk,
            "base_url": "https://charge.example",
            "origin": "0123456789abcdef",
            **changes,
        }
        return begin_visit(code=code, form_key=form_key or uuid.uuid4(), at=at, **values)

    def pay(self, visit: GuestVisit, *, agrees: bool = True) -> DummyPayment:
        return customer_decides(ref=visit.payment.provider_ref, agrees=agrees)

    def started(self, *, at: datetime = NOON) -> GuestVisit:
        """A visit whose charger was asked to start."""
        visit = self.begin(at=at)
        self.pay(visit)
        visit = drive_visit(visit.pk, at=at)
        assert visit.state == "starting"
        return visit

    def answer(self, visit: GuestVisit, state: CommandState, **fields) -> None:
        """The charger answers the remote start."""
        StationCommand.objects.filter(pk=visit.start_command_id).update(state=state, sent_at=NOON, **fields)

    def plug_in(self, visit: GuestVisit, *, at: datetime = NOON + MINUTE, **fields) -> ChargingSession:
        """The session that follows the remote start."""
        values = {
            "station": self.evse.station, "evse": self.evse, "started_at": at, "started_received_at": at,
            "token_value": visit.token_value, "remote_start_command_id": visit.start_command_id,
            "tariff_version": visit.tariff_version, "last_value_at": at, "is_billable": True,
        }  # fmt: skip
        return SessionFactory(**{**values, **fields})

    def charging(self) -> tuple[GuestVisit, ChargingSession]:
        visit = self.started()
        session = self.plug_in(visit)
        visit = drive_visit(visit.pk, at=NOON + 2 * MINUTE)
        assert visit.state == "charging"
        return visit, session

    def end(self, session: ChargingSession, *, energy_wh: int, at: datetime = NOON + 60 * MINUTE, **fields) -> None:
        ChargingSession.objects.filter(pk=session.pk).update(
            **{"state": "ended", "ended_at": at, "energy_wh": energy_wh, "meter_last_at": at, **fields}
        )

    def held(self, visit: GuestVisit) -> DummyPayment:
        """The payment as the provider sees it."""
        return DummyPayment.objects.get(key=visit.payment.key)


@pytest.fixture
def point(db) -> Point:
    site = SiteFactory(name="Quay", time_zone="Europe/Berlin", vat_percent=Decimal(19))
    SiteTermsFactory(site=site)
    tariff_at(site, per_kwh="0.50", vat="19")
    station = OnlineStationFactory(site=site, identity="QUAY-1", evses=2)
    make_codes(site=site, actor=None, at=NOON)
    evse = station.evses.get(number=1)
    return Point(evse, QrCode.objects.in_use().get(evse=evse))
