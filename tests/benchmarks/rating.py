"""``python -m tests.benchmarks.rating SESSIONS``: rate that many ended sessions in the database of the environment.

Prints ``{"per_cpu_second": …, "per_second": …}``. The functions measure the engine alone.
"""

import gc
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from decimal import Decimal

from apps.tariffs.engine.kinds import ComponentKind, UsageState
from apps.tariffs.engine.rating import price, running_cost
from apps.tariffs.engine.tariff import PriceComponent, Restrictions, Tariff, TariffElement
from apps.tariffs.engine.usage import Usage, UsageSegment

START = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
VAT = Decimal(19)
ROUNDS = 5


def tariff_of_three_periods() -> Tariff:
    """Day and night price of energy, a price of time, a session fee."""
    night = TariffElement(
        (PriceComponent(ComponentKind.ENERGY, Decimal("0.39"), vat_percent=VAT),),
        Restrictions(start_time=clock(22), end_time=clock(6)),
    )
    always = TariffElement((
        PriceComponent(ComponentKind.ENERGY, Decimal("0.59"), vat_percent=VAT),
        PriceComponent(ComponentKind.PARKING_TIME, Decimal("3.00"), vat_percent=VAT),
        PriceComponent(ComponentKind.FLAT, Decimal("0.35"), vat_percent=VAT),
    ))  # fmt: skip
    return Tariff("bench", 1, "EUR", (night, always), tax_included=True)


def usages(how_many: int) -> list[Usage]:
    """Sessions that charge over the beginning of the night and stay plugged in: three periods each."""
    found = []
    for number in range(how_many):
        start = START + timedelta(minutes=number % 20)
        full, leaves = start + timedelta(minutes=60), start + timedelta(minutes=75)
        found.append(
            Usage(start, leaves, (
                UsageSegment(start, full, Decimal(11_000 + number % 977), UsageState.CHARGING),
                UsageSegment(full, leaves, Decimal(0), UsageState.IDLE),
            ))
        )  # fmt: skip
    return found


def price_per_second(how_many: int) -> float:
    """The best of several rounds, by CPU time."""
    sessions, tariff = usages(how_many), tariff_of_three_periods()
    best_s = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        begun_s = time.process_time()
        for usage in sessions:
            price(usage, tariff, time_zone=ZONE)
        best_s = min(best_s, time.process_time() - begun_s)
    return how_many / best_s


def running_cost_p99_ms(how_many: int) -> float:
    """Of single calls, by CPU time of the thread."""
    sessions, tariff = usages(how_many), tariff_of_three_periods()
    spent_s = []
    for usage in sessions:
        begun_s = time.thread_time()
        running_cost(usage, tariff, now=usage.ended_at - timedelta(minutes=5), time_zone=ZONE)
        spent_s.append(time.thread_time() - begun_s)
    return sorted(spent_s)[int(len(spent_s) * 0.99)] * 1000


def rate_stored(how_many: int) -> dict[str, float]:
    """Fill the sessions in, then rate them all, in batches as a run does."""
    from django.utils import timezone

    from apps.chargers.models import ChargingStation
    from apps.sessions.choices import RatingReason
    from apps.sessions.models import ChargingSession
    from apps.sessions.services.rating import rate_sessions
    from apps.tariffs.services.tariffs import create_tariff

    station = ChargingStation.objects.select_related("site__organisation").first()
    now = timezone.now()
    version = create_tariff(
        organisation=station.site.organisation, name=f"Rated {now.isoformat()}", content=tariff_of_three_periods(),
        valid_from=START, actor=None,
    )  # fmt: skip
    rows = [
        ChargingSession(
            site_id=station.site_id, station=station, evse_number=1, connector_number=1, protocol="ocpp1.6",
            transaction_id=f"RATED-{now.timestamp():.0f}-{number}", state="ended", is_billable=True,
            started_at=usage.started_at, ended_at=usage.ended_at, meter_last_at=usage.segments[0].end_at,
            energy_wh=int(usage.segments[0].energy_wh), tariff_version=version, currency="EUR",
            charging_states=[
                [None, int(usage.started_at.timestamp() * 1000), "Charging"],
                [None, int(usage.segments[0].end_at.timestamp() * 1000), "SuspendedEV"],
            ],
        )
        for number, usage in enumerate(usages(how_many))
    ]  # fmt: skip
    keys = [row.pk for row in ChargingSession.objects.bulk_create(rows, batch_size=1_000)]
    rate_sessions(session_ids=keys[:10], reason=RatingReason.ENDED, actor=None, at=now)
    gc.collect()
    begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
    rating = rate_sessions(session_ids=keys[10:], reason=RatingReason.ENDED, actor=None, at=now)
    spent_s, spent_cpu_s = time.perf_counter() - begun_s, time.process_time() - begun_cpu_s
    if len(rating.written) != how_many - 10:
        raise RuntimeError(f"{len(rating.written)} of {how_many - 10} sessions were rated.")
    return {"per_cpu_second": len(rating.written) / spent_cpu_s, "per_second": len(rating.written) / spent_s}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(rate_stored(int(sys.argv[1]))))
