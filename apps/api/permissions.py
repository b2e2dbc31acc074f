"""May this role do it: the same policy page as the portal's."""

from rest_framework.permissions import BasePermission

from apps.accounts.policy import may


class MayDoAction(BasePermission):
    """Asks the policy for the view's action: ``actions[method]`` where given, else ``action_needed``."""

    message = "Your role does not allow this."

    def has_permission(self, request, view) -> bool:
        return may(request.user, view.action_for(request.method))
