"""Charging profiles, composite schedules and limits of other systems."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import BooleanFilter, FilterSet, filters
from apps.api.v1.inputs import Input
from apps.api.v1.serializers import CommandSerializer
from apps.api.v1.station_calls import StationCommandCall
from apps.chargers.messages.charging_profiles import (
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    OperationMode,
)
from apps.energy.choices import Kind, Purpose
from apps.energy.models import ChargingLimit, CompositeScheduleReading, InstalledProfile
from apps.energy.services.profiles import clear_profiles, new_profile_id, read_composite, read_profiles, set_profile


class ProfileSerializer(serializers.ModelSerializer):
    """``content`` is the whole profile; limits in it are text, in A per phase or W in all."""

    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = InstalledProfile
        fields = (
            "id", "station", "evse_number", "profile_id", "purpose", "stack_level", "kind", "transaction_id", "content",
            "state", "source", "limit_source", "command", "created_at", "taken_at", "ended_at", "reported_at",
            "explanation",
        )  # fmt: skip


class LimitSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = ChargingLimit
        fields = (
            "id", "station", "evse_number", "source", "is_grid_critical", "schedules", "started_at", "told_at",
            "cleared_at",
        )  # fmt: skip


class CompositeSerializer(serializers.ModelSerializer):
    """``ours`` and ``theirs`` are ``[[start_s, limit], …]`` from ``starts_at``; ``agrees`` is whether they are one."""

    station = serializers.SlugRelatedField("identity", read_only=True)
    agrees = serializers.BooleanField(read_only=True)

    class Meta:
        model = CompositeScheduleReading
        fields = (
            "id", "station", "evse_number", "command", "read_at", "starts_at", "duration_s", "unit", "was_accepted",
            "agrees", "ours", "theirs", "differences", "deviations",
        )  # fmt: skip


class ProfileFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = InstalledProfile
        fields = ("station", "evse_number", "purpose", "state", "profile_id", "transaction_id")


class LimitFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")
    is_cleared = BooleanFilter(field_name="cleared_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = ChargingLimit
        fields = ("station", "evse_number", "source")


class CompositeFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = CompositeScheduleReading
        fields = ("station", "evse_number", "was_accepted")


class PeriodInput(Input):
    """The last three are of OCPP 2.1: below 0 energy flows out of the vehicle. ``limit`` is left out there only."""

    start_s = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    limit = serializers.DecimalField(max_digits=9, decimal_places=1, min_value=0, required=False)
    number_phases = serializers.IntegerField(min_value=1, max_value=3, required=False)
    phase_to_use = serializers.IntegerField(min_value=1, max_value=3, required=False)
    operation_mode = serializers.ChoiceField([mode.value for mode in OperationMode], required=False)
    setpoint = serializers.DecimalField(max_digits=9, decimal_places=1, required=False)
    discharge_limit = serializers.DecimalField(max_digits=9, decimal_places=1, max_value=0, required=False)


class NewProfileInput(Input):
    """``evse`` 0 is the whole station; without ``start_at`` an absolute or recurring profile counts from now."""

    evse = serializers.IntegerField(min_value=0, max_value=10_000)
    purpose = serializers.ChoiceField([Purpose.TX_DEFAULT.value, Purpose.TX.value, Purpose.STATION_MAX.value])
    kind = serializers.ChoiceField([Kind.ABSOLUTE.value, Kind.RECURRING.value, Kind.RELATIVE.value], default="Absolute")
    recurrency = serializers.ChoiceField(["Daily", "Weekly"], required=False)
    stack_level = serializers.IntegerField(min_value=0, max_value=1000, default=0)
    unit = serializers.ChoiceField(["A", "W"])
    start_at = serializers.DateTimeField(required=False)
    duration_s = serializers.IntegerField(min_value=1, max_value=31_536_000, required=False)
    valid_to = serializers.DateTimeField(required=False)
    periods = PeriodInput(many=True, allow_empty=False, max_length=1024)


class ClearProfilesInput(Input):
    """One by ``profile_id``, or all that meet each of the others; nothing given: all."""

    profile_id = serializers.IntegerField(required=False, min_value=-(2**31), max_value=2**31 - 1)
    evse_number = serializers.IntegerField(required=False, min_value=0, max_value=10_000)
    purpose = serializers.CharField(required=False, max_length=40)
    stack_level = serializers.IntegerField(required=False, min_value=0, max_value=1000)


class CompositeInput(Input):
    evse_number = serializers.IntegerField(min_value=0, max_value=10_000)
    duration_s = serializers.IntegerField(min_value=1, max_value=604_800, default=86_400)
    unit = serializers.ChoiceField(["A", "W"], required=False)


class ProfileResource(ReadOnlyResource):
    """Charging profiles in chargers, in force and past, newest first."""

    queryset = InstalledProfile.objects.select_related("station")
    serializer_class = ProfileSerializer
    filterset_class = ProfileFilter
    action_needed = Action.STATION_VIEW


class LimitResource(ReadOnlyResource):
    """Limits that other systems put on chargers, newest first."""

    queryset = ChargingLimit.objects.select_related("station")
    serializer_class = LimitSerializer
    filterset_class = LimitFilter
    action_needed = Action.STATION_VIEW


class CompositeResource(ReadOnlyResource):
    """What chargers said they will allow, beside what was computed, newest first."""

    queryset = CompositeScheduleReading.objects.select_related("station")
    serializer_class = CompositeSerializer
    filterset_class = CompositeFilter
    action_needed = Action.STATION_VIEW


class StationProfiles(StationCommandCall):
    """Asks a station to hold a profile."""

    @extend_schema(request=NewProfileInput, responses={201: ProfileSerializer})
    def create(self, request, identity: str) -> Response:
        asked = self.asked(identity)
        given = self.read(NewProfileInput)
        request_ = set_profile(evse_number=given["evse"], profile=_profile(given), **asked)
        return Response(ProfileSerializer(request_.row).data, status=status.HTTP_201_CREATED)


class StationProfilesClear(StationCommandCall):
    """Asks a station to drop profiles."""

    @extend_schema(request=ClearProfilesInput, responses={201: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        asked = self.asked(identity)
        return self.answer(clear_profiles(**asked, **self.read(ClearProfilesInput)))


class StationProfilesRead(StationCommandCall):
    """Asks a station to report its profiles (OCPP 2.x)."""

    @extend_schema(request=None, responses={201: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        asked = self.asked(identity)
        if asked["station"].protocol == "ocpp1.6":
            raise ValidationError({"station": ["Chargers with OCPP 1.6 cannot tell which profiles they hold."]})
        return self.answer(read_profiles(**asked))


class StationComposite(StationCommandCall):
    """Asks a station what it will allow; the answer shows under composite schedules."""

    @extend_schema(request=CompositeInput, responses={201: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        asked = self.asked(identity)
        return self.answer(read_composite(**asked, **self.read(CompositeInput)))


def _profile(given: dict) -> ChargingProfile:
    start_at = given.get("start_at")
    if start_at is None and given["kind"] != Kind.RELATIVE:
        start_at = timezone.now().replace(microsecond=0)
    periods = tuple(
        ChargingSchedulePeriod(
            one["start_s"],
            one.get("limit"),
            one.get("number_phases"),
            one.get("phase_to_use"),
            one.get("operation_mode"),
            one.get("setpoint"),
            one.get("discharge_limit"),
        )
        for one in given["periods"]
    )
    return ChargingProfile(
        id=new_profile_id(),
        stack_level=given["stack_level"],
        purpose=given["purpose"],
        kind=given["kind"],
        schedules=(ChargingSchedule(given["unit"], periods, start_at=start_at, duration_s=given.get("duration_s")),),
        recurrency=given.get("recurrency"),
        valid_to=given.get("valid_to"),
    )
