"""Attempts that ended in TLS: shown to those whom they may concern."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.chargers.models import FailedHandshake
from tests.factories.chargers import OnlineStationFactory
from tests.factories.places import UserFactory
from tests.portal.pages import words

pytestmark = pytest.mark.django_db
URL = "/connections/"
REASON = "It speaks only TLS 1.1 or older."


@pytest.fixture
def failure():
    at = timezone.now() - timedelta(minutes=5)
    return FailedHandshake.objects.create(
        remote_address="192.0.2.7", reason=REASON, first_at=at, last_at=at, attempts=4
    )


def page_of(client, person) -> str:
    client.force_login(person)
    return words(client.get(URL).content.decode())


def test_the_only_organisation_sees_every_failure(client, ada, failure):
    page = page_of(client, ada)
    assert REASON in page
    assert "nobody known at this address" in page


def test_with_several_organisations_it_shows_to_the_one_whose_station_calls_from_there(
    client, ada, otto, harbour, failure
):
    station = OnlineStationFactory(site=harbour, identity="NEAR")
    station.connection.remote_address = "192.0.2.7"
    station.connection.save()
    assert REASON in page_of(client, ada)
    assert "NEAR" in page_of(client, ada)
    assert REASON not in page_of(client, otto)


def test_an_administrator_sees_all_of_them(client, otto, rival_site, failure):
    assert REASON in page_of(client, UserFactory(is_superuser=True, is_staff=True))


def test_old_failures_are_not_shown(client, ada, failure):
    FailedHandshake.objects.update(last_at=timezone.now() - timedelta(days=8))
    assert REASON not in page_of(client, ada)
