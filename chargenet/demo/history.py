"""A plausible past: three months of sessions with prices; a month of quarter-hour roll-ups, disconnects and faults."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from apps.chargers.models import ChargingStation, ConnectionEvent, ConnectorStatusEvent, Evse
from apps.core.ids import reserve_numbers
from apps.drivers.models import IdToken
from apps.sessions.choices import SessionFlag, SessionState
from apps.sessions.models import ChargingSession, MeterRollup
from apps.tariffs.engine.breakdown_json import to_json
from apps.tariffs.engine.kinds import UsageState
from apps.tariffs.engine.rating import price
from apps.tariffs.engine.tariff_json import from_json
from apps.tariffs.engine.usage import Usage, UsageSegment
from apps.tariffs.models import TariffVersion
from chargenet.demo.places import SITES, STATIONS, SiteSpec, StationSpec

DAYS = 30
SESSION_DAYS = 92  # two whole months and this one
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Place:
    """Everything that the sessions of one station are made from."""

    spec: StationSpec
    site: SiteSpec
    station: ChargingStation
    evses: list[Evse]
    tokens: list[IdToken]
    tariff: TariffVersion


def create_history(
    stations: dict[str, ChargingStation],
    tokens: dict[str, list[IdToken]],
    tariffs: dict[str, TariffVersion],
    *,
    until: datetime,
) -> None:
    """Fill the days before ``until``; deterministic but for ``until``."""
    rng = random.Random(2024)
    sites = {site.name: site for site in SITES}
    sessions: list[ChargingSession] = []
    for spec in STATIONS:
        station = stations[spec.identity]
        place = _Place(
            spec,
            sites[spec.site],
            station,
            list(station.evses.order_by("number")),
            tokens[spec.site],
            tariffs[spec.site],
        )
        for evse in place.evses:
            sessions += _sessions_of(rng, place, evse, until=until)
    numbers = iter(reserve_numbers("ocpp16_transaction", how_many=len(sessions)))
    for session in sorted(sessions, key=lambda session: session.started_at):
        session.transaction_id = str(next(numbers))
    ChargingSession.objects.bulk_create(sorted(sessions, key=lambda session: session.started_at), batch_size=500)
    recent = [session for session in sessions if session.started_at > until - timedelta(days=DAYS)]
    MeterRollup.objects.bulk_create(_rollups(recent), batch_size=2000, ignore_conflicts=True)
    _create_incidents(rng, stations, until=until)


def _sessions_of(rng: random.Random, place: _Place, evse: Evse, *, until: datetime) -> Iterator[ChargingSession]:
    zone = ZoneInfo(place.site.time_zone)
    first_day = (
        (until - timedelta(days=SESSION_DAYS)).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    register = rng.randrange(400_000, 9_000_000)
    for day in range(SESSION_DAYS + 1):  # today as well
        free_from = first_day + timedelta(days=day)
        weekend = free_from.isoweekday() > 5
        factor = 0.15 if weekend and place.site.kind in ("workplace", "depot") else 1.0
        wanted = rng.uniform(0.4, 1.6) * place.site.sessions_per_day * factor / len(place.evses)
        for hour in sorted(rng.choice(place.site.hours) for _ in range(int(wanted + rng.random()))):
            start = max(free_from, first_day + timedelta(days=day, hours=hour, minutes=rng.randrange(60)))
            session = _session(rng, place, evse, start=start, register=register)
            if session.ended_at >= until:
                break
            yield session
            register += session.energy_wh
            free_from = session.ended_at + timedelta(minutes=5)


def _session(rng: random.Random, place: _Place, evse: Evse, *, start: datetime, register: int) -> ChargingSession:
    start = start.astimezone(ZoneInfo("UTC")).replace(second=rng.randrange(60))
    energy_wh = int(rng.uniform(*place.site.kwh) * 1000)
    power_w = int(min(evse.max_power_w or 11_000, 11_000 if not evse.is_dc else 120_000) * rng.uniform(0.6, 0.95))
    charging = timedelta(hours=energy_wh / power_w)
    idle = timedelta(minutes=rng.choice((2, 3, 5, 12, 45, 140)) if not evse.is_dc else rng.choice((1, 2, 4, 15)))
    token = rng.choice(place.tokens)
    charged_at, end = start + charging, start + charging + idle
    usage = Usage(
        start,
        end,
        (
            UsageSegment(start, charged_at, Decimal(energy_wh), UsageState.CHARGING),
            UsageSegment(charged_at, end, Decimal(0), UsageState.SUSPENDED_EV),
        ),
    )
    breakdown = price(usage, from_json(place.tariff.content), time_zone=place.site.time_zone)
    return ChargingSession(
        site_id=place.station.site_id, station=place.station, evse=evse, evse_number=evse.number, connector_number=1,
        protocol=f"ocpp{place.spec.version}", state=SessionState.ENDED,
        flags=[SessionFlag.OFFLINE] if rng.random() < 0.03 else [],
        token_value=token.value, token_type=token.type, token_status="Accepted", is_billable=True, id_token=token,
        driver_id=token.driver_id, started_at=start, started_reported_at=start, started_received_at=start, ended_at=end,
        ended_reported_at=end, ended_received_at=end, charging_ended_at=charged_at,
        stopped_reason=rng.choice(("EVDisconnected", "EVDisconnected", "Local", "Remote")), meter_start_wh=register,
        meter_last_wh=register + energy_wh, energy_wh=energy_wh, peak_power_w=int(power_w * 1.05), last_value_at=end,
        tariff_version=place.tariff, currency=place.site.currency, cost_net=breakdown.net, cost_gross=breakdown.gross,
        price_breakdown=to_json(breakdown), priced_at=end,
    )  # fmt: skip


def _rollups(sessions: list[ChargingSession]) -> Iterator[MeterRollup]:
    """Quarter hours of each session, with a power that tapers towards its end."""
    for session in sessions:
        start, end = session.started_at, session.charging_ended_at or session.ended_at
        seconds = max(int((end - start).total_seconds()), 1)
        bucket = start - timedelta(minutes=start.minute % 15, seconds=start.second, microseconds=start.microsecond)
        while bucket < end:
            bucket_end = bucket + QUARTER
            done = min((min(bucket_end, end) - start).total_seconds() / seconds, 1.0)
            share = done - max((bucket - start).total_seconds(), 0) / seconds
            average = int(session.energy_wh * share * 4)
            yield MeterRollup(
                resolution_s=900, station_id=session.station_id, evse_number=session.evse_number, start_at=bucket,
                samples=15, session_id=session.pk, energy_last_wh=session.meter_start_wh + int(session.energy_wh * done),
                power_avg_w=average, power_max_w=int(average * 1.1),
                current_max_a=round(average / 690, 1) if average < 30_000 else round(average / 400, 1),
                voltage_avg_v=230.0 if average < 30_000 else 400.0,
            )  # fmt: skip
            bucket = bucket_end


def _create_incidents(rng: random.Random, stations: dict[str, ChargingStation], *, until: datetime) -> None:
    connections, statuses = [], []
    for station in stations.values():
        for _ in range(rng.randrange(2, 9)):
            gone_at = until - timedelta(minutes=rng.randrange(60, DAYS * 24 * 60))
            back_at = gone_at + timedelta(seconds=rng.randrange(4, 1800))
            connections += [
                ConnectionEvent(station=station, at=gone_at, kind="disconnected", reason="ping timeout"),
                ConnectionEvent(station=station, at=back_at, kind="connected"),
            ]
        for _ in range(rng.randrange(0, 3)):
            at = until - timedelta(minutes=rng.randrange(600, DAYS * 24 * 60))
            code = rng.choice(("ConnectorLockFailure", "OverVoltage", "GroundFailure", "ReaderFailure"))
            statuses += [
                ConnectorStatusEvent(
                    station=station, evse_number=1, connector_number=1, status="Faulted", occurred_at=at, received_at=at,
                    error_code=code,
                ),
                ConnectorStatusEvent(
                    station=station, evse_number=1, connector_number=1, status="Available", error_code="NoError",
                    occurred_at=at + timedelta(minutes=25), received_at=at + timedelta(minutes=25),
                ),
            ]  # fmt: skip
    ConnectionEvent.objects.bulk_create(connections)
    ConnectorStatusEvent.objects.bulk_create(statuses)
