"""Knowing a charger at the door: who it is, and whether its password is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.chargers.engine import passwords
from apps.chargers.engine.quirks import DEFAULTS as NO_QUIRKS
from apps.chargers.engine.quirks import Quirks
from apps.chargers.facts import StationContext
from apps.chargers.models import ChargingStation
from apps.chargers.services.locking import lock_station
from apps.chargers.services.quirk_profiles import stored_quirks
from apps.core.audit import REDACTED, record_audit
from apps.core.db.rowsets import fetch, instant, is_any_of
from apps.core.errors import DomainError


class PasswordUnacceptable(DomainError):
    code = "password_unacceptable"
    message = passwords.RULE


@dataclass(frozen=True, slots=True)
class StationCredentials:
    """What the gateway must know of a station before it lets it in, read in one query for many.

    ``assumed_protocol`` is the site's, or known of its model: the version spoken with a charger that offers none,
    ``""`` to refuse it.
    ``protocol`` is the version spoken last. ``booted_at`` None: it never sent a BootNotification.
    """

    station_id: int
    identity: str
    password_hash: str
    pending_password_hash: str
    security_profile: int
    wanted_security_profile: int | None
    serial_number: str
    registration: str
    is_lenient: bool
    booted_at: datetime | None
    is_retired: bool
    protocol: str
    max_power_w: int | None
    heartbeat_interval_s: int
    provisioning_enabled: bool
    site_id: int
    area_id: int | None
    site_time_zone: str
    currency: str
    assumed_protocol: str
    organisation_id: int
    organisation_slug: str
    quirks: Quirks = NO_QUIRKS

    @property
    def asks_for_password(self) -> bool:
        return bool(self.password_hash)

    def context(self, protocol: str) -> StationContext:
        """The context of its facts while it speaks ``protocol``."""
        return StationContext(
            station_id=self.station_id,
            identity=self.identity,
            organisation_id=self.organisation_id,
            site_id=self.site_id,
            area_id=self.area_id,
            site_time_zone=self.site_time_zone,
            currency=self.currency,
            protocol=protocol,
            max_power_w=self.max_power_w,
            heartbeat_interval_s=self.heartbeat_interval_s,
            provisioning_enabled=self.provisioning_enabled,
            quirks=self.quirks,
        )


def identify_stations(identities: Sequence[str]) -> dict[str, StationCredentials]:
    """The enrolled stations among ``identities``, by identity, letter for letter. One query. Retired ones included."""
    matches, wanted = is_any_of([identity for identity in identities if "\x00" not in identity], "text")
    rows = fetch(
        "SELECT s.id, s.identity, s.password_hash, s.pending_password_hash, s.security_profile,"
        " s.wanted_security_profile, s.serial_number, s.registration,"
        " s.is_lenient, s.booted_at, s.retired_at, s.protocol, s.max_power_w, s.heartbeat_interval_s,"
        " s.provisioning_enabled, p.id, s.area_id, p.time_zone, p.currency, p.assumed_protocol, o.id, o.slug, s.quirks"
        " FROM chargers_chargingstation s JOIN sites_site p ON p.id = s.site_id"
        f" JOIN accounts_organisation o ON o.id = p.organisation_id WHERE s.identity {matches}",
        [wanted],
    )
    return {row[1]: _credentials(row) for row in rows}


def _credentials(row: tuple) -> StationCredentials:
    """What its model is known for counts as if the station or its site were set so."""
    known = dict(zip(StationCredentials.__slots__, row, strict=True))
    quirks = stored_quirks(known["quirks"])
    return StationCredentials(
        **known
        | {
            "is_lenient": bool(known["is_lenient"]) or quirks.is_lenient,
            "booted_at": instant(known["booted_at"]),
            "is_retired": known["is_retired"] is not None,
            "provisioning_enabled": bool(known["provisioning_enabled"]),
            "assumed_protocol": known["assumed_protocol"] or quirks.assumed_protocol,
            "quirks": quirks,
        }
    )


def check_password(credentials: StationCredentials, presented: bytes) -> bool:
    """Whether ``presented`` (the bytes after the first colon of Basic credentials) opens the door.

    Costs a few microseconds and takes constant time; ``engine.passwords`` says why a fast hash is right here. A
    password that was sent to the charger, but whose acceptance never reached us, is valid beside the old one.
    ``False`` where the station has no password: then none may be asked for.
    """
    return matches_pending_password(credentials, presented) or passwords.matches(presented, credentials.password_hash)


def matches_pending_password(credentials: StationCredentials, presented: bytes) -> bool:
    """Whether it is the new password of an unfinished change (say so in ``NewConnection``: it completes the change)."""
    return passwords.matches(presented, credentials.pending_password_hash)


def set_password(*, station: ChargingStation, password: str, actor, address: str | None = None) -> None:
    """Ask ``password`` of ``station`` from now on, without telling the charger; ``""`` asks for none.

    Raises ``PasswordUnacceptable``. To change it at the charger too, enqueue ``SetVariables``.
    """
    if password and not passwords.is_acceptable(password):
        raise PasswordUnacceptable(field="password")
    with transaction.atomic():
        stored = lock_station(station)
        stored.password_hash = passwords.hash_password(password) if password else ""
        stored.pending_password_hash = ""
        stored.save(update_fields=["password_hash", "pending_password_hash"])
        record_audit(
            actor=actor,
            action="station.password_set" if password else "station.password_removed",
            subject=stored,
            organisation=stored.site.organisation,
            changes={"password": [None, REDACTED]} if password else {"password": [REDACTED, None]},
            address=address,
        )
    station.refresh_from_db(fields=["password_hash", "pending_password_hash"])
