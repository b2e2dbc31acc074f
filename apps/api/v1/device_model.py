"""The device model: variables and monitors of stations, wishes for many at once, templates, drift, quirks."""

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.device_model_shapes import (
    AlarmSerializer,
    ClearInput,
    DriftSerializer,
    MonitoringInput,
    MonitorSerializer,
    MonitorsInput,
    OperationSerializer,
    QuirkProfileInput,
    QuirkProfileSerializer,
    ReadInput,
    ReportInput,
    ReportSerializer,
    SetInput,
    TemplateInput,
    TemplateSerializer,
    VariableSerializer,
)
from apps.api.v1.filters import BooleanFilter, FilterSet
from apps.api.v1.station_calls import StationCall
from apps.api.v1.stations import station_or_404
from apps.chargers.messages.commands import Command, GetBaseReport, GetVariables
from apps.chargers.messages.commands.monitoring import (
    GetMonitoringReport,
    SetMonitoringBase,
    SetMonitoringLevel,
)
from apps.chargers.messages.events import VariableReport
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
from apps.chargers.selectors.quirks import known_quirks, suggestions_for
from apps.chargers.services.commands import enqueue
from apps.chargers.services.configuration_templates import (
    apply_templates,
    remove_template,
    save_template,
)
from apps.chargers.services.operations import (
    clear_monitors,
    read_variables,
    request_report,
    set_monitors,
    set_variables,
)
from apps.chargers.services.quirk_profiles import remove_quirk_profile, save_quirk_profile
from apps.chargers.services.variables import prepare_variables
from apps.core.ids import reserve_numbers

# --- lists --------------------------------------------------------------------------------------------


class StationPartFilter(FilterSet):
    station = django_filters.CharFilter(field_name="station__identity")


class VariableFilter(StationPartFilter):
    class Meta:
        model = DeviceVariable
        fields = ("station", "component", "variable", "evse_number")


class AlarmFilter(StationPartFilter):
    is_open = BooleanFilter(field_name="cleared_at", lookup_expr="isnull")

    class Meta:
        model = StationAlarm
        fields = ("station", "is_open", "severity")


class VariableResource(ReadOnlyResource):
    """Variables of stations (in 1.6: configuration keys) as last told."""

    queryset = DeviceVariable.objects.select_related("station")
    serializer_class = VariableSerializer
    filterset_class = VariableFilter
    action_needed = Action.STATION_VIEW


class MonitorResource(ReadOnlyResource):
    """Monitors that stations run."""

    queryset = VariableMonitor.objects.select_related("station")
    serializer_class = MonitorSerializer
    filterset_class = StationPartFilter
    action_needed = Action.STATION_VIEW


class AlarmResource(ReadOnlyResource):
    """Alarms of monitors and problems that stations told by themselves."""

    queryset = StationAlarm.objects.select_related("station")
    serializer_class = AlarmSerializer
    filterset_class = AlarmFilter
    action_needed = Action.STATION_VIEW


class ReportResource(ReadOnlyResource):
    """Reports in parts: which came, whether they are whole."""

    queryset = DeviceModelReport.objects.select_related("station")
    serializer_class = ReportSerializer
    filterset_class = StationPartFilter
    action_needed = Action.STATION_VIEW


class DriftResource(ReadOnlyResource):
    """Variables that are not what templates ask for."""

    queryset = ConfigurationDrift.objects.select_related("station", "variable", "template")
    serializer_class = DriftSerializer
    filterset_class = StationPartFilter
    action_needed = Action.STATION_VIEW


class OperationResource(ReadOnlyResource):
    """Wishes for many variables or monitors, and what became of each."""

    queryset = StationOperation.objects.select_related("station").prefetch_related("commands")
    serializer_class = OperationSerializer
    filterset_class = StationPartFilter
    action_needed = Action.STATION_VIEW


# --- wishes -------------------------------------------------------------------------------------------


class StationWish(StationCall):
    """Base of what is asked of one station by its identity."""

    queryset = StationOperation.objects.select_related("station").prefetch_related("commands")
    serializer_class = OperationSerializer

    def created(self, operation: StationOperation) -> Response:
        return self.show(operation, status_code=status.HTTP_201_CREATED)

    def sent(self, identity: str, command: Command) -> Response:
        row = enqueue(command=command, **self.asked(identity))
        return Response({"command": row.pk}, status=status.HTTP_201_CREATED)


class ReadVariables(StationWish):
    @extend_schema(request=ReadInput, responses={201: OperationSerializer})
    def create(self, request, identity: str) -> Response:
        """Read variables, split into as many calls as the station takes."""
        return self.created(read_variables(**self.asked(identity), variables=self.read(ReadInput)["variables"]))


class SetVariables(StationWish):
    @extend_schema(request=SetInput, responses={201: OperationSerializer})
    def create(self, request, identity: str) -> Response:
        """Set variables, split likewise; in 1.6 one key after the other."""
        return self.created(set_variables(**self.asked(identity), variables=self.read(SetInput)["variables"]))


