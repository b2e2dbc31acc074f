"""Keeping the local lists of stations in step, and believing what stations answer about them."""

from datetime import timedelta

import pytest

from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.local_lists import (
    DIFFERENTIAL,
    FULL,
    ListEntry,
    LocalListAnswered,
    LocalListVersionTold,
)
from apps.chargers.models import DeviceVariable, StationCommand
from apps.core import outbox
from apps.core.models import AuditEntry, OutboxEvent
from apps.drivers.choices import ListState
from apps.drivers.models import LocalList
from apps.drivers.services.access_rules import create_access_rule, remove_access_rule
from apps.drivers.services.local_lists.answers import learn_list_updates, learn_list_versions, note_command_end
from apps.drivers.services.local_lists.by_hand import clear_list, read_version, send_full
from apps.drivers.services.local_lists.forgetting import forget_token
from apps.drivers.services.local_lists.keeping import set_keep, set_site_keep
from apps.drivers.services.local_lists.marking import DEBOUNCE, mark_booted, sweep_lists
from apps.drivers.services.local_lists.steps import send_due_lists
from apps.drivers.services.tokens import block_token, create_token, edit_token
from apps.sites.choices import AccessPolicy
from tests.factories.chargers import NOON, OnlineStationFactory, context_of
from tests.factories.drivers import DriverFactory, IdTokenFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def station(harbour):
    station = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")
    says(station, "LocalAuthListCtrlr", "Enabled", "true")
    return station


def says(station, component, variable, value=None, **fields):
    DeviceVariable.objects.create(station=station, component=component, variable=variable, value=value, **fields)


def look(at=NOON):
    """What the task does, from adopting on."""
    sweep_lists(at=at)
    LocalList.objects.update(due_at=at)
    return send_due_lists(at=at)


def asked(station):
    """The newest command."""
    return StationCommand.objects.filter(station=station).order_by("-pk").first()


def row_of(station):
    return LocalList.objects.get(station=station)


def settle(command, learnt, at=NOON + SECOND):
    """The charger answers: the command is settled and what it teaches is learnt, as the gateway does."""
    command.state = CommandState.ACCEPTED
    command.save()
    lesson = Lesson(context_of(command.station), learnt, command.pk, at)
    (learn_list_versions if isinstance(learnt, LocalListVersionTold) else learn_list_updates)([lesson])


def answer(station, word="Accepted", at=NOON + SECOND):
    """The station answers the update under way."""
    command = asked(station)
    entries = tuple(ListEntry(**entry) for entry in command.arguments["entries"])
    version, kind = command.arguments["version"], command.arguments["update_type"]
    settle(command, LocalListAnswered(word, version, kind, entries), at)


def bring_in_step(station):
    look()
    settle(asked(station), LocalListVersionTold(0))
    while look() and row_of(station).state == ListState.SENDING:
        answer(station)
    assert row_of(station).state == ListState.IN_STEP


def deliver():
    while outbox.relay():
        pass


def test_a_station_that_says_its_list_is_on_is_asked_for_its_version_and_sent_the_whole_list(station, voltwerk):
    IdTokenFactory(organisation=voltwerk, value="GOOD")
    IdTokenFactory(organisation=voltwerk, value="BAD", status="blocked")
    look()
    assert asked(station).name == "GetLocalListVersion"
    settle(asked(station), LocalListVersionTold(0))
    look()
    sent = asked(station)
    assert (sent.name, sent.arguments["version"], sent.arguments["update_type"]) == ("SendLocalList", 1, FULL)
    assert [(e["id_token"], e["status"]) for e in sent.arguments["entries"]] == [
        ("GOOD", "Accepted"),
        ("BAD", "Blocked"),
    ]
    assert row_of(station).state == ListState.SENDING
    answer(station)
    row = row_of(station)
    assert (row.version, row.state, row.held_count, row.problem) == (1, ListState.IN_STEP, 2, "")
    assert row.changed_at == NOON + SECOND
    assert len(row.digest) == 64


@pytest.mark.parametrize("word", ["Failed", "SomethingElse"])
def test_an_update_that_failed_changes_nothing_of_what_the_station_holds(station, voltwerk, word):
    bring_in_step(station)
    before = row_of(station)
    IdTokenFactory(organisation=voltwerk, value="NEW")
    look()
    answer(station, word)
    row = row_of(station)
    assert (row.version, row.digest, row.state) == (before.version, before.digest, ListState.OUT_OF_STEP)
    assert word in row.problem
    assert row.due_at == NOON + SECOND + timedelta(minutes=1), "again, after a pause"


