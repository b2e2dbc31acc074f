"""Whom a certificate lets in: names that two stations share open no door (OCPP 2.0.1 A00)."""

import pytest

from apps.chargers.services.connections import StationCredentials, Trust
from apps.gateway.door import ANOTHERS, MUTUAL_TLS, Admission, Door
from apps.gateway.handshake import ConnectRequest, Refusal
from tests.support.pki import Issued, issue

CA = issue("Charger CA", is_ca=True)
OURS = issue("ChargeNet root", is_ca=True)


def station(pk: int, identity: str, serial_number: str = "", organisation: int = 1) -> StationCredentials:
    return StationCredentials(
        station_id=pk, identity=identity, password_hash="", pending_password_hash="", security_profile=3,
        wanted_security_profile=None, serial_number=serial_number, registration="Accepted", is_lenient=False,
        booted_at=None, is_retired=False, protocol="ocpp1.6", max_power_w=None, heartbeat_interval_s=300,
        provisioning_enabled=True, site_id=1, area_id=None, site_time_zone="UTC", currency="EUR", assumed_protocol="",
        organisation_id=organisation, organisation_slug="voltwerk",
    )  # fmt: skip


async def dial(identity: str, own: Issued, *stations: StationCredentials) -> Admission | Refusal:
    enrolled = {one.identity: one for one in stations}

    async def look_up(wanted: str) -> StationCredentials | None:
        return enrolled.get(wanted)

    door = Door(look_up)
    door.trust = Trust(common=(CA.certificate,), own=(OURS.certificate,))
    request = ConnectRequest(
        identity=identity, organisation_slug="", path=f"/ocpp/{identity}", credentials=None, offered=("ocpp1.6",),
        remote_address="192.0.2.1", is_tls=True, user_agent="", client_certificates=(own.der,),
    )  # fmt: skip
    return await door.admit(request)


@pytest.mark.parametrize("issuer", [CA, OURS], ids=["of chargers", "our own"])
async def test_a_certificate_with_the_identity_lets_the_station_in(issuer):
    admission = await dial("CP1", issue("CP1", issuer=issuer), station(1, "CP1", "SN-1"))
    assert isinstance(admission, Admission)
    assert admission.security_profile == MUTUAL_TLS


async def test_a_manufacturers_certificate_with_the_serial_number_lets_the_station_in():
    assert isinstance(await dial("CP1", issue("SN-1", issuer=CA), station(1, "CP1", "SN-1")), Admission)


async def test_what_our_own_authority_wrote_is_no_serial_number():
    refusal = await dial("CP1", issue("SN-1", issuer=OURS), station(1, "CP1", "SN-1"))
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.reason) == (
        403, "The certificate of the charger belongs to “SN-1”, not to this station.",
    )  # fmt: skip


async def test_a_serial_number_that_is_the_identity_of_another_station_opens_no_door():
    theirs = station(2, "SN-1", organisation=2)
    refusal = await dial("CP1", issue("SN-1", issuer=CA), station(1, "CP1", "SN-1"), theirs)
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.reason) == (403, ANOTHERS)


async def test_a_serial_number_that_is_the_stations_own_identity_lets_it_in():
    assert isinstance(await dial("CP1", issue("CP1", issuer=CA), station(1, "CP1", "CP1")), Admission)
