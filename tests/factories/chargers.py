"""Stations and what hangs on them, and the facts that a gateway would hand to the services."""

import uuid
from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from apps.chargers.choices import CertificateState, CertificateUse, ConnectorState, StationStatus
from apps.chargers.facts import Fact, StationContext
from apps.chargers.models import (
    AuthorityKey,
    BulkItem,
    BulkOperation,
    CaCertificate,
    ChargingStation,
    Connector,
    ContractCertificate,
    Evse,
    GatewayProcess,
    InstalledCertificate,
    StationCertificate,
    StationCommand,
    StationConnection,
    UnknownStation,
)
from tests.factories.places import OrganisationFactory, SiteFactory

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


class StationFactory(DjangoModelFactory):
    """A station without EVSEs, never seen; ``evses=2`` gives it two EVSEs with one connector each."""

    class Meta:
        model = ChargingStation
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)
    identity = factory.Sequence(lambda n: f"CP-{n:04}")

    @factory.post_generation
    def evses(self, create, how_many):
        for number in range(1, (how_many or 0) + 1):
            ConnectorFactory(evse__station=self, evse__number=number)


class EvseFactory(DjangoModelFactory):
    class Meta:
        model = Evse

    station = factory.SubFactory(StationFactory)
    number = 1


class ConnectorFactory(DjangoModelFactory):
    class Meta:
        model = Connector

    evse = factory.SubFactory(EvseFactory)
    number = 1


class GatewayFactory(DjangoModelFactory):
    """A living gateway process; its lease runs out half a minute after ``NOON``."""

    class Meta:
        model = GatewayProcess

    id = factory.LazyFunction(uuid.uuid4)
    channel = factory.LazyAttribute(lambda gateway: f"gateway.{gateway.id.hex}")
    host = "host"
    pid = 1
    started_at = NOON
    lease_until = NOON + timedelta(seconds=30)


class ConnectionFactory(DjangoModelFactory):
    """An open socket of an online station."""

    class Meta:
        model = StationConnection

    station = factory.SubFactory(StationFactory, status=StationStatus.AVAILABLE)
    gateway = factory.SubFactory(GatewayFactory)
    connection_id = factory.Sequence(lambda n: 1000 + n)
    is_online = True
    protocol = "ocpp1.6"
    connected_at = NOON
    last_seen_at = NOON


class OnlineStationFactory(StationFactory):
    """A connected, available 2-EVSE station by default."""

    status = StationStatus.AVAILABLE
    protocol = "ocpp1.6"
    connection = factory.RelatedFactory(ConnectionFactory, factory_related_name="station")

    @factory.post_generation
    def evses(self, create, how_many):
        for number in range(1, (2 if how_many is None else how_many) + 1):
            ConnectorFactory(
                evse__station=self,
                evse__number=number,
                status=ConnectorState.AVAILABLE,
                status_at=NOON,
                status_received_at=NOON,
            )


class CommandFactory(DjangoModelFactory):
    """A pending ClearCache."""

    class Meta:
        model = StationCommand

    station = factory.SubFactory(StationFactory)
    name = "ClearCache"
    created_at = NOON
    deadline_at = NOON + timedelta(seconds=60)


class BulkItemFactory(DjangoModelFactory):
    """A station that waits in a bulk operation of its own: clear the card cache."""

    class Meta:
        model = BulkItem

    station = factory.SubFactory(StationFactory)
    operation = factory.LazyAttribute(
        lambda item: BulkOperation.objects.create(
            organisation=item.station.site.organisation, kind="clear_cache", created_at=NOON,
            deadline_at=NOON + timedelta(minutes=10),
        )
    )  # fmt: skip


class UnknownStationFactory(DjangoModelFactory):
    class Meta:
        model = UnknownStation

    organisation = factory.SubFactory(OrganisationFactory)
    identity = factory.Sequence(lambda n: f"STRANGER-{n}")
    path = factory.LazyAttribute(lambda unknown: f"/ocpp/{unknown.identity}")
    first_seen_at = NOON
    last_seen_at = NOON


def context_of(station: ChargingStation, **changes) -> StationContext:
    """What the gateway would know of ``station`` while it is connected."""
    values = {
        "station_id": station.pk,
        "identity": station.identity,
        "organisation_id": station.site.organisation_id,
        "site_id": station.site_id,
        "site_time_zone": station.site.time_zone,
        "currency": station.site.currency,
        "protocol": station.protocol or "ocpp1.6",
        "max_power_w": station.max_power_w,
        "heartbeat_interval_s": station.heartbeat_interval_s,
        "provisioning_enabled": station.provisioning_enabled,
        "area_id": station.area_id,
    }
    return StationContext(**{**values, **changes})


def fact_of(station: ChargingStation, event, at: datetime = NOON, **changes) -> Fact:
    """``event`` of ``station``, received at ``at``; ``changes`` go to the context."""
    return Fact(station=context_of(station, **changes), event=event, received_at=at)


class StationCertificateFactory(DjangoModelFactory):
    """A certificate that the station has taken, valid for a year from ``NOON``. Its texts are no real ones."""

    class Meta:
        model = StationCertificate

    station = factory.SubFactory(StationFactory)
    state = CertificateState.ACCEPTED
    request = "request"
    chain = "chain"
    key = "EC 256"
    serial_number = factory.Sequence(lambda n: f"{n + 0xABC:x}")
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")
    requested_at = NOON
    signed_at = NOON
    valid_from = NOON
    expires_at = NOON + timedelta(days=365)


class CaCertificateFactory(DjangoModelFactory):
    """The root of a contract provider. Its text is no real one."""

    class Meta:
        model = CaCertificate

    organisation = factory.SubFactory(OrganisationFactory)
    use = CertificateUse.MO_ROOT
    name = factory.Sequence(lambda n: f"Provider {n}")
    certificate = "certificate"
    subject = "CN=Provider"
    issuer = "CN=Provider"
    serial_number = "1f"
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")
    key = "EC 256"
    valid_from = NOON
    expires_at = NOON + timedelta(days=3650)


class ContractCertificateFactory(DjangoModelFactory):
    """The answer for one vehicle."""

    class Meta:
        model = ContractCertificate

    organisation = factory.SubFactory(OrganisationFactory)
    emaid = factory.Sequence(lambda n: f"de83d{n:09}")
    exi_response = "QUJD"


class InstalledCertificateFactory(DjangoModelFactory):
    """The root of this server, as the station tells it."""

    class Meta:
        model = InstalledCertificate

    station = factory.SubFactory(StationFactory)
    use = CertificateUse.CSMS_ROOT
    hash_algorithm = "SHA256"
    issuer_name_hash = "aa" * 32
    issuer_key_hash = "bb" * 32
    serial_number = factory.Sequence(lambda n: f"{n + 1:x}")
    told = factory.LazyAttribute(lambda row: [row.issuer_name_hash, row.issuer_key_hash, row.serial_number])
    is_told = True
    learnt_at = NOON


class OwnRootFactory(DjangoModelFactory):
    """The root of our own authority. Its texts are no real ones."""

    class Meta:
        model = AuthorityKey

    role = AuthorityKey.Role.ROOT
    algorithm = AuthorityKey.Algorithm.RSA
    certificate = "-----BEGIN CERTIFICATE-----"
    sealed_key = "sealed"
    fingerprint = "ab" * 32
    created_at = NOON
    expires_at = NOON + timedelta(days=7300)
