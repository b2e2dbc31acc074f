"""What callers may send. The domain services check the rest, and name the field as these do."""

from collections.abc import Mapping

from rest_framework import serializers

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.chargers.choices import KeyEncoding
from apps.chargers.messages.replies import RegistrationStatus
from apps.chargers.messages.tokens import IdTokenType
from apps.drivers.choices import EnergyPeriod, TokenStatus
from apps.drivers.models import Driver, IdToken
from apps.sites.models import Site
from apps.sites.scope import organisations_visible_to

LONGEST_HEARTBEAT_S = 86_400
MAX_POWER_W = 10_000_000

TOKEN_TYPES = [kind.value for kind in IdTokenType]


class Input(serializers.Serializer):
    """Refuses names that do not exist or cannot be set, so that a slip of the pen does no silent harm."""

    def to_internal_value(self, data):
        unknown = [str(name) for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        if unknown:
            raise serializers.ValidationError({name: ["There is no such field that can be set."] for name in unknown})
        return super().to_internal_value(data)


class VisibleField(serializers.PrimaryKeyRelatedField):
    """A row by its key, among those on which the caller may do ``action``; others do not exist for him."""

    def __init__(self, *, action: Action, **options) -> None:
        self.action = action
        super().__init__(**options)

    def get_queryset(self):
        return self.queryset.all().visible_to(self.context["request"].user, self.action)


class OrganisationField(serializers.SlugRelatedField):
    """An organisation by its slug, among those in which the caller may do ``action``."""

    def __init__(self, *, action: Action, **options) -> None:
        self.action = action
        super().__init__(slug_field="slug", queryset=Organisation.objects.all(), **options)

    def get_queryset(self):
        return organisations_visible_to(self.context["request"].user, self.action)


class NewCommandInput(Input):
    """``action`` of the station's OCPP version with its ``payload``; ``wait`` seconds for the charger's answer."""

    action = serializers.CharField(max_length=60)
    payload = serializers.DictField(default=dict)
    wait = serializers.FloatField(min_value=0, max_value=30, default=0)


class StationInput(Input):
    """``password`` is what the charger must present (``""``: none is asked for); it is never shown again."""

    name = serializers.CharField(max_length=80, allow_blank=True, required=False)
    area = serializers.CharField(
        max_length=80, allow_null=True, required=False, help_text="Name of an area of the site."
    )
    max_power_w = serializers.IntegerField(min_value=1, max_value=MAX_POWER_W, allow_null=True, required=False)
    security_profile = serializers.IntegerField(min_value=0, max_value=3, required=False)
    key_encoding = serializers.ChoiceField(KeyEncoding.choices, required=False)
    is_lenient = serializers.BooleanField(required=False)
    provisioning_enabled = serializers.BooleanField(required=False)
    heartbeat_interval_s = serializers.IntegerField(min_value=1, max_value=LONGEST_HEARTBEAT_S, required=False)
    registration = serializers.ChoiceField([status.value for status in RegistrationStatus], required=False)
    password = serializers.CharField(
        max_length=64, allow_blank=True, trim_whitespace=False, required=False, write_only=True
    )


class NewStationInput(StationInput):
    identity = serializers.CharField(max_length=48)
    site = VisibleField(queryset=Site.objects.open(), action=Action.STATION_ADOPT)


class StationChangeInput(StationInput):
    site = VisibleField(queryset=Site.objects.open(), action=Action.STATION_EDIT, required=False)


class DriverInput(Input):
    name = serializers.CharField(max_length=120)
    group = serializers.CharField(max_length=80, allow_null=True, required=False, help_text="Name of a driver group.")
    home_site = VisibleField(queryset=Site.objects.all(), action=Action.DRIVER_EDIT, allow_null=True, required=False)
    email = serializers.EmailField(allow_blank=True, required=False)
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    unit = serializers.CharField(max_length=40, allow_blank=True, required=False)
    language = serializers.CharField(max_length=8, allow_blank=True, required=False)
    max_sessions = serializers.IntegerField(min_value=1, max_value=100, allow_null=True, required=False)
    energy_limit_wh = serializers.IntegerField(min_value=0, max_value=10**12, allow_null=True, required=False)
    energy_period = serializers.ChoiceField(EnergyPeriod.choices, required=False)


class NewDriverInput(DriverInput):
    organisation = OrganisationField(
        action=Action.DRIVER_EDIT, required=False, help_text="Slug; not needed where you work for one only."
    )


class TokenChangeInput(Input):
    label = serializers.CharField(max_length=80, allow_blank=True, required=False)
    status = serializers.ChoiceField(TokenStatus.choices, required=False)
    expires_at = serializers.DateTimeField(allow_null=True, required=False)
    parent_group = serializers.CharField(max_length=36, allow_blank=True, required=False)
    is_master_pass = serializers.BooleanField(required=False)
    allows_concurrent = serializers.BooleanField(required=False)
    personal_message = serializers.CharField(max_length=200, allow_blank=True, required=False)


class NewTokenInput(TokenChangeInput):
    driver = VisibleField(queryset=Driver.objects.all(), action=Action.DRIVER_EDIT)
    value = serializers.CharField(max_length=IdToken._meta.get_field("value").max_length)
    type = serializers.ChoiceField(TOKEN_TYPES, default=IdTokenType.ISO14443.value)


class SiteInput(serializers.ModelSerializer, Input):
    class Meta:
        model = Site
        fields = (
            "name", "kind", "time_zone", "currency", "street", "postal_code", "city", "country", "latitude",
            "longitude", "limit_w", "vat_percent", "access_policy", "assumed_protocol",
        )  # fmt: skip


class NewSiteInput(SiteInput):
    organisation = OrganisationField(
        action=Action.SITE_EDIT, required=False, help_text="Slug; not needed where you work for one only."
    )

    class Meta(SiteInput.Meta):
        validators = []  # the service looks whether the name is taken, once the organisation is known
        fields = ("organisation", *SiteInput.Meta.fields)
