"""One operation over many stations: in bounded steps, restartable, told per station."""

from datetime import timedelta

import pytest

from apps.chargers.choices import BulkItemState, CommandOrigin
from apps.chargers.engine.splitting import MessageLimits
from apps.chargers.models import (
    BulkItem,
    BulkOperation,
    ChargingStation,
    ConfigurationDrift,
    DeviceVariable,
    StationCommand,
)
from apps.chargers.services import bulk
from apps.chargers.services.bulk import UnableToBegin, UnableToChangeBulk, steps
from apps.chargers.services.configuration_templates import save_template
from apps.core.models import AuditEntry
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory
from tests.factories.places import MembershipFactory

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(seconds=5)


@pytest.fixture
def fleet(harbour):
    return [OnlineStationFactory(site=harbour, identity=f"CP-{n}", evses=1) for n in range(3)]


def begin(actor, stations, kind="clear_cache", arguments=None, **changes) -> BulkOperation:
    return bulk.begin_bulk(
        kind=kind, arguments=arguments or {}, station_ids=[station.pk for station in stations], actor=actor,
        origin=CommandOrigin.PORTAL, at=NOON, **changes,
    )  # fmt: skip


def states(operation) -> list[str]:
    return list(operation.items.order_by("station__identity").values_list("state", flat=True))


def settle(operation, number, state, **fields) -> None:
    command = operation.items.order_by("station__identity")[number].command
    StationCommand.objects.filter(pk=command.pk).update(state=state, **fields)


def test_beginning_writes_an_item_per_station_and_asks_nothing_yet(ada, fleet):
    operation = begin(ada, fleet)
    assert states(operation) == ["waiting"] * 3
    assert not StationCommand.objects.exists()


def test_a_step_asks_every_station_once(ada, fleet):
    operation = begin(ada, fleet)
    bulk.run_bulk_operations(SOON)
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["asked"] * 3
    assert StationCommand.objects.count() == 3
    assert set(StationCommand.objects.values_list("name", "requested_by")) == {("ClearCache", ada.pk)}


def test_only_so_many_are_under_way_at_once(ada, fleet, monkeypatch):
    monkeypatch.setattr(steps, "UNDER_WAY", 2)
    operation = begin(ada, fleet)
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["asked", "asked", "waiting"]
    settle(operation, 0, "accepted")
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["done", "asked", "asked"]


@pytest.mark.parametrize(
    ("state", "item"),
    [
        ("accepted", "done"), ("confirmed", "done"), ("rejected", "refused"), ("failed", "failed"),
        ("timed_out", "failed"), ("superseded", "cancelled"), ("sent", "asked"),
    ],
)  # fmt: skip
def test_an_item_follows_its_command(ada, fleet, state, item):
    operation = begin(ada, fleet[:1])
    bulk.run_bulk_operations(SOON)
    settle(operation, 0, state)
    bulk.run_bulk_operations(SOON)
    assert states(operation) == [item]


def test_a_reset_is_done_when_the_station_is_back(ada, fleet):
    operation = begin(ada, fleet[:1], "reset", {"type": "OnIdle"})
    bulk.run_bulk_operations(SOON)
    settle(operation, 0, "accepted", confirm_due_at=SOON)
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["asked"]
    settle(operation, 0, "confirmed", confirm_due_at=None)
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["done"]


def test_it_finishes_when_every_station_has_answered(ada, fleet):
    operation = begin(ada, fleet[:1])
    bulk.run_bulk_operations(SOON)
    settle(operation, 0, "rejected")
    bulk.run_bulk_operations(SOON)
    operation.refresh_from_db()
    assert (operation.state, operation.finished_at) == ("done", SOON)


def test_offline_stations_are_waited_for_until_the_deadline(ada, harbour):
    away = StationFactory(site=harbour)
    begin(ada, [away], wait_s=3600)
    bulk.run_bulk_operations(SOON)
    assert StationCommand.objects.get().deadline_at == NOON + timedelta(hours=1)


def test_or_left_out_at_once(ada, harbour):
    operation = begin(ada, [StationFactory(site=harbour)], skips_offline=True)
    bulk.run_bulk_operations(SOON)
    item = operation.items.get()
    assert (item.state, item.words) == ("skipped", "It was offline.")
    assert not StationCommand.objects.exists()


def test_a_station_that_was_retired_meanwhile_says_so(ada, fleet):
    operation = begin(ada, fleet[:1])
    ChargingStation.objects.filter(pk=fleet[0].pk).update(retired_at=NOON)
    bulk.run_bulk_operations(SOON)
    assert operation.items.get().words == "This station is retired; nothing can be asked of it."


def test_only_stations_in_scope_are_asked(sam, fleet, linden_court, rival_site):
    others = [OnlineStationFactory(site=linden_court), OnlineStationFactory(site=rival_site)]
    operation = begin(sam, [*fleet, *others])
    assert operation.items.count() == 3


