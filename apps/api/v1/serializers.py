"""What each resource looks like from outside. Units are in the names; instants are UTC."""

from typing import Any

from rest_framework import serializers

from apps.chargers.models import ChargingStation, Connector, Evse, StationCommand
from apps.drivers.models import Driver, IdToken
from apps.gateway.models import JournalEntry
from apps.sessions.models import ChargingSession, MeterValue
from apps.sites.models import Site


class SiteSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Site
        fields = (
            "id", "organisation", "name", "kind", "time_zone", "currency", "street", "postal_code", "city", "country",
            "latitude", "longitude", "limit_w", "vat_percent", "access_policy", "assumed_protocol", "created_at",
            "closed_at",
        )  # fmt: skip


class StationSerializer(serializers.ModelSerializer):
    site = serializers.PrimaryKeyRelatedField(read_only=True)
    area = serializers.SlugRelatedField("name", read_only=True)
    is_online = serializers.SerializerMethodField()
    last_seen_at = serializers.DateTimeField(source="connection.last_seen_at", allow_null=True, read_only=True)
    observed_security_profile = serializers.IntegerField(
        source="connection.security_profile", allow_null=True, read_only=True, help_text="By which it came in last."
    )

    class Meta:
        model = ChargingStation
        fields = (
            "id", "identity", "name", "site", "area", "status", "status_since", "is_online", "last_seen_at", "vendor",
            "model", "serial_number", "firmware_version", "protocol", "max_power_w", "security_profile",
            "wanted_security_profile", "observed_security_profile", "key_encoding", "registration",
            "is_lenient", "provisioning_enabled", "heartbeat_interval_s", "booted_at", "created_at", "retired_at",
        )  # fmt: skip

    def get_is_online(self, station) -> bool:
        """Whether its socket is open, or was until a moment ago; false for one that never called."""
        connection = getattr(station, "connection", None)
        return connection is not None and connection.is_online


class EvseSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = Evse
        fields = ("id", "station", "number", "max_power_w", "is_dc", "phases", "wanted_operative")


class ConnectorSerializer(serializers.ModelSerializer):
    station = serializers.CharField(source="evse.station.identity", read_only=True)
    evse_number = serializers.IntegerField(source="evse.number", read_only=True)

    class Meta:
        model = Connector
        fields = (
            "id", "station", "evse_number", "number", "type", "status", "status_at", "error_code", "vendor_error_code",
            "info",
        )  # fmt: skip


class SessionSerializer(serializers.ModelSerializer):
    """``token_value`` is empty and ``driver`` null where the caller may not look at drivers."""

    station = serializers.SlugRelatedField("identity", read_only=True)
    site = serializers.PrimaryKeyRelatedField(read_only=True)
    driver = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = ChargingSession
        fields = (
            "id", "station", "site", "evse_number", "connector_number", "transaction_id", "protocol", "state",
            "charging_state", "flags", "token_value", "token_status", "driver", "is_billable", "started_at", "ended_at",
            "stopped_reason", "meter_start_wh", "meter_last_wh", "energy_wh", "power_w", "soc_percent", "last_value_at",
            "currency", "cost_net", "cost_gross", "priced_at", "details",
        )  # fmt: skip

    def to_representation(self, session) -> dict[str, Any]:
        shown = super().to_representation(session)
        if session.site_id not in self.context["sites_with_drivers"]:
            shown.update(token_value="", driver=None)
        return shown


class MeterValueSerializer(serializers.ModelSerializer):
    station = serializers.SerializerMethodField()

    class Meta:
        model = MeterValue
        fields = (
            "station", "evse_number", "at", "received_at", "session_id", "context", "energy_wh", "power_w",
            "current_l1_a", "current_l2_a", "current_l3_a", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v",
            "soc_percent", "other", "signed",
        )  # fmt: skip

    def get_station(self, value) -> str:
        """The station's identity."""
        return self.context["identities"][value.station_id]


class DriverSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)
    group = serializers.SlugRelatedField("name", read_only=True)
    home_site = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = Driver
        fields = (
            "id",
            "organisation",
            "name",
            "group",
            "home_site",
            "email",
            "phone",
            "unit",
            "language",
            "max_sessions",
            "energy_limit_wh",
            "energy_period",
            "created_at",
            "left_at",
        )


class TokenSerializer(serializers.ModelSerializer):
    driver = serializers.PrimaryKeyRelatedField(read_only=True)
    driver_name = serializers.CharField(source="driver.name", read_only=True)

    class Meta:
        model = IdToken
        fields = (
            "id", "value", "type", "label", "status", "expires_at", "parent_group", "is_master_pass",
            "allows_concurrent", "personal_message", "driver", "driver_name", "created_at",
        )  # fmt: skip


class CommandSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = StationCommand
        fields = (
            "id", "station", "name", "arguments", "state", "origin", "action", "request", "response", "status_word",
            "error_code", "explanation", "created_at", "deadline_at", "sent_at", "settled_at", "confirmed_at",
        )  # fmt: skip


class JournalSerializer(serializers.ModelSerializer):
    direction = serializers.SerializerMethodField()

    class Meta:
        model = JournalEntry
        fields = ("id", "at", "direction", "kind", "action", "message_id", "error_code", "pair_ms", "payload")

    def get_direction(self, entry) -> str:
        """``in``: the charger spoke; ``out``: we did."""
        return "in" if entry.is_inbound else "out"
