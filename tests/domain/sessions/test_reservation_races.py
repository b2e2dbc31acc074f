"""Two people at once, on a database that really lets it happen."""

from datetime import timedelta

import pytest

from apps.chargers.choices import CommandOrigin
from apps.chargers.models import BulkOperation, StationCommand
from apps.chargers.services import bulk
from apps.sessions.models import Reservation
from apps.sessions.services import reservations
from apps.sessions.services.reservations import UnableToReserve
from tests.domain.chargers.test_concurrency import together
from tests.factories.chargers import NOON, BulkItemFactory, OnlineStationFactory
from tests.factories.drivers import IdTokenFactory
from tests.factories.places import UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_one_place_is_reserved_once():
    station = OnlineStationFactory(identity="CP-RACE")
    cards = [IdTokenFactory(organisation=station.site.organisation) for _ in range(2)]

    def ask(card):
        try:
            return reservations.reserve(
                station=station, card=card, expires_at=NOON + timedelta(hours=1), evse_number=1, actor=None,
                origin=CommandOrigin.PORTAL, at=NOON,
            )  # fmt: skip
        except UnableToReserve as refusal:
            return refusal.message

    answers = together(*(lambda card=card: ask(card) for card in cards))
    assert answers.count("This EVSE is reserved already.") == 1
    assert Reservation.objects.count() == StationCommand.objects.count() == 1


def test_two_workers_ask_each_station_of_a_bulk_operation_once():
    operation: BulkOperation = BulkItemFactory(station=OnlineStationFactory(identity="CP-A")).operation
    operation.requested_by = UserFactory(is_superuser=True)
    operation.save()
    for name in ("CP-B", "CP-C"):
        BulkItemFactory(station=OnlineStationFactory(identity=name), operation=operation)
    together(lambda: bulk.run_bulk_operations(NOON), lambda: bulk.run_bulk_operations(NOON))
    assert StationCommand.objects.count() == 3
