"""What is stored about stations that boot: read and written for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.chargers.engine.quirks import Quirks
from apps.chargers.engine.text import clip
from apps.chargers.facts import Fact
from apps.chargers.messages.events import BootNotified
from apps.chargers.services.pictures import StationPicture, load_pictures
from apps.chargers.services.quirk_profiles import stored_quirks
from apps.core.db.rowsets import fetch, is_any_of, parameter, rows_from, run

_FIELDS = ("vendor", "model", "serial_number", "firmware_version", "iccid", "imsi", "meter_serial_number")
_LENGTHS = {"vendor": 80, "model": 80, "serial_number": 80, "firmware_version": 80, "iccid": 30, "imsi": 30}


@dataclass(frozen=True, slots=True)
class BootPicture:
    """A station before its boot. ``was_asked_lately``: we asked for its device model by ourselves a short while ago."""

    station: StationPicture
    serial_number: str
    firmware_version: str
    heartbeat_interval_s: int
    provisioning_enabled: bool
    has_device_model: bool
    was_asked_lately: bool
    vendor: str
    model: str
    quirks: Quirks

    def firmware_changed(self, boot: BootNotified) -> bool:
        return bool(self.firmware_version and boot.firmware_version and self.firmware_version != boot.firmware_version)

    def serial_changed(self, boot: BootNotified) -> bool:
        return bool(self.serial_number and boot.serial_number and self.serial_number != boot.serial_number)

    def kind_changed(self, boot: BootNotified) -> bool:
        """Whether it is now another vendor, model or firmware, hence perhaps one of other habits."""
        told = ((boot.vendor, self.vendor), (boot.model, self.model), (boot.firmware_version, self.firmware_version))
        return any(now and clip(now, 80) != before for now, before in told)

    def wants_provisioning(self, boot: BootNotified) -> bool:
        """Whether to ask for the device model: never unbidden where that is switched off."""
        is_open = self.provisioning_enabled and self.station.registration == "Accepted" and not self.station.is_retired
        is_stale = not self.has_device_model or self.firmware_changed(boot) or self.serial_changed(boot)
        return is_open and is_stale and not self.was_asked_lately and not self.quirks.probing_reboots


def load_boot_pictures(station_ids: Sequence[int], *, asked_since: datetime) -> dict[int, BootPicture]:
    """Lock and read the stations, by key."""
    stations = load_pictures(station_ids)
    matches, ids = is_any_of(station_ids)
    rows = fetch(
        "SELECT s.id, s.serial_number, s.firmware_version, s.heartbeat_interval_s, s.provisioning_enabled,"
        " EXISTS (SELECT 1 FROM chargers_devicevariable v WHERE v.station_id = s.id),"
        " EXISTS (SELECT 1 FROM chargers_stationcommand m WHERE m.station_id = s.id AND m.created_at > %s"
        " AND m.origin = 'automation' AND m.operation_id IS NULL AND m.name IN ('GetBaseReport', 'GetVariables')),"
        " s.vendor, s.model, s.quirks"
        f" FROM chargers_chargingstation s WHERE s.id {matches}",
        [parameter(asked_since), ids],
    )
    return {
        row[0]: BootPicture(
            stations[row[0]], *row[1:4], bool(row[4]), bool(row[5]), bool(row[6]), *row[7:9], stored_quirks(row[9])
        )
        for row in rows
        if row[0] in stations
    }


def update_booted_stations(facts: Sequence[Fact[BootNotified]]) -> None:
    """Store what the boots say; a field left out keeps its value. One statement."""
    if not facts:
        return
    columns = {"id": "bigint", "at": "timestamptz", "reason": "text", **dict.fromkeys(_FIELDS, "text")}
    rows = [
        (
            fact.station.station_id,
            fact.received_at,
            clip(fact.event.reason, 40),
            *(clip(getattr(fact.event, name), _LENGTHS.get(name, 80)) for name in _FIELDS),
        )
        for fact in facts
    ]
    source, parameters = rows_from("v", columns, rows)
    assignments = ", ".join(
        f"{name} = COALESCE(NULLIF(v.{name}, ''), chargers_chargingstation.{name})" for name in _FIELDS
    )
    run(
        f"UPDATE chargers_chargingstation SET booted_at = v.at, boot_reason = v.reason, {assignments} FROM {source}"
        " WHERE chargers_chargingstation.id = v.id",
        parameters,
    )
