"""Days on which TARGET2, the settlement system behind SEPA, works (European Central Bank)."""

from datetime import date, timedelta

_DAY = timedelta(days=1)
_FIXED_HOLIDAYS = frozenset(((1, 1), (5, 1), (12, 25), (12, 26)))


def is_business_day(day: date) -> bool:
    """Not at weekends, New Year, Good Friday, Easter Monday, Labour Day, Christmas and the day after."""
    if day.weekday() >= 5 or (day.month, day.day) in _FIXED_HOLIDAYS:
        return False
    return (day - easter_sunday(day.year)).days not in (-2, 1)


def business_day_from(day: date) -> date:
    """``day``, or the first business day after it."""
    while not is_business_day(day):
        day += _DAY
    return day


def add_business_days(day: date, count: int) -> date:
    """The ``count``-th business day after ``day``."""
    for _ in range(count):
        day = business_day_from(day + _DAY)
    return day


def easter_sunday(year: int) -> date:
    """Gregorian (the algorithm of Meeus, Jones and Butcher)."""
    golden, (century, of_century) = year % 19, divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, year_rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - moon - year_rest) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
