"""What pages of equipment show in the demo: firmware, a security event, a display's message, reservations."""

from datetime import datetime, timedelta

from apps.accounts.models import Organisation
from apps.chargers.choices import DisplayMessageState
from apps.chargers.models import ChargingStation, DisplayMessage, SecurityAlarm, StationNotice
from apps.chargers.services.firmware.catalogue import add_firmware
from apps.drivers.models import IdToken
from apps.sessions.choices import ReservationState
from apps.sessions.models import Reservation


def create_equipment(
    organisations: dict[str, Organisation],
    stations: dict[str, ChargingStation],
    tokens: dict[str, list[IdToken]],
    *,
    at: datetime,
) -> None:
    """Nothing of this makes us send anything: all of it is past, or waits for a person."""
    add_firmware(
        organisation=organisations["nordlicht"], actor=None, at=at - timedelta(days=3), vendor="Voltaro",
        model="Rapid 150", version="1.19.0", release_notes="Faster start after plugging in. Upload the vendor’s file.",
    )  # fmt: skip
    tampered = at - timedelta(hours=5)
    StationNotice.objects.create(
        station=stations["SEE-03"], kind="security", title="TamperDetectionActivated", occurred_at=tampered,
        received_at=tampered, details={"info": "Cover of the cabinet opened"},
    )  # fmt: skip
    SecurityAlarm.objects.create(
        station=stations["SEE-03"], type="TamperDetectionActivated", first_at=tampered, last_at=tampered,
        info="Cover of the cabinet opened",
    )  # fmt: skip
    DisplayMessage.objects.create(
        station=stations["SEE-07"], number=1, content="Row closed for cleaning on Sunday", language="en",
        state=DisplayMessageState.CLEARED, asked_at=at - timedelta(days=6), told_at=at - timedelta(days=6),
        ended_at=at - timedelta(days=4),
    )  # fmt: skip
    Reservation.objects.bulk_create(_reservations(stations["SEE-02"], tokens["Ladepark Seevetal"], at=at))


def _reservations(station: ChargingStation, cards: list[IdToken], *, at: datetime) -> list[Reservation]:
    """One of each end, of the last days."""
    ends = (ReservationState.USED, ReservationState.EXPIRED, ReservationState.CANCELLED)
    return [
        Reservation(
            station=station, number=900_000 + number, evse_number=1, token_value=card.value, token_type=card.type,
            id_token=card, driver_id=card.driver_id, state=state, asked_at=at - timedelta(days=number + 1),
            held_at=at - timedelta(days=number + 1), expires_at=at - timedelta(days=number + 1, minutes=-30),
            ended_at=at - timedelta(days=number + 1, minutes=-25),
        )
        for number, (card, state) in enumerate(zip(cards, ends, strict=False))
    ]  # fmt: skip
