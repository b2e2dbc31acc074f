"""Which certificates of authorities are in a station: asked, learnt from its answers, deleted."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers.choices import CertificateUse, CommandOrigin
from apps.chargers.engine.certificates.hashing import CertificateHash, hash_of
from apps.chargers.engine.certificates.reading import UnreadableCertificate, is_signed_by, read_chain
from apps.chargers.facts import Lesson
from apps.chargers.messages.certificate_lessons import CertificateDeleted, CertificateInstalled, CertificatesListed
from apps.chargers.messages.certificates import HashData
from apps.chargers.messages.commands import DeleteCertificate, GetInstalledCertificateIds
from apps.chargers.models import CaCertificate, ChargingStation, InstalledCertificate, StationCommand
from apps.chargers.services.commands import enqueue
from apps.core.db.rowsets import without_nul

CHAIN = "V2GCertificateChain"
_ONE_BY_ONE = "ocpp1.6"
_ALGORITHM_LENGTH = 6


def read_installed_certificates(
    *, station: ChargingStation, actor, origin: CommandOrigin, at: datetime, address: str | None = None
) -> list[StationCommand]:
    """Ask what is installed: of all types at once, in 1.6 of its two one after the other. Raises ``CommandRefused``."""
    every: list[tuple[str, ...]] = [()]
    if station.protocol in ("", _ONE_BY_ONE):
        every = [(CertificateUse.CSMS_ROOT.value,), (CertificateUse.MANUFACTURER_ROOT.value,)]
    with transaction.atomic():
        return [
            enqueue(
                station=station,
                command=GetInstalledCertificateIds(types),
                actor=actor,
                origin=origin,
                at=at,
                address=address,
            )
            for types in every
        ]


def delete_installed_certificate(
    *, installed: InstalledCertificate, actor, origin: CommandOrigin, at: datetime, address: str | None = None
) -> StationCommand:
    """Ask the station to delete it, in the words in which it told it. Raises ``CommandRefused``."""
    name_hash, key_hash, serial_number = installed.told
    command = DeleteCertificate(installed.hash_algorithm, name_hash, key_hash, serial_number, installed.use)
    return enqueue(station=installed.station, command=command, actor=actor, origin=origin, at=at, address=address)


def record_listed_certificates(lessons: Sequence[Lesson[CertificatesListed]]) -> None:
    """What the station names takes the place of what we thought, for the types that were asked for."""
    for lesson in lessons:
        station, learnt = lesson.station.station_id, lesson.learnt
        known = InstalledCertificate.objects.filter(station=station)
        (known.filter(use__in=learnt.certificate_types) if learnt.certificate_types else known).delete()
        named = {(e.certificate_type, normal(e.hash_data)): e for e in learnt.installed}
        parents = _insert(
            (_row(station, use, data, entry.hash_data, lesson.at) for (use, data), entry in named.items())
        )
        seen = set(named)
        children = []
        for parent, ((use, _), entry) in zip(parents, named.items(), strict=True):
            for position, child in enumerate(entry.children, start=1):
                if (use, normal(child)) not in seen:
                    seen.add((use, normal(child)))
                    row = _row(station, use, normal(child), child, lesson.at)
                    row.position, row.parent = position, parent
                    children.append(row)
        _insert(children)


def record_installed_certificates(lessons: Sequence[Lesson[CertificateInstalled]]) -> None:
    """A certificate that the station agreed to install, under the hash that we compute for it (SHA-256)."""
    for lesson in lessons:
        data = _computed(lesson)
        if data is None:
            continue
        told = HashData(data.algorithm, data.issuer_name_hash, data.issuer_key_hash, data.serial_number)
        row = _row(lesson.station.station_id, lesson.learnt.certificate_type, data, told, lesson.at)
        row.is_told = False
        InstalledCertificate.objects.bulk_create([row], ignore_conflicts=True)


def record_deleted_certificates(lessons: Sequence[Lesson[CertificateDeleted]]) -> None:
    """A certificate that the station has no more."""
    for lesson in lessons:
        data = normal(lesson.learnt.hash_data)
        InstalledCertificate.objects.filter(
            station=lesson.station.station_id,
            hash_algorithm=data.algorithm[:_ALGORITHM_LENGTH],
            issuer_name_hash=data.issuer_name_hash,
            issuer_key_hash=data.issuer_key_hash,
            serial_number=data.serial_number,
        ).delete()


def normal(data: HashData) -> CertificateHash:
    """Hash data in the spelling that is stored and compared."""
    clean = without_nul([data.algorithm, data.issuer_name_hash, data.issuer_key_hash, data.serial_number])
    return CertificateHash.normal(*clean)


def _insert(rows: Iterable[InstalledCertificate]) -> list[InstalledCertificate]:
    return InstalledCertificate.objects.bulk_create(rows)


def _row(station: int, use: str, data: CertificateHash, told: HashData, at: datetime) -> InstalledCertificate:
    return InstalledCertificate(
        station_id=station,
        use=without_nul([use])[0][:30],
        hash_algorithm=data.algorithm[:_ALGORITHM_LENGTH],
        issuer_name_hash=data.issuer_name_hash[:128],
        issuer_key_hash=data.issuer_key_hash[:128],
        serial_number=data.serial_number[:40],
        told=without_nul([told.issuer_name_hash, told.issuer_key_hash, told.serial_number]),
        is_told=True,
        learnt_at=at,
    )


def _computed(lesson: Lesson[CertificateInstalled]) -> CertificateHash | None:
    try:
        certificate = read_chain(lesson.learnt.certificate)[0]
    except UnreadableCertificate:
        return None
    if is_signed_by(certificate, certificate):
        return hash_of(certificate, certificate)
    catalogue = CaCertificate.objects.filter(organisation=lesson.station.organisation_id)
    for text in catalogue.values_list("certificate", flat=True):
        issuer = read_chain(text)[0]
        if is_signed_by(certificate, issuer):
            return hash_of(certificate, issuer)
    return None
