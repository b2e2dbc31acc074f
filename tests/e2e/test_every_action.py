"""Every action of every version, in both directions, through the real server."""

import pytest

from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.simulator.driver import CallError
from tests.conformance import SENDS, SPOKEN, calls_of, not_served_by, served_by
from tests.e2e.minimal import minimal

pytestmark = pytest.mark.server


def schema_of(version: str, action: str, suffix: str | None = None) -> dict:
    return adapter_for(f"ocpp{version}").schemas.inbound_schema(action, suffix)


@pytest.mark.ocpp(None, "every call")
@pytest.mark.parametrize(("version", "action"), [(v, action) for v in SPOKEN for action in calls_of(v)])
async def test_any_call_reaches_the_charger_and_the_whole_answer_comes_back(network, api, version, action):
    request = minimal(schema_of(version, action))
    answer = minimal(schema_of(version, action, "Response"))
    station = network.enrol()
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        charger.on(action, answer)
        row = await api.command(station.identity, action, request)
        assert (row["action"], row["response"], row["error_code"]) == (action, answer, "")
        assert row["state"] in {"accepted", "rejected"}
        assert charger.received(action) == [request]


@pytest.mark.ocpp(None, "served")
@pytest.mark.parametrize(("version", "action"), [(v, a) for v in SPOKEN for a in served_by(v) if a not in SENDS])
async def test_any_request_of_a_charger_is_answered_as_its_schema_says(network, version, action):
    schemas = adapter_for(f"ocpp{version}").schemas
    async with network.dial(network.enrol(), version=version) as charger:
        await charger.boot()
        answer = await charger.call(action, minimal(schema_of(version, action)))
        assert schemas.check_response(action, answer) == ()


@pytest.mark.ocpp(None, "not served")
@pytest.mark.parametrize(("version", "action"), [(v, action) for v in SPOKEN for action in not_served_by(v)])
async def test_what_we_do_not_serve_is_said_to_be_not_supported(network, version, action):
    async with network.dial(network.enrol(), version=version) as charger:
        await charger.boot()
        with pytest.raises(CallError) as refused:
            await charger.call(action, minimal(schema_of(version, action)))
        assert refused.value.code == "NotSupported"
