"""Numbers, times and names on a screen."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.core.choices import ColouredChoices
from apps.portal.kit import format as fmt
from apps.portal.kit.html import UnknownIcon, badge, icon, quantity, since


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (-5, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 00 s"),
        (3_599, "59 min 59 s"),
        (3_600, "1 h 00 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d 00 h"),
        (100 * 86_400 + 7_200, "100 d 02 h"),
    ],
)
def test_durations_read_in_the_two_units_that_fit(seconds, words):
    assert fmt.duration(seconds).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("12.3"), "EUR", "12.30 EUR"),
        (Decimal("0.005"), "EUR", "0.01 EUR"),
        (Decimal("-1234.5"), "EUR", "-1 234.50 EUR"),
        (Decimal("1234.5"), "JPY", "1 235 JPY"),
        (Decimal(1), "KWD", "1.000 KWD"),
        (None, "EUR", "–"),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount, currency, text):
    assert fmt.money(amount, currency).replace("\u00a0", " ") == text


def test_energy_and_power_are_shown_in_kilo():
    assert (fmt.kwh(12_345), fmt.kwh(0), fmt.kwh(None)) == ("12.35", "0.00", "–")
    assert (fmt.kw(11_040), fmt.kw(1_234_567, 0)) == ("11.0", "1\u00a0235")


def test_a_moment_is_shown_at_the_place_with_its_zone():
    at = datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC)
    assert fmt.local_time(at, "Europe/Vienna") == "01 Jul 2026 12:00:05"
    assert fmt.local_time_with_zone(at, "Europe/Vienna") == "01 Jul 2026 12:00:05 CEST (Europe/Vienna)"
    assert fmt.local_time_with_zone(at, "Mars/Olympus") == "01 Jul 2026 10:00:05 UTC (UTC)"


def test_how_long_ago_carries_the_exact_moment(time_machine):
    time_machine.move_to(datetime(2026, 7, 1, 10, 1, 15, tzinfo=UTC), tick=False)
    shown = since(datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC), "Europe/Vienna").replace("\u00a0", " ")
    assert shown == (
        '<time class="cn-time" datetime="2026-07-01T10:00:05+00:00" '
        'title="01 Jul 2026 12:00:05 CEST (Europe/Vienna)" data-since>1 min 10 s ago</time>'
    )


class Lamp(ColouredChoices):
    ON = "on", "green", "bulb", "Switched <on>"


def test_a_badge_has_icon_label_and_colour_and_escapes_what_it_is_given():
    shown = badge(Lamp.ON)
    assert shown.startswith('<span class="cn-badge cn-green"><svg')
    assert shown.endswith("Switched &lt;on&gt;</span>")
    assert badge("<b>").endswith("&lt;b&gt;</span>")
    assert "none" in badge(None)
    assert quantity("1<", "k<W") == '<span class="cn-quantity">1&lt;\u00a0<span class="cn-unit">k&lt;W</span></span>'


def test_an_icon_that_is_not_vendored_is_a_clear_error():
    with pytest.raises(UnknownIcon, match="no-such-icon"):
        icon("no-such-icon")


def all_choices(base=ColouredChoices):
    for choices in base.__subclasses__():
        yield choices
        yield from all_choices(choices)


def test_every_icon_and_colour_of_the_product_exists():
    from apps.portal.navigation import NAVIGATION

    for item in NAVIGATION:
        assert icon(item.icon)
    for choices in all_choices():
        for member in choices:
            assert icon(member.icon)
            assert "cn-secondary" not in badge(member) or member.colour == "secondary"
