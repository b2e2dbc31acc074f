"""What every resource shares: permission, scope, pages."""

from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.viewsets import GenericViewSet

from apps.accounts.policy import Action
from apps.api.pagination import Pages
from apps.api.permissions import MayDoAction


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


class ReadOnlyResource(ListModelMixin, RetrieveModelMixin, Resource):
    """A resource that is listed and looked at."""
