"""Local lists and questions about customers, through real sockets: from a changed card to a start offline."""

from datetime import UTC, datetime

import pytest

from apps.chargers.choices import CommandOrigin
from apps.core import outbox
from apps.drivers.choices import InformationState, ListState
from apps.drivers.models import CustomerInformation, LocalList
from apps.drivers.services.customer_information import ask_customer_information
from apps.drivers.services.local_lists.by_hand import send_full
from apps.drivers.services.local_lists.marking import sweep_lists
from apps.drivers.services.local_lists.steps import send_due_lists
from apps.drivers.services.tokens import block_token
from apps.sessions.models import ChargingSession
from tests.e2e.network import CARD
from tests.factories.drivers import IdTokenFactory
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
EACH_VERSION = pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
IN_2 = pytest.mark.parametrize("version", ["2.0.1", "2.1"])
FIELD = {"1.6": "listVersion"}


async def find_list(network, station):
    """Wait until the station, asked for its variables after the boot, said that its list is on."""

    def found() -> bool:
        sweep_lists(at=datetime.now(UTC))
        return LocalList.objects.filter(station=station).exists()

    await eventually(lambda: network.database.do(found), what="a list that is kept")


async def in_state(network, station, state=ListState.IN_STEP) -> LocalList:
    """The list of the station once it is in ``state``; every look takes the steps that the task would take."""

    def look() -> LocalList | None:
        while outbox.relay():
            pass
        LocalList.objects.filter(station=station).exclude(due_at=None).update(due_at=datetime.now(UTC))
        row = LocalList.objects.get(station=station)
        if row.state == state and not row.entries.out_of_step().exists():
            return row
        send_due_lists(at=datetime.now(UTC))
        return None

    return await eventually(lambda: network.database.do(look), what=f"a list that is {state}")


@EACH_VERSION
@pytest.mark.ocpp(None, "GetLocalListVersion", "SendLocalList")
async def test_a_station_gets_its_list_and_follows_every_change(network, version):
    station = network.enrol(provisioning_enabled=True)
    rita = network.database.do(lambda: IdTokenFactory(organisation=network.site.organisation, parent_group="FLAT"))
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        await find_list(network, station)
        row = await in_state(network, station)
        held = charger.station.local_list
        assert (held.version, held.status_of(CARD), held.status_of(rita.value)) == (row.version, "Accepted", "Accepted")
        assert held.tokens[rita.key].group == "FLAT"
        network.database.do(lambda: block_token(token=rita, actor=network.operator))
        network.database.do(lambda: LocalList.objects.filter(station=station).update(state=ListState.OUT_OF_STEP))
        row = await in_state(network, station)
        assert (held.version, held.status_of(rita.value)) == (row.version, "Blocked")
        kinds = [payload["updateType"] for payload in charger.received("SendLocalList")]
        assert kinds == ["Full", "Differential"]
        assert all(payload[FIELD.get(version, "versionNumber")] > 0 for payload in charger.received("SendLocalList"))


@EACH_VERSION
async def test_offline_the_list_decides_who_charges_and_who_may_stop(network, version):
    station = network.enrol()
    organisation = network.site.organisation
    rita, flatmate, blocked = network.database.do(
        lambda: [
            IdTokenFactory(organisation=organisation, parent_group="FLAT"),
            IdTokenFactory(organisation=organisation, parent_group="FLAT"),
            IdTokenFactory(organisation=organisation, status="blocked"),
        ]
    )
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        network.database.do(
            lambda: send_full(
                station=station, actor=network.operator, origin=CommandOrigin.PORTAL, at=datetime.now(UTC)
            )
        )
        await in_state(network, station)
        assert len(charger.received("SendLocalList")) == 1, "nothing more than was asked for"
        await charger.go_offline()
        assert await charger.present(blocked.value) == "Blocked"
        assert charger.evse().transaction is None
        assert await charger.present(rita.value.lower()) == "Accepted"
        assert charger.evse().transaction is not None
        assert await charger.present(flatmate.value) == "Accepted"
        assert charger.evse().transaction is None
        await charger.reconnect()
    (session,) = network.rows(ChargingSession.objects.filter(station=station))
    assert (session.id_token_id, session.is_billable) == (rita.pk, True)
    assert session.flags == ([] if version == "1.6" else ["offline"])


@EACH_VERSION
async def test_a_list_that_somebody_else_wrote_is_found_and_written_again(network, version):
    station = network.enrol(provisioning_enabled=True)
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        await find_list(network, station)
        await in_state(network, station)
        charger.station.local_list.version, charger.station.local_list.tokens = 77, {}
        network.database.do(
            lambda: LocalList.objects.filter(station=station).update(must_be_read=True, state="sending")
        )
        row = await in_state(network, station)
        assert row.version == charger.station.local_list.version == 78
        assert charger.station.local_list.status_of(CARD) == "Accepted"


