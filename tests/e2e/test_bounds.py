"""A station that tells without end, through the real server: it is answered, kept to its bounds, and shown."""

import pytest

from apps.chargers.models import DerControl, DeviceVariable, StationDeviation, VariableMonitor
from apps.chargers.services import der, monitors, variables

pytestmark = pytest.mark.server
T = "2026-03-01T11:59:00Z"
PER_PART = 1_000


def parts(count):
    """``(seqNo, numbers, tbc)`` of a report on ``count`` things."""
    starts = range(0, count, PER_PART)
    return [(seq_no, range(start, min(start + PER_PART, count)), start + PER_PART < count)
            for seq_no, start in enumerate(starts)]  # fmt: skip


async def test_variables_monitors_and_controls_without_end_fill_no_database(network):
    station = network.enrol()
    async with network.dial(station, version="2.1") as charger:
        await charger.boot()
        for seq_no, numbers, tbc in parts(variables.BOUND.most + 1_500):
            told = [{"component": {"name": "Flood"}, "variable": {"name": f"V{number}"},
                     "variableAttribute": [{"value": "1"}]} for number in numbers]  # fmt: skip
            payload = {"requestId": 1, "generatedAt": T, "seqNo": seq_no, "tbc": tbc, "reportData": told}
            assert await charger.call("NotifyReport", payload) == {}
        for seq_no, numbers, tbc in parts(monitors.BOUND.most + 10):
            told = [{"component": {"name": "Flood"}, "variable": {"name": "V1"}, "variableMonitoring": [
                {"id": number, "transaction": False, "value": 1, "type": "UpperThreshold", "severity": 9,
                 "eventNotificationType": "CustomMonitor"}]} for number in numbers]  # fmt: skip
            payload = {"requestId": 1, "generatedAt": T, "seqNo": seq_no, "tbc": tbc, "monitor": told}
            assert await charger.call("NotifyMonitoringReport", payload) == {}
        curve = {"curveData": [{"x": 1, "y": 2}], "priority": 0, "yUnit": "PctMaxW"}
        for start in range(0, der.BOUND.most + 24, 24):
            told = [{"id": f"c{start + number}", "curveType": "VoltWatt", "isDefault": False, "isSuperseded": False,
                     "curve": curve} for number in range(24)]  # fmt: skip
            payload = {"requestId": 1, "tbc": False, "curve": told}
            assert await charger.call("ReportDERControl", payload) == {}
        assert "currentTime" in await charger.heartbeat()

    def count(model) -> int:
        return network.database.do(lambda: model.objects.filter(station=station).count())

    assert count(DeviceVariable) == variables.BOUND.most
    assert count(VariableMonitor) == monitors.BOUND.most
    assert count(DerControl) == der.BOUND.most
    counts = {row.code: row.count for row in network.rows(StationDeviation.objects.filter(station=station))}
    assert {code: seen for code, seen in counts.items() if code.startswith("too-many-")} == {
        "too-many-variables": 1_500, "too-many-monitors": 10, "too-many-der-controls": 28,
    }  # fmt: skip
