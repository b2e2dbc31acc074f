"""Drivers hear when a session has ended, and when a month comes near to what they mean to spend."""

from datetime import date, datetime
from decimal import Decimal

from apps.drivers.choices import NoticeKind
from apps.drivers.models import DriverSettings
from apps.drivers.services.notices import tell_driver
from apps.sessions.models import ChargeDetailRecord

WARN_AT_PERCENT = (80, 100)


def tell_of_session(*, cdr_id: int, at: datetime) -> None:
    """What a rated session means to its driver: a mail if wished, a warning if the month's budget is near or spent."""
    rows = ChargeDetailRecord.objects.select_related("driver__user", "site")
    cdr = rows.filter(pk=cdr_id, is_current=True, driver__isnull=False).first()
    if cdr is None:
        return
    settings = DriverSettings.objects.filter(driver_id=cdr.driver_id).first() or DriverSettings(driver=cdr.driver)
    if settings.mails_session_end:
        energy_kwh = Decimal(cdr.energy_wh) / 1000
        text = f"{energy_kwh:.2f} kWh at {cdr.site} for {cdr.gross:.2f} {cdr.currency}, tax included."
        tell_driver(
            driver=cdr.driver, kind=NoticeKind.SESSION, key=f"session:{cdr.session_id}",
            subject=f"Charged {energy_kwh:.2f} kWh at {cdr.site}", text=text, at=at, by_mail=True,
        )  # fmt: skip
    if settings.monthly_budget:
        _warn(cdr, settings.monthly_budget, at)


def spent_in_month(*, driver_id: int, first_day: date, currency: str) -> Decimal:
    """What the driver's sessions cost that ended in the month of ``first_day``, gross, to the cent."""
    rows = ChargeDetailRecord.objects.current().filter(driver_id=driver_id, currency=currency)
    amounts = rows.filter(end_date__gte=first_day, end_date__lt=_next_month(first_day)).values_list("gross", flat=True)
    return sum(amounts, Decimal(0)).quantize(Decimal("0.01"))


def _warn(cdr: ChargeDetailRecord, budget: Decimal, at: datetime) -> None:
    first_day = cdr.end_date.replace(day=1)
    spent = spent_in_month(driver_id=cdr.driver_id, first_day=first_day, currency=cdr.currency)
    reached = [percent for percent in WARN_AT_PERCENT if spent * 100 >= budget * percent]
    if not reached:
        return
    percent = reached[-1]
    how = "is spent" if percent == 100 else f"is spent to {percent} %"
    tell_driver(
        driver=cdr.driver, kind=NoticeKind.BUDGET, key=f"budget:{first_day:%Y-%m}:{percent}",
        subject=f"Your charging budget of {first_day:%B} {how}",
        text=f"You have charged for {spent:.2f} {cdr.currency} in {first_day:%B %Y}; your budget is {budget:.2f}. "
        "Charging goes on: the budget only tells you.",
        at=at, by_mail=True,
    )  # fmt: skip


def _next_month(first_day: date) -> date:
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)
