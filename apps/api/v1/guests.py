"""The codes on stickers, for those who print their own."""

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import BooleanFilter, FilterSet, visible_sites
from apps.core.addresses import base_url_for
from apps.invoicing.models import QrCode
from apps.invoicing.services.guests.codes import make_codes, renew_code
from apps.sites.models import Site


class QrCodeSerializer(serializers.ModelSerializer):
    """``url`` is what the sticker says. A retired code leads nowhere."""

    station = serializers.CharField(source="evse.station.identity", read_only=True)
    site = serializers.IntegerField(source="evse.station.site_id", read_only=True)
    evse_number = serializers.IntegerField(source="evse.number", read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = QrCode
        fields = ("id", "site", "station", "evse_number", "code", "url", "created_at", "retired_at")

    def get_url(self, code) -> str:
        return f"{base_url_for(self.context['request'])}/q/{code.code}/"


class QrCodeFilter(FilterSet):
    site = filters.ModelChoiceFilter(field_name="evse__station__site", queryset=visible_sites)
    station = filters.CharFilter(field_name="evse__station__identity")
    is_retired = BooleanFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)


class QrCodeResource(ReadOnlyResource):
    """Codes that lead guests to a charging point, newest first."""

    queryset = QrCode.objects.select_related("evse__station")
    serializer_class = QrCodeSerializer
    filterset_class = QrCodeFilter
    action_needed = Action.SITE_VIEW


class SiteQrCodes(Resource):
    """Makes the codes that a site lacks."""

    queryset = Site.objects.select_related("organisation")
    serializer_class = QrCodeSerializer
    action_needed = Action.SITE_EDIT

    @extend_schema(request=None, responses={201: QrCodeSerializer(many=True)})
    def create(self, request, pk: int) -> Response:
        """The new codes; charging points that have one keep it."""
        made = make_codes(site=self.get_object(), actor=request.user, at=timezone.now())
        rows = QrCode.objects.select_related("evse__station").filter(pk__in=[code.pk for code in made]).order_by("pk")
        return Response(self.get_serializer(rows, many=True).data, status=status.HTTP_201_CREATED)


class QrCodeRenew(Resource):
    """Replaces a code."""

    queryset = QrCode.objects.in_use().select_related("evse__station__site__organisation")
    serializer_class = QrCodeSerializer
    action_needed = Action.SITE_EDIT

    @extend_schema(request=None, responses={201: QrCodeSerializer})
    def create(self, request, pk: int) -> Response:
        """The new code of the charging point; the old sticker leads nowhere from now on."""
        new = renew_code(evse=self.get_object().evse, actor=request.user, at=timezone.now())
        return self.show(new, status_code=status.HTTP_201_CREATED)