def test_a_version_mismatch_leads_to_the_whole_list(station, voltwerk):
    IdTokenFactory(organisation=voltwerk, value="OLD")
    bring_in_step(station)
    IdTokenFactory(organisation=voltwerk, value="NEW")
    look()
    assert asked(station).arguments["update_type"] == DIFFERENTIAL
    answer(station, "VersionMismatch")
    assert row_of(station).state == ListState.CONFLICT
    look()
    sent = asked(station).arguments
    assert (sent["update_type"], {e["id_token"] for e in sent["entries"]}) == (FULL, {"OLD", "NEW"})
    answer(station)
    assert row_of(station).state == ListState.IN_STEP


@pytest.mark.parametrize("by", ["word", "minus one", "error"])
def test_a_station_without_lists_is_remembered_as_such_and_left_alone(station, by):
    look()
    command = asked(station)
    if by == "minus one":
        settle(command, LocalListVersionTold(-1))
    elif by == "word":
        settle(command, LocalListVersionTold(0))
        IdTokenFactory(organisation=station.site.organisation)
        look()
        answer(station, "NotSupported")
    else:
        command.state, command.error_code = CommandState.FAILED, "NotImplemented"
        command.save()
        note_command_end(command_id=command.pk, name=command.name, state="failed", at=NOON)
    row = row_of(station)
    assert (row.state, row.version, row.due_at) == (ListState.NOT_SUPPORTED, None, None)
    count = StationCommand.objects.count()
    look()
    assert StationCommand.objects.count() == count
    mark_booted(station_id=station.pk, firmware_changed=True, at=NOON)
    send_due_lists(at=NOON + DEBOUNCE)
    assert StationCommand.objects.count() == count + 1, "another firmware may have them"


def test_a_blocked_card_follows_as_a_difference_and_a_card_without_driver_as_a_removal(station, voltwerk, ada):
    kept, blocked, gone = (IdTokenFactory(organisation=voltwerk, value=value) for value in ("KEPT", "BLOCKED", "GONE"))
    bring_in_step(station)
    block_token(token=blocked, actor=ada)
    gone.driver.delete()
    look()
    sent = asked(station).arguments
    assert (sent["version"], sent["update_type"]) == (2, DIFFERENTIAL)
    assert sent["entries"] == [
        {"id_token": "GONE", "type": "ISO14443"},
        {"id_token": "BLOCKED", "type": "ISO14443", "status": "Blocked"},
    ]
    answer(station)
    held = {entry.value: entry.status for entry in row_of(station).entries.all()}
    assert held == {"KEPT": "Accepted", "BLOCKED": "Blocked"}
    assert kept.status == "active"


def test_a_long_list_goes_in_parts_and_what_does_not_fit_is_counted(station, voltwerk):
    says(station, "LocalAuthListCtrlr", "ItemsPerMessage", "2")
    says(station, "LocalAuthListCtrlr", "Entries", "0", max_limit=5)
    IdTokenFactory.create_batch(7, organisation=voltwerk)
    look()
    settle(asked(station), LocalListVersionTold(0))
    sent = []
    while look() and row_of(station).state == ListState.SENDING:
        arguments = asked(station).arguments
        sent.append((arguments["version"], arguments["update_type"], len(arguments["entries"])))
        answer(station)
    assert sent == [(1, FULL, 2), (2, DIFFERENTIAL, 2), (3, DIFFERENTIAL, 1)]
    row = row_of(station)
    assert (row.state, row.held_count, row.wanted_count, row.left_out_count) == (ListState.IN_STEP, 5, 5, 2)


def test_another_version_than_the_one_we_believe_in_is_a_conflict_and_the_list_is_sent_whole(station, voltwerk):
    IdTokenFactory(organisation=voltwerk, value="CARD")
    bring_in_step(station)
    mark_booted(station_id=station.pk, firmware_changed=False, at=NOON + timedelta(minutes=20))
    send_due_lists(at=NOON + timedelta(minutes=21))
    assert asked(station).name == "GetLocalListVersion"
    settle(asked(station), LocalListVersionTold(9))
    row = row_of(station)
    assert (row.state, row.version, row.problem) == (ListState.CONFLICT, 9, "The station holds version 9, not 1.")
    look()
    sent = asked(station).arguments
    assert (sent["version"], sent["update_type"]) == (10, FULL)


def test_a_station_that_lost_its_list_gets_it_again(station, voltwerk):
    IdTokenFactory(organisation=voltwerk, value="CARD")
    bring_in_step(station)
    read_version(station=station, actor=None, origin=CommandOrigin.PORTAL, at=NOON)
    settle(asked(station), LocalListVersionTold(0))
    row = row_of(station)
    assert (row.version, row.held_count, row.state) == (0, 0, ListState.OUT_OF_STEP)
    look()
    assert asked(station).arguments["update_type"] == FULL