@EACH_VERSION
async def test_a_raw_list_of_a_program_is_known_afterwards(network, api, version):
    station = network.enrol()
    entry = {"idTag": "RAW-1", "idTagInfo": {"status": "Accepted"}}
    payload = {"listVersion": 5, "updateType": "Full", "localAuthorizationList": [entry]}
    if version != "1.6":
        entry = {"idToken": {"idToken": "RAW-1", "type": "Central"}, "idTokenInfo": {"status": "Accepted"}}
        payload = {"versionNumber": 5, "updateType": "Full", "localAuthorizationList": [entry]}
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        await api.command(station.identity, "SendLocalList", payload)
    (row,) = network.rows(LocalList.objects.filter(station=station))
    assert (row.version, row.held_count, row.state) == (5, 1, ListState.BY_HAND)


@EACH_VERSION
@pytest.mark.parametrize("answer", ["Failed", "VersionMismatch", "NotSupported"])
async def test_a_list_that_was_not_accepted_is_not_believed(network, api, version, answer):
    if version != "1.6" and answer == "NotSupported":
        pytest.skip("2.x has no such word")
    station = network.enrol()
    number = FIELD.get(version, "versionNumber")
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        charger.on("SendLocalList", {"status": answer})
        row = await api.command(station.identity, "SendLocalList", {number: 5, "updateType": "Full"})
    assert (row["state"], row["status_word"]) == ("rejected", answer)
    (row,) = network.rows(LocalList.objects.filter(station=station))
    assert (row.version, row.held_count) == (None, 0)


def ask(network, station, **question):
    return network.database.do(
        lambda: ask_customer_information(
            station=station, actor=network.operator, origin=CommandOrigin.PORTAL, at=datetime.now(UTC), **question
        )
    )


async def answered(network, row, state=InformationState.DONE) -> CustomerInformation:
    def found():
        now = network.database.do(lambda: CustomerInformation.objects.get(pk=row.pk))
        return now if now.state == state else None

    return await eventually(found, what=f"an answer that is {state}")


@IN_2
@pytest.mark.ocpp(None, "CustomerInformation", "NotifyCustomerInformation")
async def test_what_a_station_knows_of_a_customer_is_told_in_parts_and_read_as_one(network, version):
    station = network.enrol()
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        charger.station.customers["Rita"] = "Rita charged. " * 100
        row = ask(network, station, report=True, clear=False, customer_identifier="Rita")
        done = await answered(network, row)
        assert (done.text, done.status_word) == ("Rita charged. " * 100, "Accepted")
        assert len(charger.sent("NotifyCustomerInformation")) == 3


@IN_2
@pytest.mark.ocpp(None, "CustomerInformation")
async def test_a_card_that_a_station_forgets_leaves_its_local_list_too(network, version):
    station = network.enrol()
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        network.database.do(
            lambda: send_full(
                station=station, actor=network.operator, origin=CommandOrigin.PORTAL, at=datetime.now(UTC)
            )
        )
        await in_state(network, station)
        assert charger.station.local_list.status_of(CARD) == "Accepted"
        row = ask(network, station, report=False, clear=True, id_token=CARD)
        await answered(network, row)
        await charger.wait_until(lambda: len(charger.received("SendLocalList")) == 2)
        removal = charger.received("SendLocalList")[1]
        assert removal["updateType"] == "Differential"
        assert removal["localAuthorizationList"] == [{"idToken": {"idToken": CARD, "type": "ISO14443"}}]
        await eventually(lambda: charger.station.local_list.status_of(CARD) is None, what="the removal")


@IN_2
@pytest.mark.parametrize("word", ["Invalid", "Rejected"])
async def test_a_station_that_tells_nothing_says_why(network, version, word):
    station = network.enrol()
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        charger.on("CustomerInformation", {"status": word})
        row = ask(network, station, report=True, clear=True, id_token=CARD)
        refused = await answered(network, row, InformationState.REFUSED)
        assert refused.status_word == word
        assert charger.received("SendLocalList") == []


@EACH_VERSION
@pytest.mark.parametrize("word", ["Accepted", "Rejected"])
@pytest.mark.ocpp(None, "ClearCache")
async def test_the_word_about_a_cleared_cache_is_shown(network, api, version, word):
    station = network.enrol()
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        charger.on("ClearCache", {"status": word})
        row = await api.command(station.identity, "ClearCache", {})
    assert (row["state"], row["status_word"]) == (word.lower(), word)
