"""Writes the demo's organisations, people, sites, stations, drivers and tariffs."""

import random
from datetime import datetime, timedelta

from apps.accounts.models import Organisation, User
from apps.chargers.engine.passwords import hash_password
from apps.chargers.models import ChargingStation, Connector, Evse
from apps.drivers.models import AccessRule, Driver, DriverGroup, IdToken
from apps.sites.models import Area, Membership, Site
from apps.tariffs.models import Tariff, TariffAssignment, TariffVersion
from chargenet.demo.people import FIRST_NAMES, GROUPS, LAST_NAMES, SIGN_INS
from chargenet.demo.places import SITES, STATIONS
from chargenet.demo.prices import TARIFFS


def create_organisations() -> dict[str, Organisation]:
    names = {"nordlicht": "Nordlicht Laden", "harbour": "Harbour Fleet"}
    return {slug: Organisation.objects.create(slug=slug, name=name) for slug, name in names.items()}


def create_sites(organisations: dict[str, Organisation]) -> dict[str, Site]:
    sites = {}
    for spec in SITES:
        site = sites[spec.name] = Site.objects.create(
            organisation=organisations[spec.organisation], name=spec.name, kind=spec.kind, time_zone=spec.time_zone,
            currency=spec.currency, city=spec.city, country=spec.country, street=spec.street,
            postal_code=spec.postal_code, latitude=spec.latitude, longitude=spec.longitude, limit_w=spec.limit_w,
            vat_percent=spec.vat_percent, access_policy=spec.access_policy,
        )  # fmt: skip
        Area.objects.bulk_create(Area(site=site, name=name) for name in spec.areas)
    return sites


def create_people(organisations: dict[str, Organisation], sites: dict[str, Site], *, password: str) -> dict[str, User]:
    users = {}
    for person in SIGN_INS:
        user = users[person.name] = User.objects.create_user(person.email, password, name=person.name)
        Membership.objects.create(
            user=user,
            organisation=organisations[person.organisation],
            role=person.role,
            site=sites[person.site] if person.site else None,
        )
    return users


def create_tariffs(sites: dict[str, Site], *, since: datetime) -> dict[str, TariffVersion]:
    versions = {}
    for site_name, (name, content) in TARIFFS.items():
        site = sites[site_name]
        tariff = Tariff.objects.create(organisation=site.organisation, name=name, currency=site.currency)
        versions[site_name] = TariffVersion.objects.create(tariff=tariff, number=1, valid_from=since, content=content)
        TariffAssignment.objects.create(tariff=tariff, site=site, valid_from=since)
    return versions


def create_stations(sites: dict[str, Site], *, password: str, since: datetime) -> dict[str, ChargingStation]:
    """Enrolled, each with the demo's charger password; what they are they tell at their first boot."""
    stations = {}
    password_hash = hash_password(password)
    for spec in STATIONS:
        site = sites[spec.site]
        area = site.areas.order_by("id")[spec.area]
        station = stations[spec.identity] = ChargingStation.objects.create(
            site=site, area=area, identity=spec.identity, name=spec.name, vendor=spec.model.vendor,
            model=spec.model.model, max_power_w=int(spec.model.power_kw * 1000), password_hash=password_hash,
            created_at=since,
        )  # fmt: skip
        for number in range(1, spec.model.connectors + 1):
            evse = Evse.objects.create(
                station=station, number=number, max_power_w=int(spec.model.power_kw * 1000), is_dc=spec.model.is_dc
            )
            Connector.objects.create(evse=evse, number=1, type=spec.model.connector_type)
    return stations


def create_drivers(
    organisations: dict[str, Organisation], sites: dict[str, Site], users: dict[str, User], *, since: datetime
) -> dict[str, list[IdToken]]:
    """Groups with drivers and a card each; returns the cards by site."""
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    random.Random(7).shuffle(names)
    tokens: dict[str, list[IdToken]] = {}
    for spec in GROUPS:
        organisation, site = organisations[spec.organisation], sites[spec.site]
        group = DriverGroup.objects.create(organisation=organisation, name=spec.name, kind=spec.kind)
        AccessRule.objects.create(site=site, group=group)
        for number in range(1, spec.drivers + 1):
            name = "Rita Vogel" if (spec.prefix, number) == ("LH", 1) else names.pop()
            if spec.prefix == "HV":
                name = f"Van {number:02}"
            driver = Driver.objects.create(
                organisation=organisation, group=group, home_site=site, name=name, created_at=since,
                user=users["Rita Vogel"] if name == "Rita Vogel" else None,
                unit=f"{number // 4 + 1}.{number % 4 + 1}" if spec.prefix == "LH" else "",
            )  # fmt: skip
            value = f"{spec.prefix}{number:04}C0DE{number * 7:02}"
            token = IdToken.objects.create(
                organisation=organisation,
                driver=driver,
                value=value,
                key=value.casefold(),
                short_key=value.casefold()[:20],
                label=f"Card {value[:6]}",
            )
            tokens.setdefault(spec.site, []).append(token)
    _make_some_unusable(tokens, since=since)
    return tokens


def _make_some_unusable(tokens: dict[str, list[IdToken]], *, since: datetime) -> None:
    """One blocked and one expired card, so that those states can be seen."""
    blocked, expired = tokens["Ladepark Seevetal"][-1], tokens["Kontor Campus"][-1]
    IdToken.objects.filter(pk=blocked.pk).update(status="blocked")
    IdToken.objects.filter(pk=expired.pk).update(expires_at=since + timedelta(days=20))