def test_a_raw_call_teaches_what_the_station_holds_and_the_list_is_mended(station, voltwerk):
    IdTokenFactory(organisation=voltwerk, value="OURS")
    bring_in_step(station)
    raw = LocalListAnswered("Accepted", 40, DIFFERENTIAL, (ListEntry("THEIRS", "Central", "Accepted"),))
    learn_list_updates([Lesson(context_of(station), raw, 0, NOON)])
    row = row_of(station)
    assert (row.version, row.held_count, row.state) == (40, 2, ListState.OUT_OF_STEP)
    look()
    sent = asked(station).arguments
    assert (sent["version"], sent["entries"]) == (41, [{"id_token": "THEIRS", "type": "Central"}])


def test_a_lesson_learnt_twice_changes_nothing_the_second_time(station, voltwerk):
    learnt = LocalListAnswered("Accepted", 3, FULL, (ListEntry("A", "Central", "Accepted"),))
    lesson = Lesson(context_of(station), learnt, 0, NOON)
    learn_list_updates([lesson])
    first = row_of(station)
    learn_list_updates([lesson, lesson])
    again = row_of(station)
    assert (again.version, again.digest, again.held_count) == (first.version, first.digest, 1)


def test_a_raw_call_to_a_station_whose_list_is_not_kept_is_remembered_and_nothing_is_sent(harbour):
    station = OnlineStationFactory(site=harbour, protocol="ocpp1.6")
    learnt = LocalListAnswered("Accepted", 3, FULL, (ListEntry("A", "", "Accepted"),))
    learn_list_updates([Lesson(context_of(station), learnt, 0, NOON)])
    row = row_of(station)
    assert (row.version, row.held_count, row.state, row.due_at) == (3, 1, ListState.BY_HAND, None)
    look()
    assert not StationCommand.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"provisioning_enabled": False}, {"registration": "Pending"}, {"retired_at": NOON}]
)
def test_nothing_is_sent_by_itself_to_a_station_that_is_to_be_left_alone(station, changes):
    for name, value in changes.items():
        setattr(station, name, value)
    station.save()
    look()
    assert not StationCommand.objects.exists()


def test_without_a_word_from_the_station_the_switch_of_the_site_counts_and_its_own_before_it(harbour, ada):
    station = OnlineStationFactory(site=harbour, protocol="ocpp1.6")
    look()
    assert not StationCommand.objects.exists()
    set_site_keep(site=harbour, keep=True, actor=ada, at=NOON)
    set_keep(station=station, keep=False, actor=ada, at=NOON)
    look()
    assert not StationCommand.objects.exists()
    set_keep(station=station, keep=None, actor=ada, at=NOON)
    look()
    assert asked(station).name == "GetLocalListVersion"
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["local_list.site_switched", "local_list.switched", "local_list.switched"]


def test_an_offline_station_is_out_of_step_until_it_comes(station, voltwerk):
    bring_in_step(station)
    station.connection.is_online = False
    station.connection.save()
    IdTokenFactory(organisation=voltwerk)
    count = StationCommand.objects.count()
    look()
    assert (row_of(station).state, StationCommand.objects.count()) == (ListState.OUT_OF_STEP, count)


def test_while_an_update_is_under_way_nothing_else_is_sent(station, voltwerk):
    bring_in_step(station)
    IdTokenFactory(organisation=voltwerk)
    look()
    count = StationCommand.objects.count()
    look()
    assert StationCommand.objects.count() == count


def test_an_update_that_was_lost_on_the_way_makes_us_ask_which_version_the_station_has(station, voltwerk):
    bring_in_step(station)
    IdTokenFactory(organisation=voltwerk)
    look()
    command = asked(station)
    command.state, command.sent_at, command.explanation = CommandState.TIMED_OUT, NOON, "No answer."
    command.save()
    note_command_end(command_id=command.pk, name=command.name, state="timed_out", at=NOON)
    assert row_of(station).problem == "No answer."
    look()
    assert asked(station).name == "GetLocalListVersion"


def test_every_change_of_cards_and_rules_makes_the_lists_it_concerns_due_after_a_moment(
    station, voltwerk, harbour, linden_court, rival_site, ada
):
    others = [OnlineStationFactory(site=site, protocol="ocpp2.0.1") for site in (linden_court, rival_site)]
    for other in others:
        says(other, "LocalAuthListCtrlr", "Enabled", "true")
    sweep_lists(at=NOON)
    driver = DriverFactory(organisation=voltwerk)

    def due_after(change) -> set[int]:
        LocalList.objects.update(due_at=NOON.replace(year=2099))
        result = change()
        deliver()
        due = set(LocalList.objects.filter(due_at__lt=NOON.replace(year=2098)).values_list("station_id", flat=True))
        return due, result

    mine = {station.pk, others[0].pk}
    due, token = due_after(lambda: create_token(driver=driver, value="NEW", actor=ada))
    assert due == mine
    assert due_after(lambda: block_token(token=token, actor=ada))[0] == mine
    assert due_after(lambda: edit_token(token=token, actor=ada, parent_group="G"))[0] == mine
    due, rule = due_after(lambda: create_access_rule(site=harbour, actor=ada))
    assert due == {station.pk}
    assert due_after(lambda: remove_access_rule(rule=rule, actor=ada))[0] == {station.pk}
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_a_card_expires_without_anybody_doing_anything(station, voltwerk):
    IdTokenFactory(organisation=voltwerk, value="SOON", expires_at=NOON + timedelta(minutes=30))
    bring_in_step(station)
    assert row_of(station).due_at == NOON + timedelta(hours=1)
    send_due_lists(at=NOON + timedelta(hours=1))
    assert asked(station).arguments["entries"] == [{"id_token": "SOON", "type": "ISO14443", "status": "Expired"}]


