"""A small network around a real server: a site, its operator with an API token, drivers with cards, stations."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from apps.accounts.policy import Role
from apps.accounts.services.api_tokens import issue_api_token
from apps.chargers.choices import CommandOrigin
from apps.chargers.engine.passwords import hash_password
from apps.chargers.messages.commands import Command
from apps.chargers.models import ChargingStation, StationCommand
from apps.chargers.services.commands import enqueue
from apps.core.models import OutboxEvent
from apps.gateway.simulator.driver import SimulatedStation
from apps.sites.models import Site
from tests.e2e.api import Api
from tests.factories.chargers import StationFactory
from tests.factories.drivers import IdTokenFactory
from tests.factories.places import MembershipFactory, OrganisationFactory, SiteFactory, UserFactory
from tests.support.server import OwnDatabase, ServerProcess
from tests.support.waiting import eventually

PASSWORD = "a-long-enough-password"
CARD = "E2E-CARD-01"
_numbers = itertools.count(1)


@dataclass
class Network:
    """A server, its database, and what a person in charge of a site there can see and do."""

    server: ServerProcess
    database: OwnDatabase
    site: Site
    operator: Any
    secret: str
    _password_hash: str = field(default_factory=lambda: hash_password(PASSWORD), repr=False)

    @classmethod
    def found(cls, server: ServerProcess) -> Self:
        """A new organisation with one site, an operator and a driver whose card is ``CARD``."""
        return server.database.do(lambda: cls._found(server))

    @classmethod
    def _found(cls, server: ServerProcess) -> Self:
        OutboxEvent.objects.all().delete()  # what earlier tests announced
        number = next(_numbers)
        organisation = OrganisationFactory(slug=f"e2e-{number}", name=f"End to end {number}")
        operator = UserFactory(name="Ada", email=f"ada-e2e-{number}@example.com")
        MembershipFactory(user=operator, organisation=organisation, role=Role.OPERATOR)
        site = SiteFactory(organisation=organisation)
        IdTokenFactory(organisation=organisation, value=CARD, allows_concurrent=True)
        _, secret = issue_api_token(user=operator, name="e2e", actor=operator)
        return cls(server, server.database, site, operator, secret)

    def at(self, server: ServerProcess) -> Self:
        """The same network, reached through another process of the same database."""
        return type(self)(server, self.database, self.site, self.operator, self.secret, self._password_hash)

    def api(self) -> Api:
        """The operator's way in for programs."""
        return Api(self.server.url, self.secret)

    def enrol(self, **fields: Any) -> ChargingStation:
        """A station of the site with ``PASSWORD``, EVSE 1 and no provisioning of its own."""
        values = {
            "identity": f"E2E-{next(_numbers):04}",
            "password_hash": self._password_hash,
            "provisioning_enabled": False,
            "evses": 1,
            **fields,
        }
        return self.database.do(lambda: StationFactory(site=self.site, **values))

    def dial(self, station: ChargingStation, **options: Any) -> SimulatedStation:
        """A simulated station that will connect as ``station`` with the right password."""
        options = {"password": PASSWORD, "version": "1.6", **options}
        return SimulatedStation(url=self.server.socket_url, identity=station.identity, **options)

    async def ask(self, station: ChargingStation, command: Command) -> StationCommand:
        """Enter a command through the domain's service, and return its row once it is settled."""
        row = self.database.do(
            lambda: enqueue(
                station=station,
                command=command,
                actor=self.operator,
                origin=CommandOrigin.PORTAL,
                at=datetime.now(UTC),
            )
        )
        return await self.settled(row)

    async def settled(self, row: StationCommand) -> StationCommand:
        """The row once the charger's answer, or its silence, is in it."""

        def stored() -> StationCommand | None:
            found = self.database.do(lambda: StationCommand.objects.get(pk=row.pk))
            return found if found.is_settled else None

        return await eventually(stored, what=f"the end of {row.name}")

    def rows(self, queryset: Any) -> list:
        """What the query finds in the server's database."""
        return self.database.do(lambda: list(queryset.all()))
