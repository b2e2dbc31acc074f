"""What the local authorisation list of a station should say, and how much of it fits into one message. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from apps.chargers.messages.commands.local_lists import ListEntry
from apps.chargers.messages.tokens import AuthorizationStatus
from apps.drivers.engine.access import Rule, TokenFacts, allowed_evses, concerns, group_of

SHORT_LENGTH, LENGTH_201 = 20, 36
TYPES_201 = frozenset({"Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress"})
MAX_FINGERPRINT = 500


@dataclass(frozen=True, slots=True)
class Card:
    """A token of the organisation: what stations read of it, and the facts of the rules."""

    pk: int
    value: str
    type: str
    facts: TokenFacts
    is_at_home: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list is used. ``evses``: EVSE → gives direct current. ``master_group``: the station's own, if any."""

    protocol: str
    only_by_rule: bool
    rules: Sequence[Rule]
    area_id: int | None
    evses: Mapping[int, bool]
    master_group: str = ""

    @property
    def is_16(self) -> bool:
        return self.protocol == "ocpp1.6"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a station takes: entries and bytes per message, entries and bytes in all; ``None`` where it says nothing."""

    items: int = 100
    message_bytes: int | None = None
    capacity: int | None = None
    storage_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry that the list should have, and the token that it comes from."""

    entry: ListEntry
    id_token_pk: int

    @property
    def identity(self) -> tuple[str, str]:
        return self.entry.id_token.casefold(), self.entry.type


def wanted_entries(cards: Iterable[Card], place: Place, *, at: datetime) -> list[Wanted]:
    """What the list should say at ``at``, the most useful entries first.

    Accepted cards come first, those of drivers at home there before others; then what must not be accepted. A card
    whose admission depends on the hour is left out, since a list knows no hours: the station asks us. So are cards
    without a rule where one is needed, and identifiers which the version cannot carry or could not tell apart.
    """
    listed = []
    for card in cards:
        value = _wire_value(card, place)
        info = _info(card, place, at) if value else None
        if info is not None:
            place_in_line = (info.status != AuthorizationStatus.ACCEPTED, not card.is_at_home, card.pk)
            listed.append((place_in_line, Wanted(_named(info, value, card, place), card.pk)))
    listed.sort(key=lambda pair: pair[0])
    return _told_apart([wanted for _, wanted in listed])


def that_fit(wanted: Sequence[Wanted], limits: Limits) -> list[Wanted]:
    """The first ones, as many as the station can hold."""
    kept, size = [], 0
    for one in wanted[: limits.capacity]:
        size += size_of(one.entry)
        if limits.storage_bytes is not None and size > limits.storage_bytes:
            break
        kept.append(one)
    return kept


def first_message(entries: Sequence[ListEntry], limits: Limits) -> list[ListEntry]:
    """As many of the entries as one message takes, one at least."""
    chosen: list[ListEntry] = []
    size = _ENVELOPE_BYTES
    for entry in entries[: max(1, limits.items)]:
        size += size_of(entry)
        if chosen and limits.message_bytes is not None and size > limits.message_bytes:
            break
        chosen.append(entry)
    return chosen


_ENVELOPE_BYTES = 200


def size_of(entry: ListEntry) -> int:
    """About how many bytes the entry takes in a message, rather too many than too few."""
    return 150 + 2 * len(entry.id_token) + len(entry.group_id) + 40 * bool(entry.group_id) + 4 * len(entry.evse_ids)


def fingerprint(entry: ListEntry) -> str:
    """What an entry says, as text to compare; empty for one that is to be removed."""
    if not entry.status:
        return ""
    said = [entry.status, entry.expires_at, entry.group_id, entry.charging_priority, list(entry.evse_ids)]
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)[:MAX_FINGERPRINT]


def entry_of(value: str, type_: str, text: str) -> ListEntry:
    """The entry with this identifier that a fingerprint stands for; an empty one removes it."""
    if not text:
        return ListEntry(value, type_)
    status, expires_at, group_id, priority, evse_ids = json.loads(text)
    return ListEntry(value, type_, status, expires_at, group_id, priority, tuple(evse_ids))


def arguments_of(entry: ListEntry) -> dict:
    """The entry as an argument of ``SendLocalList``: what is empty is left out."""
    return {name: value for name, value in asdict(entry).items() if value or name in ("id_token", "type")}


def _info(card: Card, place: Place, at: datetime) -> ListEntry | None:
    """What to say of the card; ``None`` where it does not belong into the list."""
    facts = card.facts
    admitting: list[Rule] = []
    if place.only_by_rule and not facts.is_master_pass:
        admitting = [rule for rule in place.rules if rule.holds_always and concerns(rule, facts, place.area_id)]
        fitting = [r for r in admitting if not place.evses or _admits_somewhere(r, place.evses)]
        if not fitting:
            return None
    has_left = facts.driver_left_at is not None and facts.driver_left_at <= at
    if facts.status != "active" or has_left:
        return ListEntry("", status=AuthorizationStatus.BLOCKED.value)
    if facts.expires_at is not None and facts.expires_at <= at:
        return ListEntry("", status=AuthorizationStatus.EXPIRED.value)
    return ListEntry(
        "",
        status=AuthorizationStatus.ACCEPTED.value,
        expires_at=_wire_instant(facts.expires_at),
        group_id=_group(facts, place),
        charging_priority=0 if place.is_16 else facts.charging_priority,
        evse_ids=() if place.is_16 else allowed_evses(admitting, place.evses) if admitting else (),
    )


def _admits_somewhere(rule: Rule, evses: Mapping[int, bool]) -> bool:
    return not rule.current or any((rule.current == "dc") == is_dc for is_dc in evses.values())


def _group(facts: TokenFacts, place: Place) -> str:
    group = facts.parent_group or (place.master_group if facts.is_master_pass else "") or group_of(facts)
    return group[: SHORT_LENGTH if place.is_16 else LENGTH_201]


def _wire_value(card: Card, place: Place) -> str:
    """The identifier as the station reads it, empty where its version has no way to say it."""
    if place.is_16:
        return card.value[:SHORT_LENGTH]
    if place.protocol == "ocpp2.0.1" and (len(card.value) > LENGTH_201 or card.type not in TYPES_201):
        return ""
    return card.value


def _named(info: ListEntry, value: str, card: Card, place: Place) -> ListEntry:
    said = asdict(info) | {"id_token": value, "type": "" if place.is_16 else card.type}
    return ListEntry(**said)


def _wire_instant(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else ""


def _told_apart(wanted: list[Wanted]) -> list[Wanted]:
    """Without those whose shortened identifiers are the same: nobody could say which of them is meant."""
    counts: dict[tuple[str, str], int] = {}
    for one in wanted:
        counts[one.identity] = counts.get(one.identity, 0) + 1
    return [one for one in wanted if counts[one.identity] == 1]
