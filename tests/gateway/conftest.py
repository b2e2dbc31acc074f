"""Stations for the tests of the gateway, and the servers they talk to."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from apps.chargers.engine.passwords import hash_password
from apps.chargers.models import ChargingStation
from apps.gateway.simulator.driver import SimulatedStation
from tests.factories.chargers import StationFactory
from tests.factories.places import OrganisationFactory, SiteFactory
from tests.support.fixtures import common_server, real_database_allowed, server_database
from tests.support.server import OwnDatabase, ServerProcess

__all__ = ["common_server", "real_database_allowed", "server_database"]

PASSWORD = "a-long-enough-password"
_numbers = itertools.count(1)


@dataclass
class Place:
    """A server, its database, and stations to enrol there."""

    server: ServerProcess
    database: OwnDatabase

    def enrol(self, **fields) -> ChargingStation:
        """A station of its own site with ``PASSWORD``, EVSE 1 and no provisioning of its own."""
        site = fields.pop("site_fields", {})
        values = {
            "identity": f"CP-{next(_numbers):05}",
            "password_hash": hash_password(PASSWORD),
            "provisioning_enabled": False,
            "evses": 1,
            **fields,
        }
        return self.database.do(
            lambda: StationFactory(site=SiteFactory(organisation=_organisation(), **site), **values)
        )

    def dial(
        self, station: ChargingStation | str, *, server: ServerProcess | None = None, **options
    ) -> SimulatedStation:
        """A simulated station that will connect as ``station`` with the right password."""
        options = {"password": PASSWORD, "version": "1.6", **options}
        return SimulatedStation(url=(server or self.server).socket_url, identity=station.identity, **options)

    def reload(self, row):
        """The row as it is stored now."""
        return self.database.do(lambda: type(row).objects.get(pk=row.pk))


@asynccontextmanager
async def connected(
    chargers: Iterable[SimulatedStation], *, boot: bool = False
) -> AsyncIterator[list[SimulatedStation]]:
    """The chargers, connected one after the other and booted if asked for; all shut down at the end."""
    chargers = list(chargers)
    async with AsyncExitStack() as stack:
        for charger in chargers:
            await stack.enter_async_context(charger)
            if boot:
                await charger.boot()
        yield chargers


def _organisation():
    """Organisations differ between databases, so every station brings its own."""
    number = next(_numbers)
    return OrganisationFactory(slug=f"gateway-{number}", name=f"Gateway {number}")


@pytest.fixture
def place(common_server, server_database, real_database_allowed) -> Place:
    """The common server with its database."""
    return Place(common_server, server_database)


@pytest.fixture
def place_at(real_database_allowed) -> Callable[[ServerProcess], Place]:
    """A ``Place`` around a server that the test started itself."""
    return lambda server: Place(server, server.database)
