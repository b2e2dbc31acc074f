"""Customers with their vehicles: whom bills are made out to."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import FilterSet
from apps.api.v1.inputs import Input, OrganisationField, VisibleField
from apps.drivers.choices import AccountKind, PayBy
from apps.drivers.models import BillingAccount, Vehicle
from apps.drivers.services.accounts import create_account, edit_account
from apps.sites.models import Site

WRITES = {"POST": Action.ACCOUNT_EDIT, "PATCH": Action.ACCOUNT_EDIT}


class CustomerSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = BillingAccount
        fields = (
            "id", "organisation", "number", "kind", "home_site", "name", "contact", "email", "street", "postal_code",
            "city", "country", "vat_id", "buyer_reference", "language", "pay_by", "sends_mail", "created_at",
            "closed_at",
        )  # fmt: skip


class VehicleSerializer(serializers.ModelSerializer):
    class Meta:
        model = Vehicle
        fields = (
            "id", "account", "label", "plate", "evcc_id", "battery_wh", "department", "depot", "route", "retired_at",
        )  # fmt: skip


class CustomerInput(Input):
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(AccountKind.choices, required=False)
    home_site = VisibleField(queryset=Site.objects.all(), action=Action.ACCOUNT_EDIT, allow_null=True, required=False)
    contact = serializers.CharField(max_length=120, allow_blank=True, required=False)
    email = serializers.EmailField(allow_blank=True, required=False)
    street = serializers.CharField(max_length=120, allow_blank=True, required=False)
    postal_code = serializers.CharField(max_length=20, allow_blank=True, required=False)
    city = serializers.CharField(max_length=80, allow_blank=True, required=False)
    country = serializers.RegexField(r"^([A-Z]{2})?$", allow_blank=True, required=False)
    vat_id = serializers.CharField(max_length=20, allow_blank=True, required=False)
    buyer_reference = serializers.CharField(max_length=60, allow_blank=True, required=False)
    language = serializers.CharField(max_length=8, allow_blank=True, required=False)
    pay_by = serializers.ChoiceField(PayBy.choices, required=False)
    sends_mail = serializers.BooleanField(required=False)


class NewCustomerInput(CustomerInput):
    organisation = OrganisationField(
        action=Action.ACCOUNT_EDIT, required=False, help_text="Slug; not needed where you work for one only."
    )
    number = serializers.CharField(max_length=20, required=False, help_text="Left out: the next one.")


class CustomerFilter(FilterSet):
    class Meta:
        model = BillingAccount
        fields = ("number", "name", "email", "kind", "home_site", "pay_by")


class CustomerResource(ReadOnlyResource):
    """Customers, newest first."""

    queryset = BillingAccount.objects.select_related("organisation")
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    action_needed = Action.DRIVER_VIEW
    actions_by_method = WRITES

    @extend_schema(request=NewCustomerInput, responses={201: CustomerSerializer})
    def create(self, request) -> Response:
        """Add a customer; people of single sites name the ``home_site``."""
        given = self.read(NewCustomerInput)
        organisation = self.organisation_of(given)
        account = create_account(organisation=organisation, actor=request.user, **given)
        return self.show(account, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=CustomerInput, responses=CustomerSerializer)
    def partial_update(self, request, pk: str) -> Response:
        """Change what is given; bills that were issued keep what they say."""
        account = self.get_object()
        given = self.read(CustomerInput, partial=True)
        if "home_site" in given and given["home_site"] is None:
            self.organisation_for(account.organisation)
        return self.show(edit_account(account=account, actor=request.user, **given))


class VehicleFilter(FilterSet):
    class Meta:
        model = Vehicle
        fields = ("account", "plate", "department", "depot", "route")


class VehicleResource(ReadOnlyResource):
    """Vehicles of customers, newest first."""

    queryset = Vehicle.objects.all()
    serializer_class = VehicleSerializer
    filterset_class = VehicleFilter
    action_needed = Action.DRIVER_VIEW
