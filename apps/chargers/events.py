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

COMMAND_ENDED = "command.ended"
"""A command whose class ``announces_end`` was answered, refused, lost, timed out, cancelled or superseded.
``{command_id, name, state, status_word}``; without ``site_id`` and ``organisation_id``."""

STATION_SECURITY_EVENT = "station.security_event"
"""The charger told of a security event, or we noticed one at the door (``chargers.engine.security_events``).
``{type, info, is_critical, wants_attention, occurred_at}``"""

STATION_RETIRED = "station.retired"
"""A station was taken out of the network for good."""

DEVICE_MODEL_TOLD = "station.device_model_told"
"""A report of variables is complete. ``{base}``: the inventory that was asked for, empty for a chosen report."""

STATION_ALARM = "station.alarm"
"""A monitored event of severity 0 to 3, or a problem that the station tells by itself, needs a person.
``{alarm_id, component, variable, evse, connector, severity, value, tech_code, tech_info, occurred_at}``"""

STATION_ALARM_CLEARED = "station.alarm_cleared"
"""The station says that an alarm is over. The same payload."""

TEMPLATE_CHANGED = "configuration_template.changed"
"""A template was made, edited, switched or removed; the subject is the template. ``{organisation_id}``"""

QUIRKS_CHANGED = "quirk_profile.changed"
"""Quirk profiles of an organisation changed. ``{organisation_id}``"""

CERTIFICATE_REQUESTED = "certificate.requested"
"""A station asked for a certificate, and its request (the subject, a ``StationCertificate``) can be signed.
``{station_id, kind}``"""

FIRMWARE_UPDATE_ENDED = "firmware.update_ended"
"""A firmware update was installed, failed, was refused or given up. ``{update_id, state, version}``; ``state`` as in
``UpdateState``; without ``site_id`` and ``organisation_id``. A charger that tries again by itself may end twice."""
