"""``python -m tests.benchmarks.seed STATIONS``: fills the database of the environment; prints what the caller needs.

One organisation with one site that has a tariff, a signed-in operator with an API token, and stations with an EVSE, a
connector, a password and the card of a driver each.
"""

import json
import sys
from datetime import timedelta

PASSWORD = "a charger of the benchmark"
GROUP = 2000


def identity_of(number: int) -> str:
    return f"BENCH-{number:06}"


def token_of(number: int) -> str:
    return f"BENCH{number:08}"


def seed(stations: int) -> dict[str, str]:
    """Write the rows; returns ``{"token": …, "cookie": …}`` of the operator."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from apps.accounts.models import Organisation, User
    from apps.accounts.policy import Role
    from apps.accounts.services.api_tokens import issue_api_token
    from apps.sites.models import Membership, Site
    from apps.tariffs.models import Tariff, TariffAssignment, TariffVersion
    from chargenet.demo.prices import TARIFFS

    now = timezone.now()
    organisation = Organisation.objects.create(name="Benchmark", slug="benchmark")
    user = User.objects.create_user("operator@example.com", name="Operator")
    Membership.objects.create(user=user, organisation=organisation, role=Role.OPERATOR)
    site = Site.objects.create(organisation=organisation, name="Proving ground", time_zone="Europe/Berlin")
    name, content = TARIFFS["Ladepark Seevetal"]
    since = now - timedelta(days=400)
    tariff = Tariff.objects.create(organisation=organisation, name=name, currency=site.currency)
    TariffVersion.objects.create(tariff=tariff, number=1, valid_from=since, content=content)
    TariffAssignment.objects.create(tariff=tariff, site=site, valid_from=since)
    _create_stations(site, stations)
    _create_cards(organisation, stations)
    _, secret = issue_api_token(user=user, name="benchmark", actor=None)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return {"token": secret, "cookie": f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"}


def _create_stations(site, how_many: int) -> None:
    from apps.chargers.engine.passwords import hash_password
    from apps.chargers.models import ChargingStation, Connector, Evse

    password_hash = hash_password(PASSWORD)
    stations = ChargingStation.objects.bulk_create(
        (
            ChargingStation(
                site=site,
                identity=identity_of(number),
                password_hash=password_hash,
                provisioning_enabled=False,
                max_power_w=22_000,
            )
            for number in range(how_many)
        ),
        batch_size=GROUP,
    )
    evses = Evse.objects.bulk_create((Evse(station=station, number=1) for station in stations), batch_size=GROUP)
    Connector.objects.bulk_create((Connector(evse=evse, number=1) for evse in evses), batch_size=GROUP)


def _create_cards(organisation, how_many: int) -> None:
    from apps.drivers.models import Driver, IdToken

    drivers = Driver.objects.bulk_create(
        (Driver(organisation=organisation, name=f"Driver {number}") for number in range(how_many)), batch_size=GROUP
    )
    cards = []
    for number, driver in enumerate(drivers):
        value = token_of(number)
        key = value.casefold()
        cards.append(IdToken(organisation=organisation, driver=driver, value=value, key=key, short_key=key[:20]))
    IdToken.objects.bulk_create(cards, batch_size=GROUP)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(seed(int(sys.argv[1]))))