@pytest.mark.parametrize(("person", "allowed"), [("sam", False), ("tess", True), ("finn", False)])
def test_raw_calls_are_for_those_who_may(request, fleet, person, allowed):
    arguments = {"action": "ClearCache", "payload": {}}
    user = request.getfixturevalue(person)
    if allowed:
        assert begin(user, fleet, "raw_call", arguments).items.count() == 3
        return
    with pytest.raises(UnableToBegin):
        begin(user, fleet, "raw_call", arguments)
    assert not BulkOperation.objects.exists()


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        ("dance", {}, "no such operation"),
        ("reset", {"speed": 1}, "do not fit"),
        ("set_variable", {"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": "x" * 20}, "secret"),
    ],
)
def test_what_makes_no_sense_is_refused(ada, fleet, kind, arguments, words):
    with pytest.raises(UnableToBegin, match=words):
        begin(ada, fleet, kind, arguments)
    assert not BulkItem.objects.exists()


def test_each_station_is_asked_in_the_way_of_its_version(ada, harbour):
    for version in ("ocpp1.6", "ocpp2.0.1"):
        OnlineStationFactory(site=harbour, protocol=version)
    begin(ada, ChargingStation.objects.all(), "read_variables")
    bulk.run_bulk_operations(SOON)
    assert sorted(StationCommand.objects.values_list("name", flat=True)) == ["GetBaseReport", "GetVariables"]


def test_cancelling_takes_back_what_was_not_sent(ada, fleet, monkeypatch):
    monkeypatch.setattr(steps, "UNDER_WAY", 2)
    operation = begin(ada, fleet)
    bulk.run_bulk_operations(SOON)
    settle(operation, 0, "sent")
    assert bulk.cancel_bulk(operation=operation, actor=ada, at=SOON) == 2
    assert states(operation) == ["asked", "cancelled", "cancelled"]
    settle(operation, 0, "accepted")
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["done", "cancelled", "cancelled"]


def test_there_may_be_nothing_to_cancel(ada, fleet):
    operation = begin(ada, fleet[:1])
    bulk.run_bulk_operations(SOON)
    settle(operation, 0, "accepted")
    bulk.run_bulk_operations(SOON)
    with pytest.raises(UnableToChangeBulk):
        bulk.cancel_bulk(operation=operation, actor=ada, at=SOON)


def test_what_failed_is_tried_again_and_what_worked_is_not(ada, fleet):
    operation = begin(ada, fleet)
    bulk.run_bulk_operations(SOON)
    for number, state in enumerate(("accepted", "failed", "rejected")):
        settle(operation, number, state)
    bulk.run_bulk_operations(SOON)
    assert bulk.retry_bulk(operation=operation, actor=ada, at=SOON) == 2
    operation.refresh_from_db()
    assert operation.state == "running"
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["done", "asked", "asked"]
    assert list(operation.items.order_by("station__identity").values_list("attempts", flat=True)) == [1, 2, 2]
    assert StationCommand.objects.count() == 5


def test_a_manager_of_one_site_cancels_only_what_lies_there(ada, sam, fleet, linden_court):
    operation = begin(ada, [*fleet, OnlineStationFactory(site=linden_court, identity="CP-Z")])
    assert bulk.cancel_bulk(operation=operation, actor=sam, at=SOON) == 3
    assert states(operation) == [BulkItemState.CANCELLED] * 3 + [BulkItemState.WAITING]


def test_nul_cannot_be_stored_and_is_refused_at_once(ada, fleet):
    with pytest.raises(UnableToBegin) as caught:
        begin(ada, fleet, "raw_call", {"action": "DataTransfer", "payload": {"data": "a\0b"}})
    assert caught.value.field == "arguments"


def test_an_operation_that_cannot_go_on_does_not_hold_up_the_next(ada, fleet, monkeypatch):
    broken, good = begin(ada, fleet), begin(ada, fleet)
    build = steps.build_for_station

    def fail_for_broken(*args, **options):
        if BulkItem.objects.filter(operation=broken, attempts=0).exists() and not failed:
            failed.append(True)
            raise ZeroDivisionError
        return build(*args, **options)

    failed: list[bool] = []
    monkeypatch.setattr(steps, "build_for_station", fail_for_broken)
    bulk.run_bulk_operations(SOON)
    assert (states(broken), states(good)) == (["waiting"] * 3, ["asked"] * 3)


# --- templates ------------------------------------------------------------------------------------------


@pytest.fixture
def template(voltwerk, ada):
    entries = [{"component": "ConfigurationKey", "variable": name, "value": "60"} for name in ("A", "B")]
    return save_template(organisation=voltwerk, name="Keys", family="1.6", entries=entries, actor=ada, at=NOON)


