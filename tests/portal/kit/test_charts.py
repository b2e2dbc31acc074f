"""Pictures drawn on the server say their values in words and keep inside their box."""

import xml.etree.ElementTree as ET

import pytest

from apps.portal.kit.charts import Bar, Slice, bar_chart, donut, gauge, sparkline, stacked_bar


def parse(picture: str) -> ET.Element:
    """The first SVG of a piece of HTML; malformed XML fails."""
    return ET.fromstring(f"<html>{picture}</html>").find(".//svg")


def words(picture: str) -> str:
    return parse(picture).find("desc").text


def test_bars_are_as_high_as_their_share_of_the_scale():
    svg = parse(bar_chart([Bar("Mon", 40), Bar("Tue", 20), Bar("Wed", 0)], title="Energy", unit="kWh"))
    heights = [float(bar.get("height")) for bar in svg.findall("rect")]
    assert heights == [154.0, 77.0, 0.0]
    assert [text.text for text in svg.findall("text")] == ["kWh", "0", "10", "20", "30", "40", "Mon", "Tue", "Wed"]


@pytest.mark.parametrize(("peak", "top"), [(0, 1), (0.3, 0.3), (7, 8), (41, 60), (99, 100), (1_000_001, 1_500_000)])
def test_the_scale_ends_at_a_round_number_that_holds_the_peak(peak, top):
    svg = parse(bar_chart([Bar("a", peak)], title="t", unit=""))
    labels = [text.text for text in svg.findall("text") if text.get("text-anchor") == "end" and text.text]
    assert float(labels[-1].replace("\u00a0", "")) == top


def test_a_year_of_days_keeps_its_labels_apart():
    svg = parse(bar_chart([Bar(str(day), day) for day in range(365)], title="t", unit="kWh"))
    assert len([text for text in svg.findall("text") if text.get("text-anchor") == "middle"]) == 8


def test_charts_say_their_values_in_words():
    assert words(bar_chart([Bar("10", 1.5, "10:00 to 11:00")], title="t", unit="kWh")) == "10:00 to 11:00: 1.5 kWh"
    assert words(sparkline([1, None, 3, 2], title="t", unit="kW")) == "From 1 kW to 2 kW, at most 3 kW."
    assert words(gauge(82, 100, title="t", unit="kW")) == "82 kW of 100 kW, 82%."
    assert words(gauge(5, None, title="t", unit="kW")) == "5 kW no limit set."
    parts = [Slice("Free", 3, "green"), Slice("Charging", 1)]
    assert words(stacked_bar(parts, title="t")) == "Free 3, Charging 1"
    assert words(donut(parts, title="t")) == "Free 3, Charging 1"


def test_nothing_to_show_is_drawn_without_error():
    assert words(sparkline([], title="t")) == "No values."
    assert words(bar_chart([], title="t", unit="")) == "No values."
    assert words(gauge(0, 0, title="t", unit="kW")) == "0 kW no limit set."
    parse(stacked_bar([], title="t"))
    parse(donut([Slice("Free", 0)], title="t"))


def test_a_gap_in_the_values_is_a_gap_in_the_line():
    assert len(parse(sparkline([1, 2, None, 3, 4], title="t")).findall("line")) == 2


@pytest.mark.parametrize(("value", "colour"), [(79, "cyan"), (80, "orange"), (95, "red"), (150, "red")])
def test_a_gauge_warns_near_its_limit_and_never_leaves_its_track(value, colour):
    arc = parse(gauge(value, 100, title="t", unit="kW")).findall("path")[1]
    assert f"cn-line-{colour}" in arc.get("class")
    end_x = float(arc.get("d").split()[-2])
    assert 14 <= end_x <= 146


def test_labels_are_escaped():
    for picture in (
        bar_chart([Bar("<i>", 1, '"<b>')], title="<t>", unit="<u>"),
        donut([Slice("<i>", 1)], title="<t>", middle="<m>"),
        stacked_bar([Slice("<i>", 1)], title="<t>"),
        sparkline([1], title="<t>", unit="<u>"),
        gauge(1, 2, title="<t>", unit="<u>"),
    ):
        assert "<i>" not in picture
        assert "<t>" not in picture
        parse(picture)
