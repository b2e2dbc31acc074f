"""A charger that is brought from profile 1 to 2 over the wire, in each version (case 18: TC_083, TC_A_19)."""

from datetime import UTC, datetime

import pytest

from apps.chargers.choices import CommandOrigin
from apps.chargers.models import NetworkProfile, SecurityProfileChange, StationConnection
from apps.chargers.services.security.passwords import tell_new_password
from apps.chargers.services.security.profile_change import Target, raise_security_profile
from apps.core import outbox
from apps.gateway.simulator.driver import ConnectionRefused
from tests.gateway.conftest import PASSWORD, connected
from tests.gateway.test_tls import secured, secured_server
from tests.support.waiting import eventually

__all__ = ["secured", "secured_server"]
pytestmark = pytest.mark.server


def begin(secured, station) -> SecurityProfileChange:
    return raise_security_profile(
        station=station, target=Target(2, secured.url), actor=None, origin=CommandOrigin.PORTAL, at=datetime.now(UTC)
    )


async def ended(secured, change) -> SecurityProfileChange:
    """The change once it has ended; the outbox is relayed meanwhile, as a worker does."""

    def look() -> SecurityProfileChange | None:
        def relay_and_read():
            outbox.relay()
            return SecurityProfileChange.objects.get(pk=change.pk)

        row = secured.place.database.do(relay_and_read)
        return row if row.ended_at else None

    return await eventually(look, within_s=30, what="the end of the change")


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_charger_comes_back_with_profile_2_and_is_held_to_it(secured, version):
    station = secured.place.enrol(security_profile=1, protocol=f"ocpp{version}")
    charger = secured.place.dial(station, version=version)
    charger.station.secure_url, charger.station.tls = secured.url, secured.context()
    plain_url = charger.station.url
    async with connected([charger], boot=True):
        change = secured.place.database.do(lambda: begin(secured, station))
        done = await ended(secured, change)
        assert (done.state, done.profile_before, done.profile_wanted) == ("done", 1, 2)
        row = secured.place.database.do(lambda: StationConnection.objects.get(station=station))
        assert (row.is_tls, row.security_profile) == (True, 2)
        assert secured.place.reload(station).security_profile == 2

        await charger.go_offline()
        charger.station.url = plain_url
        with pytest.raises(ConnectionRefused) as refused:
            await charger.connect()
        assert refused.value.http_status == 403
    if version == "2.0.1":
        kept = secured.place.database.do(lambda: NetworkProfile.objects.get(station=station))
        assert (kept.slot, kept.url, kept.security_profile) == (1, secured.url, 2)


async def test_a_charger_that_comes_back_on_its_old_profile_ends_the_change_and_may_stay(secured):
    station = secured.place.enrol(security_profile=1, protocol="ocpp1.6")
    charger = secured.place.dial(station)
    async with connected([charger], boot=True):
        done = await ended(secured, secured.place.database.do(lambda: begin(secured, station)))
        assert done.state == "failed"
        assert "it restarted and came back with profile 1" in done.explanation
        assert charger.connected
        assert secured.place.reload(station).wanted_security_profile is None


async def test_a_refusal_ends_the_change_with_the_chargers_word(secured):
    station = secured.place.enrol(security_profile=1, protocol="ocpp2.0.1")
    charger = secured.place.dial(station, version="2.0.1")
    charger.on("SetNetworkProfile", {"status": "Failed"})
    async with connected([charger], boot=True):
        done = await ended(secured, secured.place.database.do(lambda: begin(secured, station)))
        assert (done.state, done.words) == ("failed", "Failed")


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_new_password_is_taken_and_the_old_one_refused(secured, version):
    station = secured.place.enrol(protocol=f"ocpp{version}")
    charger = secured.place.dial(station, version=version)

    def tell():
        return tell_new_password(
            station=station,
            actor=None,
            origin=CommandOrigin.PORTAL,
            at=datetime.now(UTC),
            password="the-new-password-0",
        )

    async with connected([charger], boot=True):
        command = secured.place.database.do(tell).command
        await eventually(lambda: secured.place.reload(command).state == "accepted", what="the charger's yes")
        await charger.go_offline()
        await charger.reconnect()
        await charger.go_offline()
        charger.station.password = PASSWORD
        with pytest.raises(ConnectionRefused) as refused:
            await charger.connect()
        assert refused.value.http_status == 401
