"""Contract certificates that wait for vehicles."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.inputs import Input, OrganisationField
from apps.chargers.choices import ContractAction
from apps.chargers.models import ContractCertificate
from apps.chargers.services.plug_and_charge import remove_contract, store_contract

LONGEST_EXI = 20_000


class ContractSerializer(serializers.ModelSerializer):
    """The answer itself holds the vehicle's key, sealed: it goes to the vehicle and is not shown."""

    organisation = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = ContractCertificate
        fields = ("id", "organisation", "emaid", "request_digest", "action", "created_at", "expires_at")


class NewContractInput(Input):
    organisation = OrganisationField(action=Action.CERTIFICATE_EDIT, required=False)
    exi_response = serializers.CharField(max_length=LONGEST_EXI, help_text="base64 of EXI, as the vehicle gets it")
    emaid = serializers.CharField(max_length=25, required=False, allow_blank=True)
    exi_request = serializers.CharField(
        max_length=LONGEST_EXI, required=False, allow_blank=True, help_text="base64: for this request of a vehicle only"
    )
    action = serializers.ChoiceField(ContractAction.choices, required=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class ContractResource(ReadOnlyResource):
    """Answers for vehicles that ask for their contract certificate."""

    queryset = ContractCertificate.objects.select_related("organisation")
    serializer_class = ContractSerializer
    filterset_fields = ("emaid", "request_digest", "action")
    action_needed = Action.CERTIFICATE_VIEW
    actions_by_method = {"POST": Action.CERTIFICATE_EDIT, "DELETE": Action.CERTIFICATE_EDIT}

    @extend_schema(request=NewContractInput, responses={201: ContractSerializer})
    def create(self, request) -> Response:
        """Keep an answer."""
        given = self.read(NewContractInput)
        organisation = self.organisation_for(given.pop("organisation", None))
        row = store_contract(organisation=organisation, at=timezone.now(), **given, **self.who())
        return self.show(row, status_code=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request, pk: str) -> Response:
        """Give it up."""
        remove_contract(contract=self.get_object(), **self.who())
        return Response(status=status.HTTP_204_NO_CONTENT)