class KnownVariables(StationWish):
    action_needed = Action.STATION_EDIT

    @extend_schema(request=SetInput, responses={204: None})
    def update(self, request, identity: str) -> Response:
        """Note values as if the station had told them, such as ItemsPerMessage; nothing is sent."""
        asked = self.asked(identity)
        reports = [VariableReport(**item) for item in self.read(SetInput)["variables"]]
        prepare_variables(
            station=asked["station"], variables=reports, actor=asked["actor"], at=asked["at"], address=asked["address"]
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class AskReport(StationWish):
    @extend_schema(request=ReportInput, responses={201: OperationSerializer})
    def create(self, request, identity: str) -> Response:
        """A chosen report gives an operation; a base report the number of its command."""
        station = station_or_404(request.user, identity, self.action_needed)
        given = self.read(ReportInput)
        base = given.pop("base", None)
        if base is None:
            return self.created(request_report(**given, **self.asked(identity)))
        if station.protocol == "ocpp1.6":
            return self.sent(identity, GetVariables())
        return self.sent(identity, GetBaseReport(reserve_numbers("ocpp_request", how_many=1)[0], base))


class SetMonitors(StationWish):
    @extend_schema(request=MonitorsInput, responses={201: OperationSerializer})
    def create(self, request, identity: str) -> Response:
        """Add or replace monitors (2.x), split into as many calls as the station takes."""
        return self.created(set_monitors(**self.asked(identity), monitors=self.read(MonitorsInput)["monitors"]))


class ClearMonitors(StationWish):
    @extend_schema(request=ClearInput, responses={201: OperationSerializer})
    def create(self, request, identity: str) -> Response:
        """Remove monitors by their numbers (2.x)."""
        return self.created(clear_monitors(**self.asked(identity), ids=self.read(ClearInput)["ids"]))


class AskMonitoring(StationWish):
    @extend_schema(request=MonitoringInput, responses={201: None})
    def create(self, request, identity: str) -> Response:
        """Set the base or the level of monitoring, or ask for a report of the monitors (2.x)."""
        station_or_404(request.user, identity, self.action_needed)
        given = self.read(MonitoringInput)
        if "base" in given:
            return self.sent(identity, SetMonitoringBase(given["base"]))
        if "level" in given:
            return self.sent(identity, SetMonitoringLevel(given["level"]))
        number = reserve_numbers("ocpp_request", how_many=1)[0]
        wanted = GetMonitoringReport(number, tuple(given["criteria"]), tuple(given["variables"]))
        return self.sent(identity, wanted)


class ApplyTemplates(StationWish):
    action_needed = Action.STATION_EDIT

    @extend_schema(request=None, responses={201: OperationSerializer})
    def create(self, request, identity: str) -> Response:
        """Set everything in which the station differs from its templates, now."""
        return self.created(apply_templates(**self.asked(identity)))


class StationQuirks(StationWish):
    action_needed = Action.STATION_VIEW

    @extend_schema(responses={200: dict})
    def retrieve(self, request, identity: str) -> Response:
        """Habits known of the station with their source, and what its deviations suggest."""
        station = station_or_404(request.user, identity, self.action_needed)
        return Response(
            {
                "quirks": [
                    {"name": q.name, "value": q.value, "source": q.source, "is_applied": q.is_applied}
                    for q in known_quirks(station)
                ],
                "suggestions": [
                    {"deviation": s.code, "count": s.count, "quirk": s.quirk} for s in suggestions_for(station)
                ],
            }
        )


# --- templates and quirk profiles ---------------------------------------------------------------------


class TemplateResource(ReadOnlyResource):
    """Configuration templates."""

    queryset = ConfigurationTemplate.objects.select_related("organisation").prefetch_related("versions")
    serializer_class = TemplateSerializer
    action_needed = Action.STATION_VIEW
    actions_by_method = dict.fromkeys(("POST", "PUT", "DELETE"), Action.STATION_EDIT)

    @extend_schema(request=TemplateInput, responses={201: TemplateSerializer})
    def create(self, request) -> Response:
        given = self.read(TemplateInput)
        organisation = self.organisation_for(given.pop("organisation", None))
        made = save_template(organisation=organisation, at=timezone.now(), **self.who(), **given)
        return self.show(made, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=TemplateInput, responses=TemplateSerializer)
    def update(self, request, pk: int) -> Response:
        """Other entries make a new version."""
        template = self.get_object()
        self.organisation_for(template.organisation)
        given = self.read(TemplateInput)
        given.pop("organisation", None)
        return self.show(save_template(template=template, at=timezone.now(), **self.who(), **given))

    @extend_schema(responses={204: None})
    def destroy(self, request, pk: int) -> Response:
        template = self.get_object()
        self.organisation_for(template.organisation)
        remove_template(template=template, at=timezone.now(), **self.who())
        return Response(status=status.HTTP_204_NO_CONTENT)


class QuirkProfileResource(ReadOnlyResource):
    """Quirk profiles: shipped ones (without organisation) and one's own."""

    queryset = QuirkProfile.objects.select_related("organisation")
    serializer_class = QuirkProfileSerializer
    action_needed = Action.STATION_VIEW
    actions_by_method = dict.fromkeys(("POST", "PUT", "DELETE"), Action.STATION_EDIT)

    @extend_schema(request=QuirkProfileInput, responses={201: QuirkProfileSerializer})
    def create(self, request) -> Response:
        given = self.read(QuirkProfileInput)
        organisation = self.organisation_for(given.pop("organisation", None))
        made = save_quirk_profile(organisation=organisation, at=timezone.now(), **self.who(), **given)
        return self.show(made, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=QuirkProfileInput, responses=QuirkProfileSerializer)
    def update(self, request, pk: int) -> Response:
        profile = self.get_object()
        self.organisation_for(profile.organisation)
        given = self.read(QuirkProfileInput)
        given.pop("organisation", None)
        return self.show(save_quirk_profile(profile=profile, at=timezone.now(), **self.who(), **given))

    @extend_schema(responses={204: None})
    def destroy(self, request, pk: int) -> Response:
        profile = self.get_object()
        self.organisation_for(profile.organisation)
        remove_quirk_profile(profile=profile, at=timezone.now(), **self.who())
        return Response(status=status.HTTP_204_NO_CONTENT)
