"""What stations are told of prices and costs: to whom, when, how often, and what their answers teach."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.tariffs import (
    DefaultTariffAnswered,
    HeldTariff,
    TariffsCleared,
    TariffsListed,
)
from apps.chargers.messages.events import AuthorizeRequested, TransactionDetails
from apps.chargers.messages.tokens import IdToken
from apps.chargers.models import DeviceVariable, StationCommand
from apps.chargers.services.commands import CommandRefused
from apps.core import outbox
from apps.core.models import AuditEntry
from apps.drivers.choices import EnergyPeriod
from apps.drivers.models import AccessRule, Driver
from apps.sessions.models import ChargingSession, SessionCost, StationPricing, StationTariff
from apps.sessions.services import station_costs
from apps.sessions.services.authorising import authorise
from apps.sessions.services.transactions import record_transaction_events
from apps.tariffs.services.tariffs import add_version, end_assignment
from tests.factories.chargers import NOON, OnlineStationFactory, context_of, fact_of
from tests.factories.drivers import DriverGroupFactory, IdTokenFactory
from tests.factories.sessions import ENDED, STARTED, UPDATED, SessionFactory, event_201
from tests.factories.tariffs import simple_tariff, tariff_at

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER = NOON + 10 * MINUTE
COMPONENTS = {
    "ocpp1.6": [("ConfigurationKey", "CustomDisplayCostAndPrice", ""), ("ConfigurationKey", "DefaultPrice", "")],
    "ocpp2.0.1": [("TariffCostCtrlr", "Enabled", "Cost"), ("TariffCostCtrlr", "Enabled", "Tariff")],
    "ocpp2.1": [("TariffCostCtrlr", "Enabled", "Cost"), ("TariffCostCtrlr", "Enabled", "Tariff")],
}


def showing(protocol: str, *, value="true", **fields):
    """A connected station that says whether it shows prices."""
    station = OnlineStationFactory(protocol=protocol, **fields)
    for component, variable, instance in COMPONENTS[protocol]:
        DeviceVariable.objects.create(
            station=station, component=component, variable=variable, variable_instance=instance, value=value
        )
    return station


def running(station, version, **changes):
    values = {"energy_wh": 5000, "meter_start_wh": 1000, "meter_last_wh": 6000, "meter_last_at": NOON + MINUTE}
    return SessionFactory(station=station, protocol=station.protocol, tariff_version=version, **{**values, **changes})


def sent(station, name=None):
    rows = StationCommand.objects.filter(station=station).order_by("pk")
    return [(row.name, row.arguments) for row in rows if name in (None, row.name)]


def settle(station, state=CommandState.ACCEPTED, **fields):
    StationCommand.objects.filter(station=station).update(state=state, **fields)


# --- running cost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["ocpp2.0.1", "ocpp2.1"])
def test_a_running_session_is_told_its_cost(protocol):
    station = showing(protocol)
    session = running(station, tariff_at(station.site, per_kwh="0.50", vat="20"))
    assert station_costs.tell_running_costs(at=LATER) == 1
    ((name, arguments),) = sent(station)
    assert (name, arguments["transaction_id"], arguments["total_cost"]) == (
        "CostUpdated",
        session.transaction_id,
        "3.00",
    )
    cost = SessionCost.objects.get(session=session)
    assert (cost.told_cost, cost.told_at, cost.command.name) == (Decimal("3.00"), LATER, "CostUpdated")


def test_16_is_told_meter_state_and_prices_as_well():
    station = showing("ocpp1.6")
    running(station, tariff_at(station.site, per_kwh="0.50", fee="1", vat="20"), transaction_id="17", state="idle")
    station_costs.tell_running_costs(at=LATER)
    assert sent(station) == [
        (
            "CostUpdated",
            {
                "transaction_id": "17", "total_cost": "4.20", "timestamp": "2026-03-14T12:10:00Z", "meter_wh": 6000,
                "is_idle": True, "charging_price": {"kWhPrice": 0.6, "flatFee": 1.2},
            },
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    "prepare",
    [
        lambda: showing("ocpp2.0.1", value="false"),
        lambda: OnlineStationFactory(protocol="ocpp2.0.1"),
        lambda: showing("ocpp2.0.1", provisioning_enabled=False),
        lambda: showing("ocpp2.0.1", registration="Pending"),
        lambda: showing("ocpp1.6", value="false"),
        lambda: showing("ocpp1.6", provisioning_enabled=False),
        lambda: showing("ocpp2.1", provisioning_enabled=False),
    ],
)
def test_who_cannot_show_it_or_is_not_provisioned_gets_no_frame(prepare):
    station = prepare()
    session = running(station, tariff_at(station.site), transaction_id="17", token_value="CARD")
    assert station_costs.tell_running_costs(at=LATER) == 0
    assert station_costs.push_prices(at=LATER) == 0
    station_costs.tell_price(session_id=session.pk, at=NOON)
    assert sent(station) == []


def test_an_absent_station_is_not_told():
    station = showing("ocpp2.0.1")
    running(station, tariff_at(station.site))
    station.connection.is_online = False
    station.connection.save()
    assert station_costs.tell_running_costs(at=LATER) == 0


def test_the_switch_of_a_station_outweighs_its_word(ada):
    silent, telling = OnlineStationFactory(protocol="ocpp2.0.1"), showing("ocpp2.0.1")
    for station, choice in ((silent, "always"), (telling, "never")):
        running(station, tariff_at(station.site))
        station_costs.set_telling(station=station, telling=choice, actor=ada)
    station_costs.tell_running_costs(at=LATER)
    assert (len(sent(silent)), len(sent(telling))) == (1, 0)
    assert AuditEntry.objects.filter(action="station.price_telling_changed").count() == 2


def test_the_same_cost_is_told_once_and_a_new_one_after_about_a_minute():
    station = showing("ocpp2.0.1")
    session = running(station, tariff_at(station.site, per_kwh="0.50"))
    station_costs.tell_running_costs(at=LATER)
    settle(station)
    assert station_costs.tell_running_costs(at=LATER + MINUTE) == 0
    ChargingSession.objects.filter(pk=session.pk).update(energy_wh=6000)
    assert station_costs.tell_running_costs(at=LATER + MINUTE + timedelta(seconds=20)) == 0
    assert station_costs.tell_running_costs(at=LATER + 2 * MINUTE) == 1
    assert [arguments["total_cost"] for _, arguments in sent(station)] == ["2.50", "3.00"]


def test_who_has_not_answered_is_not_told_more():
    station = showing("ocpp2.0.1")
    session = running(station, tariff_at(station.site))
    station_costs.tell_running_costs(at=LATER)
    ChargingSession.objects.filter(pk=session.pk).update(energy_wh=9000)
    assert station_costs.tell_running_costs(at=LATER + 2 * MINUTE) == 0


def test_those_looked_at_longest_ago_come_first_within_the_bound():
    stations = [showing("ocpp2.0.1") for _ in range(3)]
    for station in stations:
        running(station, tariff_at(station.site))
    assert station_costs.tell_running_costs(at=LATER, limit=2) == 2
    settle(stations[0])
    assert station_costs.tell_running_costs(at=LATER + 2 * MINUTE, limit=2) == 1
    assert all(len(sent(station)) == 1 for station in stations)


def test_more_sessions_need_no_more_queries(django_assert_max_num_queries):
    def add():
        station = showing("ocpp2.0.1")
        running(station, tariff_at(station.site))

    add()
    with django_assert_max_num_queries(30) as one:
        station_costs.tell_running_costs(at=LATER)
    for _ in range(4):
        add()
    with django_assert_max_num_queries(len(one) + 1):
        station_costs.tell_running_costs(at=LATER + MINUTE * 2)


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ({"state": CommandState.REJECTED, "status_word": "UnknownVendorId"}, {"*": "UnknownVendorId"}),
        ({"state": CommandState.REJECTED, "status_word": "UnknownMessageId"}, {"CostUpdated": "UnknownMessageId"}),
        ({"state": CommandState.FAILED, "error_code": "NotSupported"}, {"CostUpdated": "NotSupported"}),
        ({"state": CommandState.FAILED, "error_code": "NotImplemented"}, {"CostUpdated": "NotImplemented"}),
    ],
)
def test_who_does_not_know_the_message_is_not_asked_again(answer, refused, ada):
    station = showing("ocpp1.6")
    session = running(station, tariff_at(station.site), transaction_id="17")
    station_costs.tell_running_costs(at=LATER)
    settle(station, **answer)
    for minutes in (2, 4):
        ChargingSession.objects.filter(pk=session.pk).update(energy_wh=5000 + 1000 * minutes)
        assert station_costs.tell_running_costs(at=LATER + minutes * MINUTE) == 0
    assert StationPricing.objects.get(station=station).refused == refused
    station_costs.set_telling(station=station, telling="auto", actor=ada)
    assert StationPricing.objects.get(station=station).refused == {}


def test_a_station_that_holds_the_tariff_reckons_itself():
    station = showing("ocpp2.1")
    running(station, tariff_at(station.site))
    StationTariff.objects.create(station=station, tariff_id="1-1", state="held")
    assert station_costs.tell_running_costs(at=LATER) == 0


# --- start and end ------------------------------------------------------------------------------------------


def test_a_16_driver_sees_the_price_at_the_start_and_the_cost_at_the_end():
    station = showing("ocpp1.6")
    version = tariff_at(station.site, per_kwh="0.50", vat="20")
    session = running(station, version, transaction_id="17", token_value="CARD")
    station_costs.tell_price(session_id=session.pk, at=NOON)
    station_costs.tell_price(session_id=session.pk, at=NOON)
    assert sent(station) == [("SetUserPrice", {"id_token": "CARD", "price_text": "Energy costs 0.6 EUR per kWh."})]
    ChargingSession.objects.filter(pk=session.pk).update(
        state="ended", ended_at=LATER, cost_net=Decimal("2.5"), cost_gross=Decimal(3)
    )
    station_costs.tell_final_cost(session_id=session.pk, at=LATER)
    station_costs.tell_final_cost(session_id=session.pk, at=LATER)
    assert sent(station, "FinalCost") == [
        ("FinalCost", {"transaction_id": "17", "total_cost": "3.00", "price_text": "5.00 kWh: 3.00 EUR"})
    ]
    assert SessionCost.objects.get(session=session).is_final


def test_a_session_told_long_after_it_ran_shows_nothing():
    station = showing("ocpp1.6")
    session = running(station, tariff_at(station.site), transaction_id="17", token_value="CARD")
    station_costs.tell_price(session_id=session.pk, at=NOON + timedelta(hours=1))
    assert sent(station) == []


def test_a_driver_with_another_price_gets_his_tariff_into_the_transaction():
    station = showing("ocpp2.1")
    version = tariff_at(station.site)
    own = tariff_at(station.site, name="Own", driver_group_id=7, per_kwh="0.30")
    station_costs.push_prices(at=NOON)
    usual, other = running(station, version), running(station, own)
    for session in (usual, other):
        station_costs.tell_price(session_id=session.pk, at=NOON)
    ((_, arguments),) = sent(station, "ChangeTransactionTariff")
    assert arguments["transaction_id"] == other.transaction_id
    assert arguments["tariff"]["energy"] == {"prices": [{"priceKwh": 0.3}]}


# --- the price for everybody ----------------------------------------------------------------------------------


def test_21_gets_the_default_tariff_once_and_again_when_it_changes(ada):
    station = showing("ocpp2.1")
    version = tariff_at(station.site, per_kwh="0.50")
    assert (station_costs.push_prices(at=NOON), station_costs.push_prices(at=NOON)) == (1, 0)
    settle(station)
    assert station_costs.push_prices(at=NOON) == 0
    add_version(tariff=version.tariff, content=simple_tariff(per_kwh="0.60"), valid_from=LATER, actor=ada)
    assert station_costs.push_prices(at=NOON + MINUTE) == 0
    assert station_costs.push_prices(at=LATER) == 1
    told = [(a["evse_id"], a["tariff"]["tariffId"], a["tariff"]["energy"]) for _, a in sent(station)]
    name = version.tariff_id
    assert told == [
        (0, f"{name}-1", {"prices": [{"priceKwh": 0.5}]}),
        (0, f"{name}-2", {"prices": [{"priceKwh": 0.6}]}),
    ]


def test_where_no_tariff_applies_any_more_it_is_cleared(ada):
    station = showing("ocpp2.1")
    version = tariff_at(station.site)
    station_costs.push_prices(at=NOON)
    settle(station)
    end_assignment(assignment=version.tariff.assignments.get(), at=LATER, actor=ada)
    assert station_costs.push_prices(at=LATER) == 1
    assert [name for name, _ in sent(station)] == ["SetDefaultTariff", "ClearTariffs"]


def test_after_a_boot_it_is_told_again():
    station = showing("ocpp2.1")
    tariff_at(station.site)
    station_costs.push_prices(at=NOON)
    settle(station)
    station_costs.forget_told_price(station_id=station.pk)
    assert station_costs.push_prices(at=NOON) == 1


def test_16_gets_its_default_price_as_a_key():
    station = showing("ocpp1.6")
    tariff_at(station.site, per_kwh="0.50", fee="1")
    station_costs.push_prices(at=NOON)
    ((name, arguments),) = sent(station)
    (variable,) = arguments["variables"]
    assert (name, variable["variable"]) == ("SetVariables", "DefaultPrice")
    assert variable["value"] == (
        '{"priceText": "Energy costs 0.5 EUR per kWh. The session fee is 1 EUR.", '
        '"chargingPrice": {"kWhPrice": 0.5, "flatFee": 1.0}}'
    )


def shows(station, variable, *, component="TariffCostCtrlr", value="", **fields):
    DeviceVariable.objects.create(station=station, component=component, variable=variable, value=value, **fields)


def texts(station):
    return [
        tuple(arguments["variables"][0].get(name, "") for name in ("variable", "variable_instance", "value"))
        for _, arguments in sent(station, "SetVariables")
    ]


@pytest.mark.parametrize("protocol", ["ocpp2.0.1", "ocpp2.1"])
def test_what_a_display_shows_of_the_price_is_set_where_it_can_be(protocol):
    station = showing(protocol)
    tariff_at(station.site, per_kwh="0.50", fee="1", vat="20")
    shows(station, "Currency", value="EUR")
    shows(station, "TariffFallbackMessage", variable_instance="en", max_limit=40)
    shows(station, "TariffFallbackMessage", variable_instance="de")
    shows(station, "OfflineTariffFallbackMessage")
    shows(station, "TotalCostFallbackMessage")
    shows(station, "TariffFallbackMessage", mutability="ReadOnly")
    assert (station_costs.push_prices(at=NOON), station_costs.push_prices(at=NOON)) == (1, 0)
    assert texts(station) == [
        ("TariffFallbackMessage", "en", "Energy costs 0.6 EUR per kWh."),
        ("OfflineTariffFallbackMessage", "", "Energy costs 0.6 EUR per kWh. The session fee is 1.2 EUR."),
    ]
    assert ("SetDefaultTariff" in dict(sent(station))) == (protocol == "ocpp2.1")


def test_a_display_that_tells_the_price_already_is_left_alone():
    station = showing("ocpp2.0.1")
    tariff_at(station.site, per_kwh="0.50")
    shows(station, "TariffFallbackMessage", value="Energy costs 0.5 EUR per kWh.")
    station_costs.push_prices(at=NOON)
    assert sent(station) == []
    assert station_costs.push_prices(at=NOON + MINUTE) == 0


def test_a_201_station_without_a_text_or_without_prices_is_told_nothing(ada):
    bare, silent = showing("ocpp2.0.1"), showing("ocpp2.0.1", value="false")
    for station in (bare, silent):
        tariff_at(station.site)
    shows(silent, "TariffFallbackMessage")
    assert station_costs.push_prices(at=NOON) == 0
    with pytest.raises(CommandRefused, match=r"OCPP 2\.0\.1 take no tariff"):
        station_costs.push_price(station=bare, actor=ada, at=NOON, origin=CommandOrigin.PORTAL)


def test_16_has_texts_of_its_own_for_the_price():
    station = showing("ocpp1.6")
    tariff_at(station.site, per_kwh="0.50")
    shows(station, "DefaultPriceText", component="ConfigurationKey")
    shows(station, "DefaultPriceText,de", component="ConfigurationKey")
    station_costs.push_prices(at=NOON)
    sentence = "Energy costs 0.5 EUR per kWh."
    assert texts(station)[1:] == [
        ("DefaultPriceText", "", f'{{"priceText": "{sentence}", "priceTextOffline": "{sentence}"}}')
    ]


# --- the price of a driver, with his authorisation --------------------------------------------------------------


def authorised(station, value="CARD", protocol="ocpp2.1"):
    return authorise([fact_of(station, AuthorizeRequested(IdToken(value)), NOON, protocol=protocol)])[0]


def test_a_driver_gets_his_tariff_with_his_authorisation():
    station = showing("ocpp2.1")
    token = IdTokenFactory(organisation=station.site.organisation, value="CARD")
    usual = tariff_at(station.site)
    assert authorised(station).tariff["tariffId"] == f"{usual.tariff_id}-1"
    group = DriverGroupFactory(organisation=station.site.organisation)
    Driver.objects.filter(pk=token.driver_id).update(group=group)
    own = tariff_at(station.site, name="Own", driver_group_id=group.pk, per_kwh="0.30")
    assert authorised(station).tariff == {
        "tariffId": f"{own.tariff_id}-1", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.3}]},
    }  # fmt: skip


def test_no_tariff_goes_to_whom_it_is_of_no_use():
    station, silent, untariffed = showing("ocpp2.1"), showing("ocpp2.1", value="false"), showing("ocpp2.1")
    for one in (station, silent, untariffed):
        IdTokenFactory(organisation=one.site.organisation, value="CARD")
    tariff_at(station.site)
    tariff_at(silent.site)
    assert authorised(station).tariff is not None
    assert authorised(silent).tariff is None
    assert authorised(untariffed).tariff is None
    assert authorised(station, "STRANGER").tariff is None
    assert authorised(station, protocol="ocpp2.0.1").tariff is None


def test_who_charges_free_gets_a_tariff_without_prices():
    station = showing("ocpp2.1")
    token = IdTokenFactory(organisation=station.site.organisation, value="CARD")
    version = tariff_at(station.site)
    AccessRule.objects.create(
        site=station.site, driver=token.driver, free_of_charge=True,
    )  # fmt: skip
    assert authorised(station).tariff == {"tariffId": f"{version.tariff_id}-1-free", "currency": "EUR"}


def test_a_session_that_is_reckoned_by_its_tariff_already_is_not_told_again():
    station = showing("ocpp2.1")
    tariff_at(station.site)
    own = tariff_at(station.site, name="Own", driver_group_id=7, per_kwh="0.30")
    station_costs.push_prices(at=NOON)
    session = running(station, own, details={"tariff_id": [0, f"{own.tariff_id}-1"]})
    station_costs.tell_price(session_id=session.pk, at=NOON)
    assert sent(station, "ChangeTransactionTariff") == []


@pytest.mark.parametrize(
    ("state", "again_at_once", "again_after_an_hour"),
    [("rejected", 0, 0), ("failed", 0, 1), ("timed_out", 0, 1), ("accepted", 0, 0)],
)
def test_what_failed_on_its_way_is_told_again_after_an_hour(state, again_at_once, again_after_an_hour):
    station = showing("ocpp2.1")
    tariff_at(station.site)
    station_costs.push_prices(at=NOON)
    settle(station, state=state)
    command = StationCommand.objects.get(station=station)
    station_costs.note_price_command(command_id=command.pk, state=state, at=NOON)
    assert station_costs.push_prices(at=NOON + MINUTE) == again_at_once
    assert station_costs.push_prices(at=NOON + timedelta(hours=1)) == again_after_an_hour


def test_a_person_pushes_reads_and_clears(ada):
    station, older = showing("ocpp2.1"), showing("ocpp2.0.1")
    asked = {"actor": ada, "at": NOON, "origin": CommandOrigin.PORTAL}
    with pytest.raises(CommandRefused, match="No tariff applies"):
        station_costs.push_price(station=station, **asked)
    tariff_at(station.site)
    tariff_at(older.site)
    station_costs.push_price(station=station, **asked)
    station_costs.read_tariffs(station=station, **asked)
    station_costs.clear_tariffs(station=station, **asked)
    assert [name for name, _ in sent(station)] == ["SetDefaultTariff", "GetTariffs", "ClearTariffs"]
    for act in (station_costs.push_price, station_costs.read_tariffs, station_costs.clear_tariffs):
        with pytest.raises(CommandRefused):
            act(station=older, **asked)


# --- answers ------------------------------------------------------------------------------------------------


def learn(service, station, *learnt):
    service([Lesson(context_of(station, protocol="ocpp2.1"), one, 1, NOON) for one in learnt])


def held(station):
    rows = StationTariff.objects.filter(station=station).order_by("evse_number", "tariff_id")
    return [(row.evse_number, row.tariff_id, row.kind, row.state) for row in rows]


def test_answers_say_what_the_station_holds():
    station = showing("ocpp2.1")
    version = tariff_at(station.site)
    ours = f"{version.tariff_id}-1"

    def answered(evse, name, status):
        learn(
            station_costs.learn_default_tariffs,
            station,
            DefaultTariffAnswered(evse, {"tariffId": name, "currency": "EUR"}, status),
        )

    answered(1, "old", "Accepted")
    answered(0, ours, "Accepted")
    assert held(station) == [(0, ours, "DefaultTariff", "held")]
    assert StationTariff.objects.get(station=station).tariff_version == version
    answered(0, "new", "ConditionNotSupported")
    answered(0, "newer", "TooManyElements")
    answered(0, "newest", "Rejected")
    assert held(station) == [(0, ours, "DefaultTariff", "held"), (0, "newest", "DefaultTariff", "rejected")]
    listed = TariffsListed(0, (HeldTariff("x", "DefaultTariff", (1, 2)), HeldTariff("y", "DriverTariff", (2,))))
    learn(station_costs.learn_listed_tariffs, station, listed)
    assert held(station) == [
        (0, "newest", "DefaultTariff", "rejected"),
        (1, "x", "DefaultTariff", "held"),
        (2, "x", "DefaultTariff", "held"),
        (2, "y", "DriverTariff", "held"),
    ]
    learn(station_costs.learn_cleared_tariffs, station, TariffsCleared(("x",), evse_id=1))
    assert [row[:2] for row in held(station)] == [(0, "newest"), (2, "x"), (2, "y")]
    learn(station_costs.learn_cleared_tariffs, station, TariffsCleared((), everything=True))
    assert held(station) == []


def test_the_tariff_of_another_organisation_is_not_taken_for_ours(rival_site):
    station = showing("ocpp2.1")
    foreign = tariff_at(rival_site)
    answer = DefaultTariffAnswered(0, {"tariffId": f"{foreign.tariff_id}-1", "currency": "EUR"}, "Accepted")
    learn(station_costs.learn_default_tariffs, station, answer)
    assert StationTariff.objects.get(station=station).tariff_version is None


# --- the station's own reckoning ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "currency", "differs"),
    [
        ({"inclTax": 3.0}, "EUR", False),
        ({"inclTax": 3.01}, "EUR", False),
        ({"inclTax": 3.02}, "EUR", True),
        ({"exclTax": 2.5}, "EUR", False),
        ({"exclTax": 3.0}, "EUR", True),
        ({"inclTax": 3.0}, "USD", True),
        ({"inclTax": 1e30}, "EUR", False),
        ({}, "EUR", False),
    ],
)
def test_the_price_of_the_station_is_held_against_ours_and_never_taken(total, currency, differs):
    station = showing("ocpp2.1")
    tariff_at(station.site, per_kwh="0.50", vat="20")
    details = {
        "totalCost": {"currency": currency, "typeOfCost": "NormalCost", "total": total},
        "totalUsage": {"energy": 5000, "chargingTime": 60, "idleTime": 0},
    }
    events = [
        event_201(STARTED, 0, evse_id=1, wh=1000),
        event_201(ENDED, 1, LATER, wh=6000, details=TransactionDetails(cost_details=details)),
    ]
    for event in events:
        record_transaction_events([fact_of(station, event, event.occurred_at, protocol="ocpp2.1")])
    outbox.relay()
    session = ChargingSession.objects.get(station=station)
    assert session.cost_gross == Decimal(3)
    assert session.told_cost.differs is differs
    assert ("cost_differs" in session.flags) is differs


def test_a_station_that_could_not_reckon_says_why():
    station = showing("ocpp2.1")
    details = {"failureToCalculate": True, "failureReason": "No clock", "totalCost": {}, "totalUsage": {}}
    session = SessionFactory(
        station=station, protocol="ocpp2.1", state="ended", ended_at=LATER, cost_net=1, cost_gross=1,
        details={"cost_details": [1, details]},
    )  # fmt: skip
    station_costs.compare_costs(session_id=session.pk)
    cost = SessionCost.objects.get(session=session)
    assert (cost.station_cost, cost.station_note, cost.differs) == (None, "No clock", False)


def test_what_a_driver_has_left_limits_a_21_transaction_at_its_start():
    station = OnlineStationFactory(protocol="ocpp2.1")
    token = IdTokenFactory(organisation=station.site.organisation, value="CARD")
    Driver.objects.filter(pk=token.driver_id).update(energy_limit_wh=20_000, energy_period=EnergyPeriod.MONTH)
    SessionFactory(
        station=station,
        driver=token.driver,
        energy_wh=8000,
        state="ended",
        ended_at=NOON,
        evse_number=2,
        is_billable=True,
    )

    def answer(event, protocol):
        return record_transaction_events([fact_of(station, event, event.occurred_at, protocol=protocol)])[0]

    card = IdToken("CARD")
    first = answer(event_201(STARTED, 0, evse_id=1, id_token=card, tx="A"), "ocpp2.1")
    older = answer(event_201(STARTED, 0, evse_id=3, id_token=card, tx="B"), "ocpp2.0.1")
    assert (first.max_energy_wh, older.max_energy_wh) == (12_000, None)


def test_the_limit_comes_with_the_card_where_the_cable_came_first():
    station = OnlineStationFactory(protocol="ocpp2.1")
    token = IdTokenFactory(organisation=station.site.organisation, value="CARD")
    Driver.objects.filter(pk=token.driver_id).update(energy_limit_wh=20_000, energy_period=EnergyPeriod.MONTH)

    def answer(*arguments, **fields):
        event = event_201(*arguments, evse_id=1, **fields)
        return record_transaction_events([fact_of(station, event, event.occurred_at)])[0].max_energy_wh

    card = IdToken("CARD")
    assert answer(STARTED, 0, wh=1000) is None
    assert answer(UPDATED, 1, id_token=card, wh=1000) == 20_000
    assert answer(UPDATED, 1, id_token=card, wh=1000) == 20_000
    assert answer(UPDATED, 2, wh=6000) is None
    assert answer(UPDATED, 3, id_token=card, wh=6000) is None
    assert answer(ENDED, 4, id_token=card, wh=7000) is None
