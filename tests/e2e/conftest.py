"""One server process for the whole folder, and a network on it per test."""

import pytest

from tests.e2e.network import Network
from tests.e2e.raw import Outside
from tests.support.fixtures import common_server, real_database_allowed, server_database

__all__ = ["common_server", "real_database_allowed", "server_database"]


@pytest.fixture
def network(common_server, real_database_allowed) -> Network:
    """An organisation of its own at the common server."""
    return Network.found(common_server)


@pytest.fixture
async def api(network):
    async with network.api() as client:
        yield client


@pytest.fixture
def outside(network, api):
    """Stations that are bare sockets, prepared by the API alone."""
    return Outside(api, network.site.pk, network.server.socket_url)