def has_keys(station, **values) -> None:
    for name, value in values.items():
        DeviceVariable.objects.create(
            station=station, component="ConfigurationKey", variable=name, value=value, mutability="ReadWrite"
        )


def split_calls(monkeypatch) -> None:
    """One variable a call, as a station that takes no more."""
    limits = "apps.chargers.services.operations.message_limits"
    monkeypatch.setattr(limits, lambda station, message: MessageLimits(items=1))


def test_templates_are_applied_where_stations_differ_and_the_others_are_done_at_once(ada, fleet, template):
    has_keys(fleet[0], A="10", B="60")
    has_keys(fleet[1], A="60", B="60")
    operation = begin(ada, fleet[:2], "apply_templates", wait_s=3600)
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["asked", "done"]
    (command,) = StationCommand.objects.all()
    assert [item["variable"] for item in command.arguments["variables"]] == ["A"]
    assert command.deadline_at == NOON + timedelta(hours=1)
    assert "as its templates ask" in operation.items.get(station=fleet[1]).words
    assert ConfigurationDrift.objects.get().station == fleet[0]


@pytest.mark.parametrize(
    ("first", "second", "item"),
    [
        ("accepted", "accepted", "done"), ("rejected", "accepted", "refused"), ("timed_out", "accepted", "failed"),
        ("sent", "accepted", "asked"), ("accepted", "pending", "asked"), ("rejected", "failed", "failed"),
    ],
)  # fmt: skip
def test_a_wish_in_several_calls_is_judged_by_all_of_them(ada, fleet, template, monkeypatch, first, second, item):
    split_calls(monkeypatch)
    has_keys(fleet[0], A="1", B="2")
    operation = begin(ada, fleet[:1], "apply_templates")
    bulk.run_bulk_operations(SOON)
    for row, state in zip(StationCommand.objects.order_by("pk"), (first, second), strict=True):
        StationCommand.objects.filter(pk=row.pk).update(state=state)
    bulk.run_bulk_operations(SOON)
    assert states(operation) == [item]


def test_cancelling_takes_back_every_call_of_a_wish_and_counts_its_station_once(ada, fleet, template, monkeypatch):
    split_calls(monkeypatch)
    has_keys(fleet[0], A="1", B="2")
    operation = begin(ada, fleet[:1], "apply_templates")
    bulk.run_bulk_operations(SOON)
    assert bulk.cancel_bulk(operation=operation, actor=ada, at=SOON) == 1
    assert set(StationCommand.objects.values_list("state", flat=True)) == {"superseded"}
    assert states(operation) == ["cancelled"]


def test_templates_are_applied_by_those_who_edit_stations_and_without_arguments(ada, sue, fleet, template):
    with pytest.raises(UnableToBegin, match="without arguments"):
        begin(ada, fleet, "apply_templates", {"template": 1})
    with pytest.raises(UnableToBegin, match="None of these"):
        begin(sue, fleet, "apply_templates")


def test_a_right_that_was_withdrawn_in_the_middle_refuses_the_rest_visibly(sam, harbour, fleet, monkeypatch):
    monkeypatch.setattr(steps, "UNDER_WAY", 1)
    operation = begin(sam, fleet)
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["asked", "waiting", "waiting"]
    settle(operation, 0, "accepted")
    sam.memberships.all().delete()
    for _ in range(3):
        bulk.run_bulk_operations(SOON)

    assert states(operation) == ["done", "failed", "failed"]
    words = f"{sam} may not ask this of the station any more."
    assert set(operation.items.filter(state="failed").values_list("explanation", flat=True)) == {words}
    assert StationCommand.objects.count() == 1
    assert AuditEntry.objects.filter(action="bulk.rights_missing").count() == 2
    operation.refresh_from_db()
    assert operation.state == "done"


def test_a_right_withdrawn_at_one_site_refuses_that_site_alone(ada, sam, harbour, linden_court, fleet):
    there = OnlineStationFactory(site=linden_court, identity="CP-X", evses=1)
    membership = MembershipFactory(user=sam, organisation=linden_court.organisation, site=linden_court,
                                   role="site_manager")  # fmt: skip
    operation = begin(sam, [*fleet, there])
    membership.delete()
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["asked", "asked", "asked", "failed"]


def test_nothing_more_is_asked_for_somebody_who_was_removed(sam, fleet):
    operation = begin(sam, fleet)
    sam.delete()
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["failed"] * 3
    assert not StationCommand.objects.exists()


def test_whoever_tries_again_lends_his_own_rights(ada, sam, fleet):
    operation = begin(sam, fleet)
    sam.is_active = False
    sam.save()
    bulk.run_bulk_operations(SOON)
    assert bulk.retry_bulk(operation=operation, actor=ada, at=SOON) == 3
    bulk.run_bulk_operations(SOON)
    assert states(operation) == ["asked"] * 3
    assert set(StationCommand.objects.values_list("requested_by", flat=True)) == {ada.pk}
