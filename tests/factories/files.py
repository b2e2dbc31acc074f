"""Firmware, updates, campaigns, logs and their files."""

import hashlib
from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from apps.chargers.models import (
    CampaignStation,
    Firmware,
    FirmwareCampaign,
    FirmwarePublication,
    FirmwareUpdate,
    LogRequest,
    StationFile,
)
from apps.chargers.services.files.storage import new_storage_name, path_of
from tests.factories.chargers import NOON, StationFactory
from tests.factories.places import OrganisationFactory

VENDOR, MODEL = "Acme", "Wall"


class FirmwareFactory(DjangoModelFactory):
    """A version with a file, whose content lies nowhere."""

    class Meta:
        model = Firmware

    organisation = factory.SubFactory(OrganisationFactory)
    vendor = VENDOR
    model = MODEL
    version = factory.Sequence(lambda n: f"2.{n}")
    file_name = "acme.bin"
    storage_name = factory.LazyFunction(new_storage_name)
    size_bytes = 100
    sha256 = "0" * 64
    md5 = "0" * 32
    created_at = NOON


class FirmwareUpdateFactory(DjangoModelFactory):
    """Asked for, not answered."""

    class Meta:
        model = FirmwareUpdate

    station = factory.SubFactory(StationFactory)
    request_id = factory.Sequence(lambda n: 1000 + n)
    version = "2.0"
    retrieve_at = created_at = heard_at = NOON


class PublicationFactory(DjangoModelFactory):
    """Published by a local controller."""

    class Meta:
        model = FirmwarePublication

    station = factory.SubFactory(StationFactory)
    firmware = factory.SubFactory(FirmwareFactory)
    request_id = factory.Sequence(lambda n: 5000 + n)
    checksum = "0" * 32
    state = "Published"


class CampaignFactory(DjangoModelFactory):
    """Running, without stations; all at once."""

    class Meta:
        model = FirmwareCampaign

    firmware = factory.SubFactory(FirmwareFactory)
    organisation = factory.SelfAttribute("firmware.organisation")
    name = factory.Sequence(lambda n: f"Campaign {n}")
    base_url = "http://cn.example"
    starts_at = created_at = NOON
    pause_s = 3600


class CampaignStationFactory(DjangoModelFactory):
    class Meta:
        model = CampaignStation

    campaign = factory.SubFactory(CampaignFactory)
    station = factory.SubFactory(StationFactory)
    wave = 1


class LogRequestFactory(DjangoModelFactory):
    """Accepted, nothing uploaded."""

    class Meta:
        model = LogRequest

    station = factory.SubFactory(StationFactory)
    request_id = factory.Sequence(lambda n: 1000 + n)
    state = "Accepted"
    created_at = heard_at = NOON


class StationFileFactory(DjangoModelFactory):
    """A small text, really stored under ``FILES_ROOT``: set that to a folder of the test."""

    class Meta:
        model = StationFile

    log_request = factory.SubFactory(LogRequestFactory)
    station = factory.SelfAttribute("log_request.station")
    name = "log.txt"
    storage_name = factory.LazyFunction(new_storage_name)
    received_at = NOON + timedelta(minutes=1)

    @classmethod
    def _create(cls, model_class, *args, content: bytes = b"first line\n<b>second</b>\n", **kwargs):
        path = path_of(kwargs["storage_name"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return super()._create(model_class, *args, size_bytes=len(content), sha256=digest, **kwargs)