def test_sending_it_whole_by_hand_works_where_everything_by_itself_is_switched_off(harbour, voltwerk, ada):
    station = OnlineStationFactory(site=harbour, protocol="ocpp1.6", provisioning_enabled=False)
    says(station, "ConfigurationKey", "SendLocalListMaxLength", "1")
    IdTokenFactory.create_batch(2, organisation=voltwerk)
    command = send_full(station=station, actor=ada, origin=CommandOrigin.PORTAL, at=NOON)
    assert (command.arguments["update_type"], len(command.arguments["entries"])) == (FULL, 1)
    answer(station)
    send_due_lists(at=NOON + 2 * SECOND)
    assert asked(station).arguments["update_type"] == DIFFERENTIAL, "the rest of what was asked for"
    answer(station, at=NOON + 3 * SECOND)
    send_due_lists(at=NOON + 4 * SECOND)
    row = row_of(station)
    assert (row.state, row.held_count, row.due_at) == (ListState.IN_STEP, 2, None)
    IdTokenFactory(organisation=voltwerk)
    look(NOON + timedelta(hours=1))
    assert StationCommand.objects.count() == 2, "nothing more than was asked for"


def test_clearing_sends_an_empty_list_with_a_version_and_keeps_it_no_longer(station, voltwerk, ada):
    IdTokenFactory(organisation=voltwerk)
    bring_in_step(station)
    command = clear_list(station=station, actor=ada, origin=CommandOrigin.PORTAL, at=NOON)
    assert (command.arguments["version"], command.arguments["entries"]) == (2, [])
    answer(station)
    row = row_of(station)
    assert (row.version, row.held_count, row.state, row.keep) == (2, 0, ListState.BY_HAND, False)
    assert not row.entries.exists()


def test_a_card_that_the_station_was_told_to_forget_leaves_its_list_and_stays_out(station, voltwerk, ada):
    token = IdTokenFactory(organisation=voltwerk, value="Rita-1")
    bring_in_step(station)
    assert forget_token(station, id_token="RITA-1", id_token_type="ISO14443", at=NOON)
    sent = asked(station).arguments
    assert (sent["version"], sent["update_type"]) == (2, DIFFERENTIAL)
    assert sent["entries"] == [{"id_token": "Rita-1", "type": "ISO14443"}]
    answer(station)
    look()
    assert row_of(station).state == ListState.IN_STEP
    assert row_of(station).held_count == 0
    edit_token(token=token, actor=ada, label="again")
    deliver()
    look()
    assert asked(station).arguments["entries"][0]["status"] == "Accepted"


def test_forgetting_a_card_that_is_not_listed_sends_nothing(station):
    assert not forget_token(station, id_token="NOBODY", id_token_type="ISO14443", at=NOON)
    assert not StationCommand.objects.exists()


def test_where_rules_are_needed_the_list_holds_those_they_admit(station, harbour, voltwerk, ada):
    harbour.access_policy = AccessPolicy.BY_RULE
    harbour.save()
    admitted, _ = IdTokenFactory.create_batch(2, organisation=voltwerk)
    create_access_rule(site=harbour, actor=ada, driver=admitted.driver)
    bring_in_step(station)
    assert [entry.id_token_id for entry in row_of(station).entries.all()] == [admitted.pk]


def test_a_list_that_cannot_be_looked_at_does_not_hold_up_the_others(station, harbour, voltwerk, monkeypatch):
    other = OnlineStationFactory(site=harbour, protocol="ocpp2.0.1")
    says(other, "LocalAuthListCtrlr", "Enabled", "true")
    from apps.drivers.services.local_lists import steps

    real = steps.limits_of
    monkeypatch.setattr(steps, "limits_of", lambda pk: 1 / 0 if pk == station.pk else real(pk))
    look()
    assert [command.station_id for command in StationCommand.objects.all()] == [other.pk]
    assert row_of(station).due_at > NOON
