"""Asking a station to keep a place, and to give it free again."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from apps.chargers.choices import CommandOrigin, OcppVersion
from apps.chargers.messages.commands.reservations import CancelReservation, ReserveNow
from apps.chargers.models import ChargingStation, DeviceVariable, StationCommand
from apps.chargers.services.commands import enqueue
from apps.chargers.services.locking import lock_station
from apps.core.errors import DomainError
from apps.core.ids import reserve_numbers
from apps.drivers.choices import CardState
from apps.drivers.models import IdToken
from apps.sessions.choices import ReservationState
from apps.sessions.models import Reservation
from apps.sessions.services.reservations.pages import nudge_pages

MAX_HOLD = timedelta(hours=24)
LONGEST_TAG_16 = 20
# Of the station as a whole, in the words of each version.
_ANYWHERE = Q(component="ConfigurationKey", variable="ReserveConnectorZeroSupported") | Q(
    component="ReservationCtrlr", variable="NonEvseSpecific"
)


class UnableToReserve(DomainError):
    code = "unable_to_reserve"
    message = "This place cannot be reserved now."


def reserve(
    *,
    station: ChargingStation,
    card: IdToken,
    expires_at: datetime,
    actor,
    origin: CommandOrigin,
    at: datetime,
    evse_number: int = 0,
    connector_type: str = "",
    address: str | None = None,
) -> Reservation:
    """Ask ``station`` to keep EVSE ``evse_number`` (0: any place) for ``card`` until ``expires_at``; its row, asked.

    The station decides: the row becomes held or refused with its answer. Other cards of the card's group may use it.
    ``expires_at`` lies at most ``MAX_HOLD`` ahead. Raises ``UnableToReserve``, ``CommandRefused``.
    """
    with transaction.atomic():
        station = lock_station(station)
        _end_what_expired(station, at)
        _check(station, card, expires_at, evse_number, connector_type, at)
        command = ReserveNow(
            reservation_id=_free_number(station),
            expires_at=expires_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z",
            id_token=card.value,
            id_token_type=card.type,
            evse_id=evse_number,
            group_id_token=card.parent_group or None,
            connector_type=connector_type or None,
        )
        row = enqueue(station=station, command=command, actor=actor, origin=origin, at=at, address=address)
        reservation = Reservation.objects.create(
            station=station, number=command.reservation_id, evse_number=evse_number, connector_type=connector_type,
            token_value=card.value, token_type=card.type, group_value=card.parent_group, id_token=card,
            driver=card.driver, asked_at=at, expires_at=expires_at, requested_by=actor, command=row,
        )  # fmt: skip
        nudge_pages([station.pk])
    return reservation


def cancel_reservation(
    *, reservation: Reservation, actor, origin: CommandOrigin, at: datetime, address: str | None = None
) -> StationCommand:
    """Ask the station to give the place free; it is cancelled when the station agrees. Raises ``UnableToReserve``."""
    if not reservation.is_live or reservation.expires_at <= at:
        raise UnableToReserve("The reservation has ended already.")
    return enqueue(
        station=reservation.station,
        command=CancelReservation(reservation_id=reservation.number),
        actor=actor,
        origin=origin,
        at=at,
        address=address,
    )


def why_not_anywhere(station: ChargingStation) -> str:
    """Why ``station`` cannot keep "any place", as far as it has told; 1.6 stations must have said that they can."""
    said = DeviceVariable.objects.filter(_ANYWHERE, station=station, attribute="Actual").values_list("value", flat=True)
    value = (said.first() or "").casefold()
    if value == "true":
        return ""
    if value == "false":
        return "The station can only reserve a single EVSE: choose which."
    if station.protocol == OcppVersion.OCPP16:
        return "The station has not said that it can reserve any place: choose an EVSE, or read its variables first."
    return ""


def _check(
    station: ChargingStation, card: IdToken, expires_at: datetime, evse_number: int, connector_type: str, at: datetime
) -> None:
    connection = getattr(station, "connection", None)
    if connection is None or not connection.is_online:
        raise UnableToReserve("The station is offline: nothing reaches it now.")
    if not at < expires_at <= at + MAX_HOLD:
        hours = MAX_HOLD.total_seconds() / 3600
        raise UnableToReserve(f"A reservation ends in the future, within {hours:g} hours.", field="expires_at")
    if card.organisation_id != station.site.organisation_id or card.state_at(at) is not CardState.ACCEPTED:
        raise UnableToReserve("This card is not accepted here.", field="card")
    is_16 = station.protocol == OcppVersion.OCPP16
    if is_16 and len(card.value) > LONGEST_TAG_16:
        raise UnableToReserve("The card’s number is too long for OCPP 1.6.", field="card")
    if connector_type and (is_16 or evse_number):
        raise UnableToReserve("A type of connector goes with “any place”, from OCPP 2 on.", field="connector_type")
    _check_place(station, evse_number)


def _check_place(station: ChargingStation, evse_number: int) -> None:
    taken = list(Reservation.objects.live().filter(station=station).values_list("evse_number", flat=True))
    if evse_number:
        if not station.evses.filter(number=evse_number).exists():
            raise UnableToReserve("The station has no such EVSE.", field="evse")
        if evse_number in taken:
            raise UnableToReserve("This EVSE is reserved already.", field="evse")
    elif reason := why_not_anywhere(station):
        raise UnableToReserve(reason, field="evse")
    if len(taken) >= max(station.evses.count(), 1):
        raise UnableToReserve("Every place of this station is reserved already.", field="evse")


def _free_number(station: ChargingStation) -> int:
    """A number that no living reservation of the station has: people may have sent theirs by hand."""
    while True:
        number = reserve_numbers("reservation", how_many=1)[0]
        if not Reservation.objects.live().filter(station=station, number=number).exists():
            return number


def _end_what_expired(station: ChargingStation, at: datetime) -> None:
    Reservation.objects.live().filter(station=station, expires_at__lte=at).update(
        state=ReservationState.EXPIRED, ended_at=at
    )
