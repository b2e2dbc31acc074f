"""Facts that this app announces through the outbox. The subject is the station unless said otherwise.

Every payload carries ``organisation_id``, ``site_id`` and ``at`` (ISO 8601, UTC).
"""

STATION_ONLINE = "station.online"
"""A station that counted as offline, or was never seen, connected. ``{protocol}``"""

STATION_OFFLINE = "station.offline"
"""Its socket went and did not come back within the grace. ``{since, reason}``: since when no socket is open."""

STATION_BOOTED = "station.booted"
"""BootNotification. ``{reason, firmware_version, firmware_before, serial_number, serial_before, firmware_changed,
serial_changed}``: a changed serial number means that the hardware was replaced."""

STATION_FAULTED = "station.faulted"
"""A connector, or with ``evse`` 0 the whole station, went into fault or changed its error while faulted.
``{evse, connector, error_code, vendor_error_code, info, occurred_at}``"""

STATION_FAULT_CLEARED = "station.fault_cleared"
"""The fault of a connector, or of the whole station, has gone. ``{evse, connector, error_code, status,
occurred_at}``: ``error_code`` as it was."""

CONNECTOR_STATUS_CHANGED = "connector.status_changed"
"""A connector (the subject) reported another state than before.
``{station_id, evse, connector, before, after, error_code, occurred_at}``"""

STATION_ADOPTED = "station.adopted"
"""An unknown charger was enrolled. ``{unknown_station_id}``"""

STATION_RETIRED = "station.retired"
"""A station was taken out of the network for good."""
