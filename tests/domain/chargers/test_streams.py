"""Periodic event streams (2.1): how many a station may have."""

import pytest

from apps.chargers.messages.events.streams import Stream, StreamOpened, StreamValuesReported
from apps.chargers.messages.replies import VerdictReply
from apps.chargers.models import PeriodicEventStream, PeriodicEventValue
from apps.chargers.services import streams
from tests.factories.chargers import NOON, OnlineStationFactory, fact_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(monkeypatch):
    monkeypatch.setattr(streams, "MAX_OPEN_STREAMS", 2)
    return OnlineStationFactory(protocol="ocpp2.1")


def send(station, number, value="1"):
    streams.record_stream_values([fact_of(station, StreamValuesReported(number, 0, ((NOON, value),)))])


def known(station) -> list[tuple[int, str]]:
    rows = PeriodicEventStream.objects.filter(station=station).order_by("stream_id")
    return list(rows.values_list("stream_id", "last_value"))


def test_values_of_streams_without_end_make_no_streams_without_end(station):
    for number in range(5):
        send(station, number)
    assert known(station) == [(0, "1"), (1, "1")]
    assert PeriodicEventValue.objects.filter(station_id=station.pk).count() == 5


def test_a_known_stream_goes_on_when_the_station_has_as_many_as_it_may(station):
    for number in range(3):
        send(station, number)
    send(station, 1, "2")
    assert known(station) == [(0, "1"), (1, "2")]


def test_one_stream_too_many_is_refused_and_an_open_one_opened_anew(station):
    def opened(number) -> VerdictReply:
        return streams.open_streams([fact_of(station, StreamOpened(Stream(number, 1)))])[0]

    assert [opened(number) for number in (0, 1, 2, 1)] == [
        VerdictReply(True), VerdictReply(True), streams.TOO_MANY, VerdictReply(True),
    ]  # fmt: skip
