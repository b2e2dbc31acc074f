"""Security of stations: how they connect, their passwords, what they told, what waits for a look."""

import django_filters as filters
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import BooleanFilter, FilterSet, InstantFilter
from apps.api.v1.inputs import Input
from apps.api.v1.stations import IDENTITY, station_or_404
from apps.chargers.choices import CommandOrigin
from apps.chargers.models import NetworkProfile, SecurityAlarm, SecurityProfileChange, StationNotice
from apps.chargers.services.connections import set_password
from apps.chargers.services.security.alarms import acknowledge_alarms
from apps.chargers.services.security.passwords import make_password, tell_new_password
from apps.chargers.services.security.profile_change import Target, raise_security_profile, send_to_other_system


class ProfileChangeSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = SecurityProfileChange
        fields = (
            "id", "station", "profile_before", "profile_wanted", "is_migration", "state", "slot", "words",
            "explanation", "command", "created_at", "due_at", "ended_at",
        )  # fmt: skip


class NetworkProfileSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = NetworkProfile
        fields = ("id", "station", "slot", "url", "security_profile", "ocpp_version", "interface", "set_at")


class SecurityEventSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)
    type = serializers.CharField(source="title", read_only=True)

    class Meta:
        model = StationNotice
        fields = ("id", "station", "type", "occurred_at", "received_at", "details")


class SecurityAlarmSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = SecurityAlarm
        fields = ("id", "station", "type", "first_at", "last_at", "count", "info", "acknowledged_at")


class PasswordChangeSerializer(serializers.Serializer):
    """``password`` is told this once; ``command`` is the call that tells the charger, if it is told."""

    password = serializers.CharField()
    command = serializers.IntegerField(allow_null=True)


class TargetInput(Input):
    """Where to connect: ``url`` and ``slot`` for 2.x alone; without ``slot`` a free one is taken."""

    profile = serializers.IntegerField(min_value=1, max_value=3)
    url = serializers.CharField(max_length=512, required=False, default="")
    slot = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    interface = serializers.ChoiceField(
        [f"{kind}{number}" for kind in ("Wired", "Wireless") for number in range(4)], default="Wired0"
    )

    def target(self) -> Target:
        data = self.validated_data
        return Target(data["profile"], data["url"], data["slot"], data["interface"])


class RaiseInput(TargetInput):
    certificate_is_installed = serializers.BooleanField(default=False)


class PasswordInput(Input):
    """``password`` left out: one is made. ``tell_charger`` false: somebody enters it at the charger."""

    password = serializers.CharField(max_length=64, required=False, trim_whitespace=False)
    tell_charger = serializers.BooleanField(default=True)


class ByStation(FilterSet):
    station = filters.CharFilter(field_name="station__identity")


class EventFilter(ByStation):
    type = filters.CharFilter(field_name="title")
    since = InstantFilter(field_name="received_at", lookup_expr="gte")


class AlarmFilter(ByStation):
    type = filters.CharFilter()
    is_open = BooleanFilter(field_name="acknowledged_at", lookup_expr="isnull")


class ProfileChangeResource(ReadOnlyResource):
    """Changes of security profiles and addresses, newest first."""

    queryset = SecurityProfileChange.objects.select_related("station")
    serializer_class = ProfileChangeSerializer
    filterset_class = ByStation
    action_needed = Action.STATION_VIEW


class NetworkProfileResource(ReadOnlyResource):
    """What stations took into their configuration slots."""

    queryset = NetworkProfile.objects.select_related("station")
    serializer_class = NetworkProfileSerializer
    filterset_class = ByStation
    action_needed = Action.STATION_VIEW


class SecurityEventResource(ReadOnlyResource):
    """Security events of stations, and those noticed at the door."""

    queryset = StationNotice.objects.filter(
        Q(kind="security") | Q(kind="event", title__startswith="SecurityCtrlr")
    ).select_related("station")
    serializer_class = SecurityEventSerializer
    filterset_class = EventFilter
    action_needed = Action.STATION_VIEW


class SecurityAlarmResource(ReadOnlyResource):
    """Security events that want a person's look, by station and type."""

    queryset = SecurityAlarm.objects.select_related("station")
    serializer_class = SecurityAlarmSerializer
    filterset_class = AlarmFilter
    action_needed = Action.STATION_VIEW


class StationAct(Resource):
    """Something that is done to one station."""

    queryset = SecurityProfileChange.objects.select_related("station")
    serializer_class = ProfileChangeSerializer
    action_needed = Action.STATION_EDIT
    lookup_value_regex = IDENTITY

    def station(self, identity: str):
        return station_or_404(self.request.user, identity, self.action_needed)

    def asked(self, input_class: type[Input]):
        wanted = input_class(data=self.request.data, context=self.get_serializer_context())
        wanted.is_valid(raise_exception=True)
        return wanted

    def origin(self) -> dict:
        return {"origin": CommandOrigin.API, "at": timezone.now(), **self.who()}


class StationProfileRaise(StationAct):
    @extend_schema(request=RaiseInput, responses={201: ProfileChangeSerializer})
    def create(self, request, identity: str) -> Response:
        """Begin to bring the charger to a higher security profile; follow it under profile-changes."""
        station, wanted = self.station(identity), self.asked(RaiseInput)
        change = raise_security_profile(
            station=station,
            target=wanted.target(),
            certificate_is_installed=wanted.validated_data["certificate_is_installed"],
            **self.origin(),
        )
        return self.show(change, status_code=status.HTTP_201_CREATED)


class StationSendElsewhere(StationAct):
    @extend_schema(request=TargetInput, responses={201: ProfileChangeSerializer})
    def create(self, request, identity: str) -> Response:
        """Tell a 2.x charger to connect to another system; its earlier addresses stay behind the new one."""
        station, wanted = self.station(identity), self.asked(TargetInput)
        change = send_to_other_system(station=station, target=wanted.target(), **self.origin())
        return self.show(change, status_code=status.HTTP_201_CREATED)


class StationPassword(StationAct):
    @extend_schema(request=PasswordInput, responses={201: PasswordChangeSerializer})
    def create(self, request, identity: str) -> Response:
        """Give the charger a new password. Told, the old one stays valid until the charger has taken the new one."""
        station, given = self.station(identity), self.asked(PasswordInput).validated_data
        password = given.get("password")
        if given["tell_charger"]:
            change = tell_new_password(station=station, password=password, **self.origin())
            answer = {"password": change.password, "command": change.command.pk if change.command else None}
        elif password:
            set_password(station=station, password=password, **self.who())
            answer = {"password": password, "command": None}
        else:
            answer = {"password": make_password(station=station, **self.who()).password, "command": None}
        return Response(answer, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class StationAlarmsSeen(StationAct):
    @extend_schema(request=None, responses={204: None})
    def create(self, request, identity: str) -> Response:
        """Say of the open alarms of a station that somebody has looked."""
        acknowledge_alarms(station=self.station(identity), at=timezone.now(), **self.who())
        return Response(status=status.HTTP_204_NO_CONTENT)
