"""What a guest is offered at a charging point: whether it is free, what it costs, how much is authorised."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from apps.chargers.choices import ConnectorState
from apps.chargers.models import Evse
from apps.drivers.engine.access import TokenFacts, decide
from apps.drivers.models import Driver
from apps.drivers.services.card_lookup import load_currents, load_rules
from apps.invoicing.choices import Availability, GuestState
from apps.invoicing.engine.price_list import PriceLine, price_list
from apps.invoicing.models import GuestTerms, GuestVisit, Issuer, QrCode, SiteTerms
from apps.sessions.models import ChargingSession, Reservation
from apps.tariffs.engine.rating import SessionProfile, preview
from apps.tariffs.engine.tariff import Tariff
from apps.tariffs.models import TariffVersion
from apps.tariffs.selectors import engine_tariffs, tariff_for

_TYPICAL = {False: (Decimal(40_000), 4 * 3600), True: (Decimal(80_000), 3600)}
"""``{is_dc: (Wh, s)}`` of a large session: what it costs is authorised."""
_IDLE_S = 1800
_HOLD_STEP = Decimal(5)
_BUSY = frozenset(
    {ConnectorState.CHARGING, ConnectorState.SUSPENDED_EV, ConnectorState.SUSPENDED_EVSE, ConnectorState.FINISHING}
)
_OUT = frozenset({ConnectorState.UNAVAILABLE, ConnectorState.FAULTED})
_NO_ISSUER = "Nobody is set up yet to write receipts for this place."
_NO_TARIFF = "There is no price for guests at this place."
_NO_ACCESS = "This place is not open to guests now."
_CLOSED = "This charging point is closed."


@dataclass(frozen=True, slots=True)
class Offer:
    """``reason``: why nobody can begin here now, one sentence; empty where one can. ``hold_amount`` gross."""

    code: QrCode
    evse: Evse
    availability: Availability
    reason: str = ""
    prices: tuple[PriceLine, ...] = ()
    currency: str = ""
    hold_amount: Decimal = Decimal(0)
    issuer: Issuer | None = None
    tariff_version: TariffVersion | None = None

    @property
    def is_open(self) -> bool:
        return self.availability in (Availability.FREE, Availability.PLUGGED_IN)


def find_code(code: str) -> QrCode | None:
    """The code in use that says this, in any letter case."""
    rows = QrCode.objects.in_use().select_related("evse__station__site__organisation", "evse__station__connection")
    return rows.filter(code=code.strip().casefold()[:16]).first()


def offer_at(code: QrCode, *, at: datetime) -> Offer:
    """The offer behind ``code`` (from ``find_code``) as it stands."""
    evse = code.evse
    site = evse.station.site
    if evse.station.retired_at is not None or site.closed_at is not None:
        return Offer(code, evse, Availability.NOT_OFFERED, _CLOSED)
    terms = SiteTerms.objects.select_related("issuer").filter(site=site).first()
    guests = GuestTerms.objects.select_related("driver").filter(organisation=site.organisation).first()
    driver = guests.driver if guests else None
    group_id = driver.group_id if driver else None
    version = tariff_for(
        site_id=site.pk, at=at, area_id=evse.station.area_id, driver_group_id=group_id, evse_id=evse.pk
    )
    tariff = engine_tariffs([version.pk])[version.pk] if version else None
    hold = hold_amount_of(tariff, evse=evse, at=at) if tariff else Decimal(0)
    if tariff is None or hold <= 0:
        return Offer(code, evse, Availability.NOT_OFFERED, _NO_TARIFF)
    availability, reason = availability_of(evse, at=at)
    if terms is None:
        availability, reason = Availability.NOT_OFFERED, _NO_ISSUER
    elif not _is_admitted(driver, evse, at=at):
        availability, reason = Availability.NOT_OFFERED, _NO_ACCESS
    return Offer(
        code, evse, availability, reason, tuple(price_list(tariff)), tariff.currency, hold,
        terms.issuer if terms else None, version,
    )  # fmt: skip


def hold_amount_of(tariff: Tariff, *, evse: Evse, at: datetime) -> Decimal:
    """What the tariff says, else what a large session costs, gross, rounded up to full fives.

    A session that comes near it is stopped.
    """
    if tariff.preauthorisation is not None:
        return tariff.preauthorisation
    energy_wh, charging_s = _TYPICAL[evse.is_dc]
    breakdown = preview(
        tariff, SessionProfile(at, energy_wh, charging_s, _IDLE_S), time_zone=evse.station.site.time_zone
    )
    return (breakdown.gross / _HOLD_STEP).to_integral_value(ROUND_CEILING) * _HOLD_STEP


def availability_of(evse: Evse, *, at: datetime) -> tuple[Availability, str]:
    """How the point stands, and why nobody can begin there (empty where one can)."""
    connection = getattr(evse.station, "connection", None)
    if connection is None or not connection.is_online:
        return Availability.OFFLINE, "The charger has no connection at the moment. Try another one."
    states = set(evse.connectors.values_list("status", flat=True))
    if not evse.wanted_operative or (states and states <= _OUT):
        return Availability.OUT_OF_ORDER, "This charging point is out of service. Try another one."
    if is_occupied(evse) or states & _BUSY:
        return Availability.BUSY, "Somebody is charging here. The page says when it is free."
    if ConnectorState.RESERVED in states or _is_reserved(evse, at):
        return Availability.RESERVED, "This charging point is reserved for somebody."
    if states & {ConnectorState.PREPARING, ConnectorState.OCCUPIED}:
        return Availability.PLUGGED_IN, ""
    return Availability.FREE, ""


def is_occupied(evse: Evse) -> bool:
    """Whether a session runs there, or a guest's start is under way."""
    sessions = ChargingSession.objects.filter(station_id=evse.station_id, evse_number=evse.number).open()
    visits = GuestVisit.objects.filter(evse=evse, state__in=(GuestState.STARTING, GuestState.CHARGING))
    return sessions.exists() or visits.exists()


def _is_reserved(evse: Evse, at: datetime) -> bool:
    return Reservation.objects.held_at(at).filter(station_id=evse.station_id, evse_number=evse.number).exists()


def _is_admitted(driver: Driver | None, evse: Evse, *, at: datetime) -> bool:
    """Whether the site's access rules let guests charge; known before anybody pays."""
    station = evse.station
    only_by_rule, rules = load_rules([station.site_id])[station.site_id]
    verdict = decide(
        TokenFacts(
            status="active",
            driver_id=driver.pk if driver else None,
            driver_left_at=driver.left_at if driver else None,
            group_id=driver.group_id if driver else None,
        ),
        rules=rules,
        only_by_rule=only_by_rule,
        area_id=station.area_id,
        at=at,
        at_local=at.astimezone(ZoneInfo(station.site.time_zone)),
        evses=load_currents([station.pk]).get(station.pk),
        evse_number=evse.number,
    )
    return verdict.info.status == "Accepted"
