"""Tariffs, their versions and where they apply; membership plans; market prices."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import FilterSet, KeyFilter
from apps.api.v1.inputs import Input, OrganisationField, VisibleField
from apps.chargers.models import Evse
from apps.drivers.models import DriverGroup
from apps.sites.models import Area, Site
from apps.sites.scope import organisations_in_scope
from apps.sites.validators import validate_currency
from apps.tariffs.engine.tariff import Tariff as EngineTariff
from apps.tariffs.engine.tariff_json import from_json
from apps.tariffs.engine.tariff_to_ocpi import to_ocpi
from apps.tariffs.models import MarketPrice, MembershipPlan, Tariff, TariffAssignment, TariffVersion
from apps.tariffs.services.market import record_market_prices
from apps.tariffs.services.plans import create_plan, edit_plan, retire_plan
from apps.tariffs.services.tariffs import add_version, assign_tariff, create_tariff, end_assignment

MOST_PRICES = 10_000
WRITES = {"POST": Action.TARIFF_EDIT, "PATCH": Action.TARIFF_EDIT}
OCPI_VERSIONS = ("2.2.1", "2.3.0")


class TariffVersionSerializer(serializers.ModelSerializer):
    """``content``: the whole tariff; decimals are strings."""

    class Meta:
        model = TariffVersion
        fields = ("id", "tariff", "number", "valid_from", "content", "created_at")


class TariffSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Tariff
        fields = ("id", "organisation", "name", "currency", "created_at")


class AssignmentSerializer(serializers.ModelSerializer):
    """Where a tariff applies; the narrowest wins: group, EVSE, area, site."""

    driver_group = serializers.IntegerField(source="driver_group_id", allow_null=True)
    evse = serializers.IntegerField(source="evse_id", allow_null=True)

    class Meta:
        model = TariffAssignment
        fields = ("id", "tariff", "site", "area", "evse", "driver_group", "valid_from", "valid_until")


class PlanSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = MembershipPlan
        fields = (
            "id", "organisation", "name", "currency", "monthly_fee", "vat_percent", "discount_percent", "free_wh",
            "retired_at",
        )  # fmt: skip


class MarketPriceSerializer(serializers.ModelSerializer):
    """Net, per kWh."""

    organisation = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = MarketPrice
        fields = ("id", "organisation", "series", "currency", "start_at", "end_at", "price")


class VersionInput(Input):
    """``content`` as tariff versions show it; ``id``, ``version`` and ``currency`` are those of the tariff."""

    content = serializers.DictField()
    valid_from = serializers.DateTimeField(required=False)


class NewTariffInput(VersionInput):
    organisation = OrganisationField(action=Action.TARIFF_EDIT, required=False)
    name = serializers.CharField(max_length=120)
    currency = serializers.CharField(validators=[validate_currency])


class AssignmentInput(Input):
    tariff = VisibleField(queryset=Tariff.objects.all(), action=Action.TARIFF_EDIT)
    site = VisibleField(queryset=Site.objects.all(), action=Action.TARIFF_EDIT)
    area = VisibleField(queryset=Area.objects.all(), action=Action.TARIFF_EDIT, required=False, allow_null=True)
    evse = VisibleField(queryset=Evse.objects.all(), action=Action.TARIFF_EDIT, required=False, allow_null=True)
    driver_group = VisibleField(
        queryset=DriverGroup.objects.all(), action=Action.TARIFF_EDIT, required=False, allow_null=True
    )
    valid_from = serializers.DateTimeField(required=False)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)

    def validate(self, values):
        site, evse, group = values["site"], values.get("evse"), values.get("driver_group")
        if evse is not None and evse.station.site_id != site.pk:
            raise serializers.ValidationError({"evse": ["This EVSE is at another site."]})
        if group is not None and group.organisation_id != site.organisation_id:
            raise serializers.ValidationError({"driver_group": ["This group is another organisation's."]})
        return values


class PlanInput(Input):
    name = serializers.CharField(max_length=80)
    currency = serializers.CharField(validators=[validate_currency])
    monthly_fee = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=0)
    vat_percent = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=100)
    discount_percent = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=100, default=0)
    free_wh = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)


class NewPlanInput(PlanInput):
    organisation = OrganisationField(action=Action.TARIFF_EDIT, required=False)


class HourInput(Input):
    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()
    price = serializers.DecimalField(max_digits=12, decimal_places=6)


class MarketPricesInput(Input):
    organisation = OrganisationField(action=Action.TARIFF_EDIT, required=False)
    series = serializers.CharField(max_length=40)
    currency = serializers.CharField(validators=[validate_currency])
    prices = HourInput(many=True, max_length=MOST_PRICES)


class _PricingResource(ReadOnlyResource):
    """Seen by those who see prices; written by those who hold the role in the whole organisation."""

    action_needed = Action.TARIFF_VIEW
    actions_by_method = WRITES

    def get_queryset(self):
        rows = super().get_queryset()
        if self.request.method in WRITES and not getattr(self, "swagger_fake_view", False):
            rows = rows.filter(organisations_in_scope(self.request.user, Action.TARIFF_EDIT))
        return rows


class TariffResource(_PricingResource):
    """Price lists. What they say lies in their versions."""

    queryset = Tariff.objects.select_related("organisation")
    serializer_class = TariffSerializer

    @extend_schema(request=NewTariffInput, responses={201: TariffSerializer})
    def create(self, request) -> Response:
        """Make a tariff with its first version."""
        given = self.read(NewTariffInput)
        version = create_tariff(
            organisation=self.organisation_for(given.get("organisation")),
            name=given["name"],
            content=_content(given["content"], given["currency"]),
            valid_from=given.get("valid_from") or timezone.now(),
            actor=request.user,
        )
        return self.show(version.tariff, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=VersionInput, responses={201: TariffVersionSerializer})
    @action(detail=True, methods=["post"])
    def versions(self, request, pk=None) -> Response:
        """Add a version; those before it stay as they are."""
        tariff = self.get_object()
        given = self.read(VersionInput)
        version = add_version(
            tariff=tariff,
            content=_content(given["content"], tariff.currency),
            valid_from=given.get("valid_from") or timezone.now(),
            actor=request.user,
        )
        return Response(TariffVersionSerializer(version).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("version", enum=OCPI_VERSIONS)],
        responses={(200, "application/json"): {"type": "object", "properties": {"tariff": {}, "losses": {}}}},
    )
    @action(detail=True, methods=["get"])
    def ocpi(self, request, pk=None) -> Response:
        """The version in force (else the newest) as OCPI says it, and what is lost thereby."""
        wanted = request.query_params.get("version", OCPI_VERSIONS[-1])
        if wanted not in OCPI_VERSIONS:
            raise ValidationError({"version": [f"One of {', '.join(OCPI_VERSIONS)}."]})
        versions = self.get_object().versions.order_by("-valid_from", "-number")
        row = versions.filter(valid_from__lte=timezone.now()).first() or versions.first()
        written = to_ocpi(from_json(row.content), version=wanted, updated_at=row.created_at)
        losses = [{"code": loss.code, "message": loss.message} for loss in written.losses]
        return Response({"tariff": written.tariff, "losses": losses})


class VersionFilter(FilterSet):
    tariff = KeyFilter()


class TariffVersionResource(ReadOnlyResource):
    """What tariffs say from when on; never changed."""

    queryset = TariffVersion.objects.all()
    serializer_class = TariffVersionSerializer
    filterset_class = VersionFilter
    action_needed = Action.TARIFF_VIEW


class AssignmentFilter(FilterSet):
    tariff = KeyFilter()
    site = KeyFilter()


class TariffAssignmentResource(ReadOnlyResource):
    """Where tariffs apply."""

    queryset = TariffAssignment.objects.all()
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter
    action_needed = Action.TARIFF_VIEW
    actions_by_method = WRITES

    @extend_schema(request=AssignmentInput, responses={201: AssignmentSerializer})
    def create(self, request) -> Response:
        """Let a tariff apply."""
        given = self.read(AssignmentInput)
        self.organisation_for(given["tariff"].organisation)
        group, evse = given.pop("driver_group", None), given.pop("evse", None)
        assignment = assign_tariff(
            **{"valid_from": timezone.now(), **given},
            driver_group_id=group.pk if group else None,
            evse_id=evse.pk if evse else None,
            actor=request.user,
        )
        return self.show(assignment, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk=None) -> Response:
        """It applies to no session that starts from now on."""
        assignment = self.get_object()
        self.organisation_for(assignment.tariff.organisation)
        end_assignment(assignment=assignment, at=timezone.now(), actor=request.user)
        return self.show(assignment)


class MembershipPlanResource(_PricingResource):
    """What customers pay per month, and what that gives them."""

    queryset = MembershipPlan.objects.select_related("organisation")
    serializer_class = PlanSerializer

    @extend_schema(request=NewPlanInput, responses={201: PlanSerializer})
    def create(self, request) -> Response:
        """Make a plan."""
        given: dict[str, Any] = self.read(NewPlanInput)
        organisation = self.organisation_for(given.pop("organisation", None))
        plan = create_plan(organisation=organisation, actor=request.user, **given)
        return self.show(plan, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=PlanInput, responses=PlanSerializer)
    def partial_update(self, request, pk: str) -> Response:
        """Change what is given; the terms of a plan that customers have stay."""
        plan = self.get_object()
        return self.show(edit_plan(plan=plan, actor=request.user, **self.read(PlanInput, partial=True)))

    @extend_schema(request=None, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request, pk=None) -> Response:
        """Nobody is given it from now on."""
        plan = self.get_object()
        retire_plan(plan=plan, actor=request.user, at=timezone.now())
        return self.show(plan)


class MarketPriceResource(ListModelMixin, Resource):
    """What markets ask, hour by hour, for tariffs that follow them."""

    queryset = MarketPrice.objects.select_related("organisation")
    serializer_class = MarketPriceSerializer
    action_needed = Action.TARIFF_VIEW
    actions_by_method = WRITES

    @extend_schema(request=MarketPricesInput, responses={200: {"type": "object", "properties": {"new": {}}}})
    def create(self, request) -> Response:
        """Keep prices; those that are known already must be the same."""
        given = self.read(MarketPricesInput)
        new = record_market_prices(
            organisation=self.organisation_for(given.get("organisation")),
            series=given["series"],
            currency=given["currency"],
            prices=[(hour["start_at"], hour["end_at"], hour["price"]) for hour in given["prices"]],
            actor=request.user,
            at=timezone.now(),
        )
        return Response({"new": new})


def _content(data: dict[str, Any], currency: str) -> EngineTariff:
    """Raises InvalidTariff, which names the path."""
    return from_json({**data, "id": "new", "version": 0, "currency": currency})
