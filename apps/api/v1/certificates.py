"""Certificates: authorities of an organisation, those of stations, and what is installed in them."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.inputs import Input, OrganisationField
from apps.api.v1.serializers import CommandSerializer
from apps.api.v1.stations import IDENTITY, station_or_404
from apps.chargers.choices import CertificateKind, CertificateUse, CommandOrigin
from apps.chargers.models import CaCertificate, InstalledCertificate, StationCertificate, StationCommand
from apps.chargers.services.certificates import (
    add_ca_certificate,
    delete_installed_certificate,
    install_certificate,
    read_installed_certificates,
    remove_ca_certificate,
    request_renewal,
    revoke_certificate,
)

LONGEST_PEM = 20_000


class CaCertificateSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = CaCertificate
        fields = (
            "id", "organisation", "use", "name", "subject", "issuer", "serial_number", "fingerprint", "key",
            "valid_from", "expires_at", "hashes", "certificate", "uploaded_at",
        )  # fmt: skip


class StationCertificateSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = StationCertificate
        fields = (
            "id", "station", "kind", "state", "key", "subject", "issuer", "serial_number", "fingerprint",
            "requested_at", "signed_at", "valid_from", "expires_at", "answered_at", "used_at", "revoked_at",
            "explanation", "chain",
        )  # fmt: skip


class InstalledCertificateSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = InstalledCertificate
        fields = (
            "id", "station", "use", "hash_algorithm", "issuer_name_hash", "issuer_key_hash", "serial_number",
            "position", "parent", "is_told", "learnt_at",
        )  # fmt: skip


class NewCaCertificateInput(Input):
    organisation = OrganisationField(action=Action.CERTIFICATE_EDIT, required=False)
    use = serializers.ChoiceField(CertificateUse.choices)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    certificate = serializers.CharField(max_length=LONGEST_PEM)


class RenewalInput(Input):
    kind = serializers.ChoiceField(CertificateKind.choices, default=CertificateKind.STATION.value)


class InstallationInput(Input):
    use = serializers.ChoiceField(CertificateUse.choices)
    certificate = serializers.CharField(max_length=LONGEST_PEM)


class CaCertificateResource(ReadOnlyResource):
    """Authorities that are trusted or installed in stations."""

    queryset = CaCertificate.objects.select_related("organisation")
    serializer_class = CaCertificateSerializer
    filterset_fields = ("use", "fingerprint")
    action_needed = Action.CERTIFICATE_VIEW
    actions_by_method = {"POST": Action.CERTIFICATE_EDIT, "DELETE": Action.CERTIFICATE_EDIT}

    @extend_schema(request=NewCaCertificateInput, responses={201: CaCertificateSerializer})
    def create(self, request) -> Response:
        """Keep a certificate of an authority (PEM)."""
        given = self.read(NewCaCertificateInput)
        organisation = self.organisation_for(given.pop("organisation", None))
        row = add_ca_certificate(organisation=organisation, at=timezone.now(), **given, **self.who())
        return self.show(row, status_code=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request, pk: str) -> Response:
        """Trust it no more."""
        remove_ca_certificate(ca_certificate=self.get_object(), **self.who())
        return Response(status=status.HTTP_204_NO_CONTENT)


class StationCertificateResource(ReadOnlyResource):
    """Certificates that stations asked for, with their life."""

    queryset = StationCertificate.objects.select_related("station__site__organisation")
    serializer_class = StationCertificateSerializer
    filterset_fields = ("station__identity", "kind", "state")
    action_needed = Action.STATION_VIEW
    actions_by_method = {"POST": Action.STATION_EDIT}

    @extend_schema(request=None, responses=StationCertificateSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request, pk: str) -> Response:
        """Refuse the certificate at the door from now on."""
        return self.show(revoke_certificate(certificate=self.get_object(), at=timezone.now(), **self.who()))


class InstalledCertificateResource(ReadOnlyResource):
    """Certificates of authorities in stations, as these tell."""

    queryset = InstalledCertificate.objects.select_related("station__site__organisation")
    serializer_class = InstalledCertificateSerializer
    filterset_fields = ("station__identity", "use")
    action_needed = Action.STATION_VIEW
    actions_by_method = {"DELETE": Action.STATION_COMMAND}

    @extend_schema(responses={202: CommandSerializer})
    def destroy(self, request, pk: str) -> Response:
        """Ask the station to delete it."""
        command = delete_installed_certificate(
            installed=self.get_object(), origin=CommandOrigin.API, at=timezone.now(), **self.who()
        )
        return Response(CommandSerializer(command).data, status=status.HTTP_202_ACCEPTED)


class StationCertificateActions(Resource):
    """What a station can be asked about certificates; each answers 202 with the commands that were made."""

    queryset = StationCommand.objects.select_related("station")
    serializer_class = CommandSerializer
    action_needed = Action.STATION_COMMAND
    lookup_value_regex = IDENTITY

    @extend_schema(request=RenewalInput, responses={202: CommandSerializer(many=True)})
    def renew(self, request, identity: str) -> Response:
        """Ask the station for a request to sign."""
        station = station_or_404(request.user, identity, self.action_needed)
        return self._asked([request_renewal(station=station, **self.read(RenewalInput), **self._how())])

    @extend_schema(request=None, responses={202: CommandSerializer(many=True)})
    def read_installed(self, request, identity: str) -> Response:
        """Ask the station what is installed."""
        station = station_or_404(request.user, identity, self.action_needed)
        return self._asked(read_installed_certificates(station=station, **self._how()))

    @extend_schema(request=InstallationInput, responses={202: CommandSerializer(many=True)})
    def install(self, request, identity: str) -> Response:
        """Ask the station to install a certificate (PEM)."""
        station = station_or_404(request.user, identity, self.action_needed)
        return self._asked([install_certificate(station=station, **self.read(InstallationInput), **self._how())])

    def _how(self) -> dict:
        return {"origin": CommandOrigin.API, "at": timezone.now(), **self.who()}

    @staticmethod
    def _asked(commands: list[StationCommand]) -> Response:
        return Response(CommandSerializer(commands, many=True).data, status=status.HTTP_202_ACCEPTED)
