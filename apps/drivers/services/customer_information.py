"""Asking stations what they know of a customer, having them forget it, and joining the parts of their answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.commands.customer import CustomerInformation as Question
from apps.chargers.messages.commands.customer import CustomerInformationAnswered
from apps.chargers.messages.events.customer import CustomerInformationNotified
from apps.chargers.messages.replies import Reply
from apps.chargers.models import ChargingStation
from apps.chargers.services.commands import CommandRefused, enqueue
from apps.core import live
from apps.core.db.rowsets import without_nul
from apps.core.errors import DomainError
from apps.core.ids import reserve_numbers
from apps.drivers.choices import InformationState
from apps.drivers.models import CustomerInformation
from apps.drivers.services.local_lists.forgetting import forget_token

KEEP_FOR = timedelta(days=30)
"""Personal data: what a station told is removed after this."""
DEADLINE_S = 300
MAX_PARTS = 2_000
LONGEST_CARD, LONGEST_CARD_OF_21 = 36, 255
"""Characters of IdTokenType.idToken."""
_HASH_FIELDS = frozenset({"hashAlgorithm", "issuerNameHash", "issuerKeyHash", "serialNumber"})
_NOT_IN_16 = "OCPP 1.6 cannot ask what a station knows of a customer."


class InvalidQuestion(DomainError):
    code = "invalid_question"
    message = "Ask for a report, for clearing, or for both."


def ask_customer_information(
    *,
    station: ChargingStation,
    actor,
    origin: CommandOrigin,
    at: datetime,
    report: bool,
    clear: bool,
    id_token: str = "",
    id_token_type: str = "ISO14443",
    customer_identifier: str = "",
    certificate_hash: Mapping[str, str] | None = None,
    address: str | None = None,
) -> CustomerInformation:
    """Ask ``station`` to tell, to forget, or both, what it knows of one customer (OCPP 2.0.1 N09, N10).

    Exactly one of ``id_token``, ``customer_identifier`` and ``certificate_hash`` names the customer.
    Raises ``InvalidQuestion`` and ``CommandRefused``.
    """
    _check(station, report, clear, id_token, customer_identifier, certificate_hash)
    (request_id,) = reserve_numbers("ocpp_request", how_many=1)
    question = Question(
        request_id=request_id,
        report=report,
        clear=clear,
        id_token=id_token or None,
        id_token_type=id_token_type,
        customer_identifier=customer_identifier or None,
        certificate_hash=dict(certificate_hash) if certificate_hash else None,
    )
    with transaction.atomic():
        command = enqueue(
            station=station, command=question, actor=actor, origin=origin, at=at, deadline_s=DEADLINE_S, address=address
        )
        return CustomerInformation.objects.create(
            station=station,
            request_id=request_id,
            command=command,
            requested_by=actor,
            requested_at=at,
            report=report,
            clear=clear,
            id_token=id_token,
            id_token_type=id_token_type if id_token else "",
            customer_identifier=customer_identifier,
            certificate_hash=dict(certificate_hash) if certificate_hash else None,
        )


@transaction.atomic
def learn_customer_answers(lessons: Sequence[Lesson[CustomerInformationAnswered]]) -> None:
    """The station's word, also to a raw call. What it was told to forget leaves its local list as well."""
    for lesson in lessons:
        learnt, at = lesson.learnt, lesson.at
        row = _row(lesson.station.station_id, learnt.request_id, at)
        row.report, row.clear = learnt.report, learnt.clear
        row.id_token, row.id_token_type = learnt.id_token[:255], learnt.id_token_type[:20]
        row.customer_identifier = learnt.customer_identifier[:64]
        row.command_id = lesson.command_id
        row.status_word = learnt.status[:60]
        if learnt.status != "Accepted":
            row.state, row.completed_at = InformationState.REFUSED, at
        elif row.completed_at is None:
            row.state = InformationState.ACCEPTED
        row.save()
        if learnt.status == "Accepted" and learnt.clear and learnt.id_token:
            forget_token(row.station, id_token=learnt.id_token, id_token_type=learnt.id_token_type, at=at)
        _nudge(row)


@transaction.atomic(savepoint=False)
def record_customer_information(facts: Sequence[Fact[CustomerInformationNotified]]) -> list[Reply]:
    """Store parts of answers (NotifyCustomerInformation), at most one of each station; in any order, and twice."""
    for fact in facts:
        row = _row(fact.station.station_id, fact.event.request_id, fact.received_at)
        _join(row, fact.event, fact.received_at)
        row.save()
        _nudge(row)
    return [Reply()] * len(facts)


@transaction.atomic
def note_question_end(*, command_id: int, state: str) -> None:
    """The question was not answered with a word."""
    if state in (CommandState.ACCEPTED, CommandState.REJECTED):
        return
    rows = CustomerInformation.objects.filter(command_id=command_id, state=InformationState.ASKED)
    rows.update(state=InformationState.FAILED)


def forget_old_answers(*, at: datetime) -> int:
    """Remove what is older than ``KEEP_FOR``; return how many."""
    return CustomerInformation.objects.filter(requested_at__lt=at - KEEP_FOR).delete()[0]


def _check(station, report, clear, id_token, customer_identifier, certificate_hash) -> None:
    if station.protocol == "ocpp1.6":
        raise CommandRefused(_NOT_IN_16)
    if not (report or clear):
        raise InvalidQuestion(field="report")
    named = [bool(id_token), bool(customer_identifier), bool(certificate_hash)]
    if sum(named) != 1:
        raise InvalidQuestion("Name the customer by a card, an identifier or a certificate: by one of them.")
    longest = LONGEST_CARD_OF_21 if station.protocol == "ocpp2.1" else LONGEST_CARD
    if len(id_token) > longest:
        raise InvalidQuestion(f"A station reads up to {longest} characters of a card.", field="id_token")
    if certificate_hash and set(certificate_hash) != _HASH_FIELDS:
        raise InvalidQuestion("A certificate is named by its four hash values.", field="certificate_hash")


def _row(station_id: int, request_id: int, at: datetime) -> CustomerInformation:
    CustomerInformation.objects.get_or_create(
        station_id=station_id, request_id=request_id, defaults={"requested_at": at}
    )
    rows = CustomerInformation.objects.select_for_update(of=("self",)).select_related("station__site")
    return rows.get(station_id=station_id, request_id=request_id)


def _join(row: CustomerInformation, part: CustomerInformationNotified, at: datetime) -> None:
    if len(row.parts) >= MAX_PARTS or part.seq_no < 0:
        return
    row.parts.setdefault(str(part.seq_no), without_nul(part.data))
    if not part.to_be_continued:
        row.last_seq_no = min(part.seq_no, 2**31 - 1)
    numbers = sorted(map(int, row.parts))
    row.text = "".join(row.parts[str(number)] for number in numbers)
    is_whole = row.last_seq_no is not None and set(numbers) >= set(range(min(row.last_seq_no, MAX_PARTS) + 1))
    if is_whole and row.completed_at is None:
        row.completed_at, row.state = at, InformationState.DONE


def _nudge(row: CustomerInformation) -> None:
    topics = [f"station:{row.station_id}"]
    live.nudge_on_commit(organisation_id=row.station.site.organisation_id, topics=topics)
