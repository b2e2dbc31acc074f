"""``python -m tests.benchmarks.billing [RESIDENTS …]``: a simulated month from raw sessions to numbered invoices.

On the database of ``DATABASE_URL``, which must be empty, or without one on SQLite. Each resident charges eight times.
Prints JSON per size: seconds and queries of each step, invoices per second of numbers with books, queries per invoice,
and the slope between the last two sizes in milliseconds per resident with what it makes of 100,000. Sizes add up: run
it with, say, ``200 1000 10000``.
"""

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

SESSIONS_EACH = 8
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)


class Steps:
    """Wall seconds, CPU seconds of this process and queries by name of the step."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, float]] = {}

    def take(self, name: str, function):
        from django.db import connection

        count = [0]

        def watch(execute, sql, params, many, context):
            count[0] += 1
            return execute(sql, params, many, context)

        wall_s, cpu_s = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(watch):
            result = function()
        step = self.found.setdefault(name, {"wall_s": 0.0, "cpu_s": 0.0, "queries": 0})
        step["wall_s"] += time.perf_counter() - wall_s
        step["cpu_s"] += time.process_time() - cpu_s
        step["queries"] += count[0]
        return result


def make_place():
    """A site with one station, a tariff, an issuer."""
    from tests.factories.billing import SiteTermsFactory
    from tests.factories.chargers import StationFactory
    from tests.factories.tariffs import tariff_at

    station = StationFactory(site__time_zone="Europe/Berlin")
    terms = SiteTermsFactory(site=station.site)
    return station, tariff_at(station.site, per_kwh="0.45", vat="19"), terms.issuer


def make_residents(how_many: int, station, tariff, *, name: str) -> list[int]:
    """Accounts, drivers and ended sessions that nobody rated yet; the keys of the sessions."""
    from apps.drivers.models import BillingAccount, Driver
    from apps.sessions.models import ChargingSession

    organisation = station.site.organisation
    accounts = BillingAccount.objects.bulk_create(
        BillingAccount(organisation=organisation, number=f"{name}{n}", name=f"Resident {n}", home_site=station.site)
        for n in range(how_many)
    )
    drivers = Driver.objects.bulk_create(
        Driver(organisation=organisation, name=account.name, account=account) for account in accounts
    )
    start = datetime(2026, 3, 1, 17, tzinfo=UTC)
    sessions = (
        ChargingSession(
            site=station.site, station=station, evse_number=1, connector_number=1, transaction_id=f"{name}-{n}-{k}",
            protocol="ocpp1.6", state="ended", is_billable=True, driver=driver, tariff_version=tariff, currency="EUR",
            started_at=start + timedelta(days=3 * k, minutes=n % 600), energy_wh=7_000 + n % 30_000,
            ended_at=start + timedelta(days=3 * k, hours=4, minutes=n % 600),
        )
        for n, driver in enumerate(drivers)
        for k in range(SESSIONS_EACH)
    )  # fmt: skip
    return [session.pk for session in ChargingSession.objects.bulk_create(sessions, batch_size=2_000)]


def bill_month(how_many: int, number: int, place) -> dict:
    """One size: an issuer's month, each size a month of its own so that the tables grow."""
    from apps.invoicing.models import BilledSession, Invoice, LedgerEntry
    from apps.invoicing.services import inner_stages, stages
    from apps.invoicing.services.periods import open_month
    from apps.invoicing.services.runs import approve_run, start_run
    from apps.sessions.choices import RatingReason
    from apps.sessions.services.rating import rate_sessions

    station, tariff, issuer = place
    sessions = make_residents(how_many, station, tariff, name=f"S{number}x")
    steps = Steps()
    steps.take("rate", lambda: rate_sessions(session_ids=sessions, reason=RatingReason.ENDED, actor=None, at=NOW))
    period = open_month(issuer=issuer, month=date(2026, 3, 1), actor=None)
    run = start_run(period=period, is_dry=False, actor=None, at=NOW)
    names = {"selected": "look again", "rated": "draft", "drafted": "check", "checked": "finalise and book"}
    done = stages._do

    def timed(run, stage, at):
        return steps.take(names.get(stage, "after"), lambda: done(run, stage, at))

    stages._do = timed
    try:
        steps.take("select", lambda: stages.work(at=NOW, run_id=run.pk))
        while stages.work(at=NOW, run_id=run.pk):
            pass
        approve_run(run=run, issued_on=NOW.date(), actor=None, at=NOW)
        while run.items.filter(stage="checked", problem_code="").exists():
            run.refresh_from_db()
            timed(run, inner_stages.ItemStage.CHECKED, NOW)
    finally:
        stages._do = done
        run.items.update(stage="collected")
        type(run).objects.filter(pk=run.pk).update(state="done")
    invoices = Invoice.objects.filter(item__run=run)
    numbers = sorted(invoices.values_list("sequence", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + how_many)), "numbers have gaps"
    assert BilledSession.objects.filter(invoice__in=invoices).count() == how_many * SESSIONS_EACH
    owed = sum(LedgerEntry.objects.filter(invoice__in=invoices).values_list("amount", flat=True), Decimal(0))
    assert owed == sum(invoices.values_list("payable", flat=True), Decimal(0)), "the books differ from the invoices"
    issued = steps.found["finalise and book"]
    total_s = sum(step["wall_s"] for step in steps.found.values())
    return {
        "residents": how_many,
        "sessions": how_many * SESSIONS_EACH,
        "seconds": round(total_s, 2),
        "cpu_s": round(sum(step["cpu_s"] for step in steps.found.values()), 2),
        "finalised_per_s": round(how_many / issued["wall_s"]),
        "finalised_per_cpu_s": round(how_many / issued["cpu_s"]),
        "rated_per_s": round(how_many * SESSIONS_EACH / steps.found["rate"]["wall_s"]),
        "queries_per_invoice": round(sum(step["queries"] for step in steps.found.values()) / how_many, 3),
        "steps": {name: {key: round(value, 3) for key, value in step.items()} for name, step in steps.found.items()},
    }


def main(sizes: list[int]) -> None:
    place = make_place()
    found = []
    for number, how_many in enumerate(sizes):
        found.append(bill_month(how_many, number, place))
        print(json.dumps(found[-1]), flush=True)
    if len(found) > 1:
        first, last = found[-2:]
        slope_ms = 1_000 * (last["seconds"] - first["seconds"]) / (last["residents"] - first["residents"])
        print(json.dumps({"ms_per_resident": round(slope_ms, 3), "minutes_for_100000": round(slope_ms * 100 / 60, 1)}))


if __name__ == "__main__":
    import django

    django.setup()
    main([int(size) for size in sys.argv[1:]] or [50, 200])
