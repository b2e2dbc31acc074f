"""Every state of a card, in each version, online and offline, at start and at stop: through real sockets."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.models import DeviceVariable
from apps.drivers.models import IdToken
from apps.sessions.models import ChargingSession
from apps.sites.choices import AccessPolicy
from apps.sites.models import Site
from tests.factories.drivers import AccessRuleFactory, DriverFactory, DriverGroupFactory, IdTokenFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.server
VERSIONS = ["1.6", "2.0.1", "2.1"]
_numbers = itertools.count(1)


@dataclass
class Case:
    """What is the matter with the card, and what each version hears of it."""

    name: str
    word: str
    in_16: str = "Invalid"
    token: dict = field(default_factory=dict)
    driver: dict = field(default_factory=dict)
    rule: dict | None = None
    charges_elsewhere: bool = False
    has_had_wh: int = 0

    @property
    def is_accepted(self) -> bool:
        return self.word == "Accepted"


PAST, FUTURE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
CASES = [
    Case("good", "Accepted", "Accepted"),
    Case("good for a while", "Accepted", "Accepted", token={"expires_at": FUTURE}),
    Case("of a group", "Accepted", "Accepted", token={"parent_group": "FLAT-3"}),
    Case("master pass", "Accepted", "Accepted", token={"is_master_pass": True}),
    Case("blocked", "Blocked", "Blocked", token={"status": "blocked"}),
    Case("lost", "Blocked", "Blocked", token={"status": "lost"}),
    Case("expired", "Expired", "Expired", token={"expires_at": PAST}),
    Case("driver left", "Blocked", "Blocked", driver={"left_at": PAST}),
    Case("no rule", "NotAtThisLocation", rule={"group": "of others"}),
    Case("admitted by rule", "Accepted", "Accepted", rule={}),
    Case("not at this kind of EVSE", "NotAllowedTypeEVSE", rule={"current": "dc"}),
    Case("charging elsewhere, once allowed", "ConcurrentTx", "ConcurrentTx", token={"allows_concurrent": False},
         charges_elsewhere=True),
    Case("charging elsewhere, driver limited", "ConcurrentTx", "ConcurrentTx", driver={"max_sessions": 1},
         charges_elsewhere=True),
    Case("charging elsewhere, twice allowed", "Accepted", "Accepted", driver={"max_sessions": 2},
         charges_elsewhere=True),
    Case("out of energy", "NoCredit", "Blocked", driver={"energy_limit_wh": 5000}, has_had_wh=5000),
    Case("energy left", "Accepted", "Accepted", driver={"energy_limit_wh": 5001}, has_had_wh=5000),
]  # fmt: skip


@dataclass
class Holder:
    """A card at a station of a site of its own."""

    card: str
    station: object
    token: IdToken


def hand_out(network, case) -> Holder:
    """The card of the case, and a station where it is presented."""

    def make():
        number = next(_numbers)
        organisation = network.site.organisation
        site = Site.objects.create(organisation=organisation, name=f"Cards {number}")
        driver = DriverFactory(organisation=organisation, **case.driver)
        token = IdTokenFactory(organisation=organisation, driver=driver, value=f"Card-{number}", **case.token)
        if case.rule is not None:
            site.access_policy = AccessPolicy.BY_RULE
            site.save()
            rule = dict(case.rule)
            if rule.pop("group", None):
                rule["group"] = DriverGroupFactory(organisation=organisation)
            AccessRuleFactory(site=site, **rule)
        if case.charges_elsewhere:
            SessionFactory(station__site=site, id_token=token, driver=driver, is_billable=True)
        if case.has_had_wh:
            SessionFactory(
                station__site=site, id_token=token, driver=driver, is_billable=True, state="ended",
                energy_wh=case.has_had_wh, started_at=datetime.now(UTC), ended_at=datetime.now(UTC) + timedelta(1),
            )  # fmt: skip
        return site, token

    site, token = network.database.do(make)
    station = network.database.do(lambda: _move(network, site))
    return Holder(token.value, station, token)


def _move(network, site):
    from apps.chargers.engine.passwords import hash_password
    from tests.e2e.network import PASSWORD
    from tests.factories.chargers import StationFactory

    return StationFactory(
        site=site, identity=f"CARDS-{next(_numbers):04}", evses=1, provisioning_enabled=False,
        password_hash=hash_password(PASSWORD),
    )  # fmt: skip


def session_of(network, station) -> ChargingSession:
    (session,) = network.rows(ChargingSession.objects.filter(station=station))
    return session


def said(case, version):
    return case.in_16 if version == "1.6" else case.word


def info_of(transaction) -> dict:
    answer = transaction.answer
    return answer.get("idTagInfo") or answer.get("idTokenInfo")


CARD_STATES = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
EACH_VERSION = pytest.mark.parametrize("version", VERSIONS)


@EACH_VERSION
@CARD_STATES
@pytest.mark.ocpp(None, "Authorize")
async def test_online_the_card_is_asked_for_and_then_judged_again_at_the_start(network, case, version):
    holder = hand_out(network, case)
    async with network.dial(holder.station, version=version) as charger:
        await charger.boot()
        assert await charger.authorise(holder.card.upper()) == said(case, version)
        transaction = await charger.start(token=holder.card.lower())
        assert transaction.id is not None
        assert info_of(transaction)["status"] == said(case, version)
        session = session_of(network, holder.station)
        assert (session.is_billable, session.token_status) == (case.is_accepted, case.word)
        assert ("unauthorised" in session.flags) is not case.is_accepted
        await charger.stop(reason="Local" if case.is_accepted else "DeAuthorized")
    session = session_of(network, holder.station)
    assert session.ended_at is not None
    assert session.stopped_reason.casefold() == ("local" if case.is_accepted else "deauthorized")


@EACH_VERSION
@CARD_STATES
@pytest.mark.ocpp("1.6", "StartTransaction", "StopTransaction")
@pytest.mark.ocpp("2.0.1", "TransactionEvent")
@pytest.mark.ocpp("2.1", "TransactionEvent")
async def test_what_was_begun_offline_is_stored_whatever_the_card(network, case, version):
    holder = hand_out(network, case)
    async with network.dial(holder.station, version=version) as charger:
        await charger.boot()
        await charger.go_offline()
        transaction = await charger.start(token=holder.card)
        await charger.stop()
        await charger.reconnect()
        assert info_of(transaction)["status"] == said(case, version)
    session = session_of(network, holder.station)
    assert (session.is_billable, session.token_value) == (case.is_accepted, holder.card)
    assert ("unauthorised" in session.flags) is not case.is_accepted
    assert session.ended_at is not None


@EACH_VERSION
@pytest.mark.ocpp(None, "Authorize")
async def test_a_card_that_nobody_knows_is_refused_and_what_it_took_offline_is_not_billed(network, version):
    holder = hand_out(network, Case("good", "Accepted"))
    async with network.dial(holder.station, version=version) as charger:
        await charger.boot()
        assert await charger.authorise("NOBODYS") == ("Invalid" if version == "1.6" else "Unknown")
        await charger.go_offline()
        transaction = await charger.start(token="NOBODYS")
        await charger.reconnect()
        assert transaction.id is not None
        assert info_of(transaction)["status"] == ("Invalid" if version == "1.6" else "Unknown")
        await charger.stop(reason="DeAuthorized")
    session = session_of(network, holder.station)
    assert (session.is_billable, session.id_token_id, session.cost_gross) == (False, None, None)
    assert "unauthorised" in session.flags


@EACH_VERSION
@pytest.mark.ocpp(None, "Authorize")
async def test_a_card_that_expires_meanwhile_still_ends_its_session_and_begins_no_other(network, version):
    holder = hand_out(network, Case("good", "Accepted"))
    async with network.dial(holder.station, version=version) as charger:
        await charger.boot()
        await charger.start(token=holder.card)
        network.database.do(lambda: IdToken.objects.filter(pk=holder.token.pk).update(expires_at=PAST))
        assert await charger.authorise(holder.card) == "Accepted"
        await charger.stop()
        assert await charger.authorise(holder.card) == "Expired"
        (frame,) = [f for f in charger.frames if f.sent and f.action in ("StopTransaction", "TransactionEvent")
                    and (f.action == "StopTransaction" or f.payload["eventType"] == "Ended")]  # fmt: skip
        answer = next(f.message[2] for f in charger.frames if not f.sent and f.message[:2] == [3, frame.message[1]])
        assert (answer.get("idTagInfo") or answer.get("idTokenInfo"))["status"] == "Accepted"
    session = session_of(network, holder.station)
    assert (session.is_billable, session.token_status, session.stopped_reason) == (True, "Accepted", "Local")


@EACH_VERSION
@pytest.mark.ocpp(None, "Authorize")
async def test_two_cards_of_a_group_hear_the_same_group_and_end_each_others_sessions(network, version):
    holder = hand_out(network, Case("grouped", "Accepted", token={"parent_group": "FLAT-3"}))
    other = network.database.do(
        lambda: IdTokenFactory(organisation=network.site.organisation, value="Other-3", parent_group="FLAT-3")
    )
    async with network.dial(holder.station, version=version) as charger:
        await charger.boot()
        for card in (holder.card, other.value):
            assert await charger.authorise(card) == "Accepted"
        transaction = await charger.start(token=holder.card)
        infos = [f.message[2] for f in charger.frames if not f.sent and f.message[0] == 3]
        infos = [i.get("idTagInfo") or i.get("idTokenInfo") for i in infos]
        groups = [i.get("parentIdTag") or i.get("groupIdToken") for i in infos if i]
        expected = "FLAT-3" if version == "1.6" else {"idToken": "FLAT-3", "type": "Central"}
        assert groups == [expected] * 3
        transaction.token = other.value  # the other card is held to the reader
        await charger.stop()
    session = session_of(network, holder.station)
    assert (session.token_value, session.stopped_reason, session.is_billable) == (holder.card, "Local", True)
    assert session.ended_at is not None


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.ocpp(None, "Authorize")
async def test_a_master_pass_bears_the_group_that_the_station_was_configured_with(network, version):
    holder = hand_out(network, Case("master", "Accepted", token={"is_master_pass": True}))

    def configure():
        DeviceVariable.objects.create(
            station=holder.station, component="AuthCtrlr", variable="MasterPassGroupId", value="SERVICE-42"
        )

    network.database.do(configure)
    async with network.dial(holder.station, version=version) as charger:
        await charger.boot()
        answer = await charger.call("Authorize", {"idToken": {"idToken": holder.card, "type": "ISO14443"}})
        assert answer["idTokenInfo"]["groupIdToken"] == {"idToken": "SERVICE-42", "type": "Central"}


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.ocpp(None, "Authorize")
async def test_a_2_x_station_hears_language_message_priority_and_evses(network, version):
    holder = hand_out(network, Case("dc only", "Accepted", rule={"current": "ac"}))

    def describe():
        group = DriverGroupFactory(organisation=network.site.organisation, charging_priority=5)
        type(holder.token).objects.filter(pk=holder.token.pk).update(personal_message="Hallo Rita")
        holder.token.driver.group, holder.token.driver.language = group, "de"
        holder.token.driver.save()
        holder.station.evses.create(number=2, is_dc=True)

    network.database.do(describe)
    async with network.dial(holder.station, version=version) as charger:
        await charger.boot()
        token = {"idToken": holder.card, "type": "ISO14443",
                 "additionalInfo": [{"additionalIdToken": "K-17", "type": "booking"}]}  # fmt: skip
        answer = await charger.call("Authorize", {"idToken": token})
    assert answer["idTokenInfo"] == {
        "status": "Accepted",
        "chargingPriority": 5,
        "evseId": [1],
        "language1": "de",
        "personalMessage": {"format": "UTF8", "content": "Hallo Rita", "language": "de"},
    }


TYPES = ["Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress"]


@pytest.mark.parametrize(
    ("version", "type_"),
    [("2.0.1", type_) for type_ in TYPES]
    + [("2.1", type_) for type_ in (*TYPES, "EVCCID", "VIN", "DirectPayment", "Ours")],
)
@pytest.mark.ocpp(None, "Authorize")
async def test_tokens_of_every_type_are_known_by_their_value(network, version, type_):
    holder = hand_out(network, Case("typed", "Accepted", token={"type": type_}))
    async with network.dial(holder.station, version=version) as charger:
        await charger.boot()
        answer = await charger.call("Authorize", {"idToken": {"idToken": holder.card, "type": type_}})
    assert answer["idTokenInfo"]["status"] == "Accepted"
