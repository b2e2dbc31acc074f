"""What only 2.1 stations tell, read by programs."""

from datetime import timedelta

import pytest

from apps.chargers.models import (
    BatterySwap,
    DerControl,
    DerEvent,
    PeriodicEventStream,
    PeriodicEventValue,
    Settlement,
    WebPayment,
)
from apps.core.ids import first_id_at
from tests.api.conftest import rows_of
from tests.factories.chargers import NOON


@pytest.fixture
def told(network):
    """One of everything at the station of Harbour, one stream at Linden Court's."""
    station = network.harbour
    PeriodicEventStream.objects.create(station=station, stream_id=3, last_value="1", is_open=True)
    PeriodicEventStream.objects.create(station=network.linden, stream_id=5, is_open=False)
    for minute, value in enumerate(("a", "b", "c")):
        at = NOON + timedelta(minutes=minute)
        PeriodicEventValue.objects.create(
            id=first_id_at(at), station_id=station.pk, stream_id=3 + minute % 2, at=at, received_at=at, value=value
        )
    DerControl.objects.create(station=station, control_id="C1", control_type="VoltVar", settings={"priority": 0})
    DerEvent.objects.create(station=station, kind="alarm", control="HVMustTrip", occurred_at=NOON, received_at=NOON)
    BatterySwap.objects.create(
        station=station, request_id=4, kind="BatteryIn", evse_number=1, serial_number="B-1", soc_percent=11.5,
        soh_percent=93, token_value="T", token_type="Central",
    )  # fmt: skip
    WebPayment.objects.create(station=station, evse_number=1, timeout_s=120)
    Settlement.objects.create(
        station=station, psp_ref="P1", status="Settled", amount="12.34", currency="EUR", settled_at=NOON
    )
    return station


@pytest.mark.parametrize(
    ("query", "field", "values"),
    [
        ("event-streams/", "stream_id", [5, 3]),
        ("event-streams/?station=CP-harbour", "stream_id", [3]),
        ("event-streams/?is_open=false", "stream_id", [5]),
        ("event-values/?station=CP-harbour", "value", ["c", "b", "a"]),
        ("event-values/?station=CP-harbour&stream=3", "value", ["c", "a"]),
        ("der-controls/?control_type=VoltVar", "settings", [{"priority": 0}]),
        ("der-controls/?control_type=VoltWatt", "settings", []),
        ("der-events/?kind=alarm", "control", ["HVMustTrip"]),
        ("battery-swaps/?serial_number=B-1", "soc_percent", [11.5]),
        ("web-payments/", "timeout_s", [120]),
        ("settlements/?status=Settled", "amount", ["12.340000"]),
    ],
)
def test_lists_are_filtered_newest_first(ada_api, told, query, field, values):
    assert [row[field] for row in rows_of(ada_api.get(f"/api/v1/{query}"))] == values


def test_values_are_read_between_two_instants_of_receipt(ada_api, told):
    after, before = NOON.isoformat(), (NOON + timedelta(minutes=2)).isoformat()

    rows = rows_of(ada_api.get("/api/v1/event-values/", {"station": told.identity, "after": after, "before": before}))

    assert [row["value"] for row in rows] == ["b"]
