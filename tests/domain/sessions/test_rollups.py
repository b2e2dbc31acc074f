"""Roll-ups: true whatever arrives late, the same however often they are made."""

from datetime import timedelta

import pytest

from apps.sessions.models import MeterRollup
from apps.sessions.services.metering import record_meter_values
from apps.sessions.services.rollups import roll_up_new_values
from tests.factories.chargers import NOON, StationFactory, fact_of
from tests.factories.sessions import values

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def station():
    return StationFactory()


def tell(station, at, received_at=None, **measured):
    record_meter_values([fact_of(station, values(at, **measured), received_at or at)])


def rollups(resolution_s):
    fields = ("start_at", "samples", "energy_last_wh", "power_avg_w", "power_max_w", "soc_last_percent")
    return list(MeterRollup.objects.filter(resolution_s=resolution_s).order_by("start_at").values_list(*fields))


def test_a_minute_and_a_quarter_hold_what_was_measured_in_them(station):
    tell(station, NOON, energy_wh=100, power_w=1000, soc_percent=50.0, current_a=(10.0, 12.5, None))
    tell(station, NOON + 59 * SECOND, energy_wh=110, power_w=2000, soc_percent=51.0, voltage_v=(230.0, None, None))
    tell(station, NOON + 60 * SECOND, energy_wh=120, power_w=4000)
    roll_up_new_values(at=NOON + 90 * SECOND)
    assert rollups(60) == [(NOON, 2, 110, 1500, 2000, 51.0), (NOON + 60 * SECOND, 1, 120, 4000, 4000, None)]
    assert rollups(900) == [(NOON, 3, 120, 2333, 4000, 51.0)]
    minute = MeterRollup.objects.get(resolution_s=60, start_at=NOON)
    assert (minute.current_max_a, minute.voltage_avg_v) == (12.5, 230.0)


def test_a_late_value_corrects_its_bucket(station):
    tell(station, NOON, energy_wh=100, power_w=1000)
    roll_up_new_values(at=NOON + 30 * SECOND)
    tell(station, NOON + 10 * SECOND, NOON + timedelta(hours=5), energy_wh=105, power_w=3000)
    roll_up_new_values(at=NOON + timedelta(hours=5, seconds=30))
    assert rollups(60) == [(NOON, 2, 105, 2000, 3000, None)]


def test_doing_it_again_changes_nothing(station):
    tell(station, NOON, energy_wh=100, power_w=1000)
    roll_up_new_values(at=NOON + 30 * SECOND)
    before = rollups(60), rollups(900)
    roll_up_new_values(at=NOON + 60 * SECOND)
    assert (rollups(60), rollups(900)) == before


def test_stations_and_evses_are_kept_apart(station):
    tell(station, NOON, power_w=1000)
    tell(station, NOON, evse=2, power_w=2000)
    tell(StationFactory(), NOON, power_w=3000)
    roll_up_new_values(at=NOON + SECOND)
    assert sorted(MeterRollup.objects.filter(resolution_s=60).values_list("power_max_w", flat=True)) == [
        1000,
        2000,
        3000,
    ]
