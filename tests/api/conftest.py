"""A small network at two organisations, and programs that sign in as its people."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.accounts.services.api_tokens import issue_api_token
from apps.chargers.models import ChargingStation
from apps.drivers.models import Driver, IdToken
from tests.factories.chargers import OnlineStationFactory
from tests.factories.drivers import DriverFactory, IdTokenFactory
from tests.support.fixtures import common_server, real_database_allowed, server_database

__all__ = ["common_server", "real_database_allowed", "server_database"]


def client_of(user: User | None) -> APIClient:
    """A program with a token of ``user``; without one for ``None``."""
    client = APIClient()
    if user is not None:
        _, secret = issue_api_token(user=user, name="test", actor=user)
        client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


@pytest.fixture
def as_person(request) -> Callable[[str], APIClient]:
    """``as_person("ada")``: her program; ``"nobody"`` has no token."""
    return lambda name: client_of(None if name == "nobody" else request.getfixturevalue(name))


@pytest.fixture
def ada_api(ada) -> APIClient:
    return client_of(ada)


@dataclass
class Network:
    """One station, driver and card at each of the three sites: Harbour, Linden Court and Rival Park."""

    stations: dict[str, ChargingStation]
    drivers: dict[str, Driver]
    cards: dict[str, IdToken]

    @property
    def harbour(self) -> ChargingStation:
        return self.stations["harbour"]

    @property
    def linden(self) -> ChargingStation:
        return self.stations["linden"]

    @property
    def rival(self) -> ChargingStation:
        return self.stations["rival"]


@pytest.fixture
def network(harbour, linden_court, rival_site) -> Network:
    sites = {"harbour": harbour, "linden": linden_court, "rival": rival_site}
    stations, drivers, cards = {}, {}, {}
    for name, site in sites.items():
        stations[name] = OnlineStationFactory(site=site, identity=f"CP-{name}", evses=1)
        drivers[name] = DriverFactory(organisation=site.organisation, home_site=site, name=f"Driver of {name}")
        cards[name] = IdTokenFactory(organisation=site.organisation, driver=drivers[name], value=f"CARD-{name}")
    return Network(stations, drivers, cards)


def rows_of(response) -> list[dict]:
    assert response.status_code == 200, response.content
    return response.json()["results"]


def fields_of(response, status: int = 400) -> set[str]:
    """The fields that a refusal names."""
    assert response.status_code == status, response.content
    return set(response.json()["fields"])
