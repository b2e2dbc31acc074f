"""Taking in meter values: the hottest path of all, so plain tuples, and three statements for any number of facts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apps.chargers.facts import Fact
from apps.chargers.messages.events import MeterValuesReported
from apps.chargers.messages.replies import Reply
from apps.core import live, outbox
from apps.sessions.choices import REVIEW_FLAGS, SessionState
from apps.sessions.engine.clock import instant_of
from apps.sessions.engine.meter import take_reading
from apps.sessions.events import SESSION_ENDED, session_event
from apps.sessions.models import ChargingSession
from apps.sessions.services.meter_rows import row_of, write_meter_rows
from apps.sessions.services.metered_sessions import MeteredSession, load_by_transaction, load_open, store
from apps.sessions.services.parking import park_unknown_values

_ACKNOWLEDGED = Reply()
_LARGEST_EVSE = 2**31 - 1


@dataclass(slots=True)
class _Open:
    """The open sessions of a batch's stations."""

    by_evse: dict[tuple[int, int | None], MeteredSession]
    by_transaction: dict[tuple[int, str], MeteredSession]


def record_meter_values(facts: Sequence[Fact[MeterValuesReported]]) -> list[Reply]:
    """Store meter values and move the running columns of their sessions; at most one fact per station.

    A value belongs to the transaction it names, else to the open session of its EVSE; ``evse_id`` 0 is the station's
    own meter. Values of ended sessions are kept and count, and neither reopen nor end anything; what they change is
    priced again, and reviewed where it is doubtful. A transaction that nobody knows is noted once. Repeats change
    nothing.
    """
    sessions = _load(facts)
    rows = []
    touched: dict[int, MeteredSession] = {}
    changed_after_end = []
    topics: dict[int, list[str]] = defaultdict(list)
    unknown = []
    for fact in facts:
        station, event, received_at = fact.station, fact.event, fact.received_at
        station_id = station.station_id
        evse_number = event.evse_id if 0 <= event.evse_id <= _LARGEST_EVSE else 0
        session = None
        if event.transaction_id:
            session = sessions.by_transaction.get((station_id, event.transaction_id))
            if session is None:
                unknown.append((station_id, event.transaction_id, received_at))
        elif evse_number:
            session = sessions.by_evse.get((station_id, evse_number))
        session_id = None if session is None else session.id
        # The station's main meter says nothing of a session's energy, even where its frame names one.
        counts = session is not None and evse_number != 0
        for reading in event.readings:
            at = instant_of(reading.at, received_at).at
            rows.append(
                row_of(
                    reading,
                    station_id=station_id,
                    evse_number=evse_number,
                    at=at,
                    received_at=received_at,
                    session_id=session_id if counts else None,
                )
            )
            if counts:
                before = (session.energy_wh, session.flags)
                take_reading(session, reading, at, rating_w=station.max_power_w, is_over=session.is_over)
                if session.is_over and (session.energy_wh, session.flags) != before:
                    changed_after_end.append(session)
        if counts and event.readings:
            touched[session.id] = session
            topics[station.organisation_id].append(f"session:{session.id}")
        topics[station.organisation_id].append(f"station:{station_id}")
    write_meter_rows(rows)
    store(list(touched.values()))
    if changed_after_end:
        _look_again(changed_after_end)
    park_unknown_values(unknown)
    for organisation_id, chosen in topics.items():
        live.nudge_on_commit(organisation_id=organisation_id, topics=chosen)
    return [_ACKNOWLEDGED] * len(facts)


def _look_again(sessions: Sequence[MeteredSession]) -> None:
    """Late values changed what ended sessions are: the doubtful ones are to be reviewed, all are priced anew."""
    doubtful = [session.id for session in sessions if REVIEW_FLAGS & set(session.flags)]
    ChargingSession.objects.filter(pk__in=doubtful, state=SessionState.ENDED).update(state=SessionState.REVIEW)
    rows = ChargingSession.objects.filter(pk__in={session.id for session in sessions})
    outbox.record_many([session_event(SESSION_ENDED, row) for row in rows])


def _load(facts: Sequence[Fact[MeterValuesReported]]) -> _Open:
    """The sessions that the facts can mean: the open ones, and if any names another, those too."""
    found = load_open({fact.station.station_id for fact in facts})
    by_transaction = {(session.station_id, session.transaction_id): session for session in found}
    named = {(fact.station.station_id, fact.event.transaction_id) for fact in facts if fact.event.transaction_id}
    missing = named - by_transaction.keys()
    if missing:
        for session in load_by_transaction(missing):
            by_transaction[session.station_id, session.transaction_id] = session
    # Where two are open at one EVSE, the newer one is charging: rows come in the order of their keys.
    return _Open({(session.station_id, session.evse_number): session for session in found}, by_transaction)
