"""What variables, monitors, templates and quirks look like from outside, and what may be sent about them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from apps.accounts.policy import Action
from apps.api.v1.inputs import Input, OrganisationField
from apps.chargers.choices import ProtocolFamily
from apps.chargers.messages.commands.device_model import CRITERIA
from apps.chargers.messages.commands.monitoring import (
    BASES,
    TYPES,
    TYPES_OF_21,
)
from apps.chargers.messages.commands.monitoring import CRITERIA as MONITORING_CRITERIA
from apps.chargers.models import (
    ConfigurationDrift,
    ConfigurationTemplate,
    DeviceModelReport,
    DeviceVariable,
    QuirkProfile,
    StationAlarm,
    StationOperation,
    VariableMonitor,
)
from apps.chargers.selectors.operations import outcomes, state_of

PLACE = (
    "component", "component_instance", "evse_number", "connector_number", "variable", "variable_instance",
)  # fmt: skip
BASE_REPORTS = ("FullInventory", "ConfigurationInventory", "SummaryInventory")


# --- shapes -------------------------------------------------------------------------------------------


class VariableSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = DeviceVariable
        fields = (
            "id", "station", *PLACE, "attribute", "value", "mutability", "data_type", "unit", "min_limit", "max_limit",
            "values_list", "supports_monitoring", "updated_at",
        )  # fmt: skip


class MonitorSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = VariableMonitor
        fields = (
            "id", "station", "monitor_id", *PLACE, "type", "value", "severity", "transaction", "origin", "updated_at",
        )  # fmt: skip


class AlarmSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = StationAlarm
        fields = (
            "id", "station", *PLACE, "monitor_id", "event_id", "severity", "value", "tech_code", "tech_info",
            "transaction_id", "is_fault", "raised_at", "cleared_at",
        )  # fmt: skip


class ReportSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = DeviceModelReport
        fields = (
            "id", "station", "kind", "base", "request_id", "started_at", "parts", "last_seq_no", "completed_at",
            "gave_up_at", "variables_count",
        )  # fmt: skip


class DriftSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)
    component = serializers.CharField(source="variable.component", read_only=True)
    variable = serializers.CharField(source="variable.variable", read_only=True)
    variable_instance = serializers.CharField(source="variable.variable_instance", read_only=True)
    evse_number = serializers.IntegerField(source="variable.evse_number", read_only=True)
    actual = serializers.CharField(source="variable.value", read_only=True, allow_null=True)
    template = serializers.CharField(source="template.name", read_only=True)

    class Meta:
        model = ConfigurationDrift
        fields = (
            "id", "station", "component", "variable", "variable_instance", "evse_number", "wanted", "actual",
            "template", "since", "last_word", "tried_at", "attempts",
        )  # fmt: skip


class ItemOutcomeSerializer(serializers.Serializer):
    address = serializers.DictField()
    status = serializers.CharField()
    reason = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    is_answered = serializers.BooleanField()
    command = serializers.IntegerField(source="command.pk")


class OperationSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)
    state = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()
    commands = serializers.SerializerMethodField()

    class Meta:
        model = StationOperation
        fields = ("id", "station", "kind", "origin", "wanted", "created_at", "state", "items", "commands")

    def get_state(self, operation) -> str:
        return state_of(self._commands(operation)).value

    @extend_schema(responses=ItemOutcomeSerializer(many=True))
    def get_items(self, operation) -> list[dict[str, Any]]:
        """One line for each variable or monitor, whichever call it went with."""
        return list(ItemOutcomeSerializer(outcomes(self._commands(operation)), many=True).data)

    def get_commands(self, operation) -> list[int]:
        return [command.pk for command in self._commands(operation)]

    def _commands(self, operation):
        return sorted(operation.commands.all(), key=lambda command: command.pk)


class TemplateSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)
    entries = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()

    class Meta:
        model = ConfigurationTemplate
        fields = (
            "id", "organisation", "name", "family", "vendor_pattern", "model_pattern", "firmware_pattern", "is_active",
            "version", "entries", "created_at",
        )  # fmt: skip

    def get_entries(self, template) -> list[dict[str, str]]:
        return self._newest(template).entries if self._newest(template) else []

    def get_version(self, template) -> int:
        return self._newest(template).number if self._newest(template) else 0

    def _newest(self, template):
        return max(template.versions.all(), key=lambda version: version.number, default=None)


class QuirkProfileSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = QuirkProfile
        fields = (
            "id", "organisation", "name", "vendor_pattern", "model_pattern", "firmware_pattern", "quirks", "note",
            "is_active", "created_at",
        )  # fmt: skip


# --- what may be sent ---------------------------------------------------------------------------------


class AddressInput(Input):
    component = serializers.CharField(max_length=50)
    component_instance = serializers.CharField(max_length=50, required=False)
    evse_id = serializers.IntegerField(min_value=0, required=False)
    connector_id = serializers.IntegerField(min_value=0, required=False)
    variable = serializers.CharField(max_length=50)
    variable_instance = serializers.CharField(max_length=50, required=False)
    attribute = serializers.ChoiceField(["Actual", "Target", "MinSet", "MaxSet"], required=False)


class PlaceInput(AddressInput):
    variable = serializers.CharField(max_length=50, required=False)


class ValueInput(AddressInput):
    value = serializers.CharField(max_length=2500, allow_blank=True, trim_whitespace=False)


class MonitorInput(AddressInput):
    attribute = None
    type = serializers.ChoiceField([*TYPES, *TYPES_OF_21])
    value = serializers.FloatField()
    severity = serializers.IntegerField(min_value=0, max_value=9)
    id = serializers.IntegerField(min_value=0, required=False)
    transaction = serializers.BooleanField(required=False)
    periodic_event_stream = serializers.DictField(required=False)


class ReadInput(Input):
    variables = AddressInput(many=True)


class SetInput(Input):
    variables = ValueInput(many=True)


class MonitorsInput(Input):
    monitors = MonitorInput(many=True)


class ClearInput(Input):
    ids = serializers.ListField(child=serializers.IntegerField(min_value=0), min_length=1)


class ReportInput(Input):
    """``base``, or ``criteria`` and ``variables``."""

    base = serializers.ChoiceField(BASE_REPORTS, required=False)
    criteria = serializers.ListField(child=serializers.ChoiceField(CRITERIA), default=list)
    variables = PlaceInput(many=True, default=list)


class MonitoringInput(Input):
    """One of: ``base``, ``level``, or (neither) a report of the monitors."""

    base = serializers.ChoiceField(BASES, required=False)
    level = serializers.IntegerField(min_value=0, max_value=9, required=False)
    criteria = serializers.ListField(child=serializers.ChoiceField(MONITORING_CRITERIA), default=list)
    variables = PlaceInput(many=True, default=list)


class TemplateInput(Input):
    name = serializers.CharField(max_length=80)
    family = serializers.ChoiceField(ProtocolFamily.choices)
    vendor_pattern = serializers.CharField(max_length=80, allow_blank=True, default="")
    model_pattern = serializers.CharField(max_length=80, allow_blank=True, default="")
    firmware_pattern = serializers.CharField(max_length=80, allow_blank=True, default="")
    is_active = serializers.BooleanField(default=True)
    entries = serializers.ListField(child=serializers.DictField(), default=list)
    organisation = OrganisationField(action=Action.STATION_EDIT, required=False)


class QuirkProfileInput(Input):
    name = serializers.CharField(max_length=80)
    vendor_pattern = serializers.CharField(max_length=80, allow_blank=True, default="")
    model_pattern = serializers.CharField(max_length=80, allow_blank=True, default="")
    firmware_pattern = serializers.CharField(max_length=80, allow_blank=True, default="")
    quirks = serializers.DictField()
    note = serializers.CharField(allow_blank=True, default="")
    is_active = serializers.BooleanField(default=True)
    organisation = OrganisationField(action=Action.STATION_EDIT, required=False)
