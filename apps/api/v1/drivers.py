"""Drivers and their id tokens."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import DriverFilter, TokenFilter
from apps.api.v1.inputs import DriverInput, NewDriverInput, NewTokenInput, TokenChangeInput
from apps.api.v1.serializers import DriverSerializer, TokenSerializer
from apps.drivers.models import Driver, DriverGroup, IdToken
from apps.drivers.services.drivers import create_driver, edit_driver, end_driver
from apps.drivers.services.tokens import create_token, edit_token

WRITES = {"POST": Action.DRIVER_EDIT, "PATCH": Action.DRIVER_EDIT, "DELETE": Action.DRIVER_EDIT}


class DriverResource(ReadOnlyResource):
    """People, or places of vehicles, that charge."""

    queryset = Driver.objects.select_related("organisation", "group")
    serializer_class = DriverSerializer
    filterset_class = DriverFilter
    action_needed = Action.DRIVER_VIEW
    actions_by_method = WRITES

    @extend_schema(request=NewDriverInput, responses={201: DriverSerializer})
    def create(self, request) -> Response:
        """Enrol a driver; people of single sites name the ``home_site``."""
        given = self.read(NewDriverInput)
        organisation = self.organisation_of(given)
        fields = _with_group(given, organisation)
        driver = create_driver(organisation=organisation, actor=request.user, **fields)
        return self.show(driver, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=DriverInput, responses=DriverSerializer)
    def partial_update(self, request, pk: str) -> Response:
        """Change what is given."""
        driver = self.get_object()
        given = self.read(DriverInput, partial=True)
        if "home_site" in given and given["home_site"] is None:
            self.organisation_for(driver.organisation)
        fields = _with_group(given, driver.organisation)
        return self.show(edit_driver(driver=driver, actor=request.user, **fields))

    @extend_schema(responses={204: None})
    def destroy(self, request, pk: str) -> Response:
        """The driver leaves now: no card of his is accepted any more; past sessions stay."""
        end_driver(driver=self.get_object(), actor=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class TokenResource(ReadOnlyResource):
    """Id tokens of drivers."""

    queryset = IdToken.objects.select_related("driver")
    serializer_class = TokenSerializer
    filterset_class = TokenFilter
    action_needed = Action.DRIVER_VIEW
    actions_by_method = WRITES

    @extend_schema(request=NewTokenInput, responses={201: TokenSerializer})
    def create(self, request) -> Response:
        """Hand out a card."""
        given = self.read(NewTokenInput)
        token = create_token(actor=request.user, **given)
        return self.show(token, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=TokenChangeInput, responses=TokenSerializer)
    def partial_update(self, request, pk: str) -> Response:
        """Change what is given; ``status`` blocks the card, says that it is lost, or accepts it again."""
        token = self.get_object()
        given = self.read(TokenChangeInput, partial=True)
        return self.show(edit_token(token=token, actor=request.user, **given))


def _with_group(given: dict[str, Any], organisation: Organisation) -> dict[str, Any]:
    """``given`` with the group's row in place of its name."""
    name = given.get("group")
    if name is None:
        return given
    group = DriverGroup.objects.filter(organisation=organisation, name=name).first()
    if group is None:
        raise ValidationError({"group": [f"The organisation has no group called “{name}”."]})
    return {**given, "group": group}
