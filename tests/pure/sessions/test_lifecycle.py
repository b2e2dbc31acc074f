"""The engine of sessions: repeats and order of arrival change nothing, energy is never negative."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from apps.chargers.messages.events import ChargingState, TransactionEvent, TransactionEventType
from apps.chargers.messages.metering import MeterReading
from apps.chargers.messages.tokens import IdToken
from apps.sessions.engine.lifecycle import TokenVerdict, advance
from apps.sessions.engine.snapshot import Snapshot

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
STARTED, UPDATED, ENDED = TransactionEventType
# What depends on when something arrived, or is only shown while a session runs.
PROVISIONAL = {"started_received_at", "power_wh"}


def verdict_on(event):
    if event.id_token is None:
        return None
    status = "Accepted" if event.id_token.value != "bad" else "Unknown"
    return TokenVerdict(
        event.id_token.value, "ISO14443", status, status == "Accepted", id_token_id=len(event.id_token.value)
    )


def play(events):
    session = Snapshot(station_id=1)
    for event in events:
        session = advance(session, event, received_at=NOON + timedelta(days=1), verdict=verdict_on(event))
    return session


def settled(session):
    return {name: value for name, value in asdict(session).items() if name not in PROVISIONAL}


@st.composite
def transactions(draw):
    """The events of one 2.x transaction in their order: registers rise, states change, a token comes at some point."""
    count = draw(st.integers(2, 9))
    register = draw(st.integers(0, 10_000))
    events = []
    for seq in range(count):
        type_ = STARTED if seq == 0 else ENDED if seq == count - 1 else UPDATED
        at = NOON + timedelta(minutes=seq)
        register += draw(st.integers(0, 1_000))
        events.append(
            TransactionEvent(
                type_,
                "TX",
                at,
                seq_no=seq,
                offline=True,
                evse_id=1 if seq == 0 else None,
                id_token=draw(st.sampled_from([None, IdToken("bad"), IdToken("good"), IdToken("better")])),
                charging_state=draw(st.sampled_from([None, *ChargingState])),
                stopped_reason="EVDisconnected" if type_ is ENDED else "",
                readings=(MeterReading(at, energy_wh=register, power_w=1000, soc_percent=50.0),),
            )
        )
    return events


@given(transactions(), st.randoms())
def test_any_order_of_the_events_gives_the_same_ended_session(events, random):
    shuffled = random.sample(events, len(events))
    assert settled(play(shuffled)) == settled(play(events))


@given(transactions(), st.randoms())
def test_playing_a_log_twice_equals_once(events, random):
    repeated = [*events, *random.sample(events, len(events))]
    assert settled(play(repeated)) == settled(play(events))


@given(transactions())
def test_a_repeat_gives_back_the_very_same_session(events):
    session = play(events)
    assert all(advance(session, event, received_at=NOON, verdict=verdict_on(event)) is session for event in events)


@given(transactions(), st.integers(1, 7))
def test_a_missing_event_is_told(events, lost):
    if lost >= len(events) - 1:
        return
    session = play([event for event in events if event.seq_no != lost])
    assert "seq_gap" in session.flags


anything = st.one_of(st.none(), st.integers(-10, 10), st.integers(-(10**12), 10**12))
instants = st.integers(-20_000, 20_000).map(lambda minutes: NOON + timedelta(minutes=minutes))


@given(st.lists(st.tuples(st.sampled_from(TransactionEventType), instants, anything, anything, anything), max_size=8))
def test_energy_is_never_negative_whatever_the_charger_says(words):
    session = Snapshot(station_id=1)
    for seq, (type_, at, start, stop, reading) in enumerate(words):
        event = TransactionEvent(
            type_,
            "TX",
            at,
            seq_no=seq,
            meter_start_wh=start,
            meter_stop_wh=stop,
            readings=(MeterReading(at, energy_wh=reading),),
        )
        session = advance(session, event, received_at=NOON)
        assert session.energy_wh >= 0
        assert session.ended_at is None or session.ended_at >= session.started_at


def event(type_, seq, **changes):
    return TransactionEvent(type_, "TX", NOON + timedelta(minutes=seq), seq_no=seq, **changes)


def test_charging_states_make_the_session_active_or_idle():
    states = [ChargingState.EV_CONNECTED, ChargingState.CHARGING, ChargingState.SUSPENDED_EV]
    sessions = [play([event(STARTED, 0), event(UPDATED, 1, charging_state=state)]) for state in states]
    assert [session.state for session in sessions] == ["idle", "active", "idle"]


def test_the_end_of_charging_is_when_the_car_last_stopped_asking():
    states = ["Charging", "SuspendedEV", "Charging", "SuspendedEVSE", "SuspendedEV", "EVConnected"]
    events = [event(UPDATED, seq + 1, charging_state=ChargingState(state)) for seq, state in enumerate(states)]
    assert play([event(STARTED, 0), *events]).charging_ended_at == NOON + timedelta(minutes=5)


def test_repeated_charging_states_are_kept_once():
    events = [event(UPDATED, seq, charging_state=ChargingState.CHARGING) for seq in range(1, 200)]
    session = play([event(STARTED, 0, charging_state=ChargingState.EV_CONNECTED), *events])
    assert [state for _, _, state in session.charging_states] == ["EVConnected", "Charging"]


def test_an_accepted_token_later_on_makes_the_session_his():
    session = play([event(STARTED, 0, id_token=IdToken("bad")), event(UPDATED, 1, id_token=IdToken("good"))])
    assert (session.token_value, session.is_billable) == ("good", True)
    assert "unauthorised" not in session.flags


def test_the_token_that_ends_a_session_does_not_take_it_over():
    session = play([event(STARTED, 0, id_token=IdToken("good")), event(ENDED, 1, id_token=IdToken("better"))])
    assert session.token_value == "good"


def test_a_register_in_kwh_labelled_wh_is_doubted_by_the_power_reported_beside_it():
    def at(minutes, kwh):
        return (MeterReading(NOON + timedelta(minutes=minutes), energy_wh=kwh, power_w=11_000),)

    session = play(
        [
            event(STARTED, 0, readings=at(0, 100)),
            event(UPDATED, 30, readings=at(30, 106)),
            event(ENDED, 60, readings=at(60, 111)),
        ]
    )
    assert (session.energy_wh, session.state) == (11, "review")
    assert "meter_implausible" in session.flags


def test_a_last_register_that_cannot_be_is_told():
    bad = MeterReading(NOON + timedelta(minutes=1), deviations=("value-impossible",))
    session = play([event(STARTED, 0, readings=(MeterReading(NOON, energy_wh=100),)), event(ENDED, 1, readings=(bad,))])
    assert (session.energy_wh, session.state) == (0, "review")
    assert "meter_backwards" in session.flags
