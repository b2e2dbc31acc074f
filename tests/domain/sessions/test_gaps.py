"""Sessions with missing events: the charger is asked, once, and never unbidden."""

import pytest
from django.db import transaction

from apps.chargers.models import StationCommand
from apps.sessions.services.gaps import ask_about_gap
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db


def session(flags=("seq_gap",), protocol="ocpp2.0.1", **station):
    place = OnlineStationFactory(protocol=protocol, **station)
    return SessionFactory(station=place, flags=list(flags), protocol=protocol, transaction_id="tx-1")


def test_a_gap_is_asked_about_once():
    found = session()
    ask_about_gap(session_id=found.pk, at=NOON)
    ask_about_gap(session_id=found.pk, at=NOON)
    (command,) = StationCommand.objects.all()
    assert (command.name, command.arguments) == ("GetTransactionStatus", {"transaction_id": "tx-1"})


@pytest.mark.parametrize(
    "fields", [{"flags": ()}, {"protocol": "ocpp1.6"}, {"provisioning_enabled": False}], ids=lambda f: next(iter(f))
)
def test_nobody_is_asked_without_need_or_leave(fields):
    found = session(**fields)
    assert ask_about_gap(session_id=found.pk, at=NOON) is None
    assert not StationCommand.objects.exists()


def test_a_session_without_a_gap_is_looked_at_and_not_locked(django_assert_num_queries):
    found = session(flags=())
    with transaction.atomic(), django_assert_num_queries(3):  # a savepoint, one look, the savepoint's end
        ask_about_gap(session_id=found.pk, at=NOON)
