"""What every resource shares: permission, scope, pages, reading what was sent."""

from typing import Any

from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.api.pagination import Pages
from apps.api.permissions import MayDoAction
from apps.sites.scope import organisations_in_scope


class Resource(GenericViewSet):
    """Declare ``queryset`` (with ``visible_to``), ``serializer_class`` and ``action_needed``.

    ``actions_by_method`` names the action of methods that need another one. Rows outside the caller's scope are 404.
    """

    permission_classes = (MayDoAction,)
    pagination_class = Pages
    action_needed: Action
    actions_by_method: dict[str, Action] = {}

    def action_for(self, method: str) -> Action:
        return self.actions_by_method.get(method, self.action_needed)

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.all().visible_to(self.request.user, self.action_for(self.request.method))

    def read(self, input_class: type[Serializer], *, partial: bool = False) -> dict[str, Any]:
        """What was sent, checked; else 400 naming the fields. ``partial``: fields may be left out."""
        wanted = input_class(data=self.request.data, partial=partial, context=self.get_serializer_context())
        wanted.is_valid(raise_exception=True)
        return dict(wanted.validated_data)

    def who(self) -> dict[str, Any]:
        """``actor`` and ``address`` for the audit line."""
        return {"actor": self.request.user, "address": self.request.META.get("REMOTE_ADDR") or None}

    def show(self, row, *, status_code: int = status.HTTP_200_OK) -> Response:
        """The row as it is stored now."""
        return Response(self.get_serializer(self.queryset.all().get(pk=row.pk)).data, status=status_code)

    def organisation_of(self, given: dict[str, Any]) -> Organisation:
        """Whose a new row is: that of its ``home_site``, or ``organisation``, which is taken out of ``given``."""
        wanted, site = given.pop("organisation", None), given.get("home_site")
        if site is None:
            return self.organisation_for(wanted)
        return wanted or site.organisation

    def organisation_for(self, wanted: Organisation | None) -> Organisation:
        """``wanted``, or the only one: an organisation of which the caller holds the role as a whole. Else 400."""
        whole = organisations_in_scope(self.request.user, self.action_for(self.request.method), path="pk")
        found = list(Organisation.objects.filter(whole, **({"pk": wanted.pk} if wanted else {}))[:2])
        if len(found) == 1:
            return found[0]
        words = "Name one by its slug." if found else "Your role covers single sites, not the whole organisation."
        raise ValidationError({"organisation": [words]})


class ReadOnlyResource(ListModelMixin, RetrieveModelMixin, Resource):
    """A resource that is listed and looked at."""
