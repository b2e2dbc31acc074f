"""The first screen."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.accounts.policy import Action, may
from apps.portal.home.figures import network_figures
from apps.portal.home.queue import lists_of_more, queue_for
from apps.portal.kit.access import is_htmx
from apps.portal.kit.views import ActionButton, PortalView
from apps.portal.navigation import url_or_none
from apps.sites.scope import organisations_visible_to


class Home(PortalView):
    """What needs somebody, then the network in numbers. Drivers go to their own charging instead."""

    action = Action.NETWORK_VIEW
    parts = {"queue": "portal/home/queue.html", "figures": "portal/home/figures.html"}

    def dispatch(self, request, *args, **kwargs):
        user = request.user
        if not user.is_authenticated and not Organisation.objects.exists():
            return redirect("portal:setup")
        if not may(user, self.action) and may(user, Action.OWN_CHARGING_VIEW) and (own := url_or_none("portal:my")):
            return redirect(own)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        part = request.GET.get("part") if is_htmx(request) else None
        context = {"title": "Overview", "topics": self._topics(), "first_step": self._first_step()}
        at = timezone.now()
        if part != "figures":
            context["queue"] = queue_for(request.user, at=at)
            context["more"] = lists_of_more(context["queue"])
        if part != "queue":
            context["network"] = network_figures(request.user, at=at)
        template = self.parts.get(part)
        return render(request, template or "portal/home/home.html", context)

    def _first_step(self) -> ActionButton:
        reason = "" if may(self.request.user, Action.SITE_EDIT) else "Operators and site managers create sites."
        return ActionButton("New site", reverse("portal:site-new"), icon="plus", style="primary", reason=reason)

    def _topics(self) -> list[str]:
        organisations = organisations_visible_to(self.request.user, self.action).values_list("pk", flat=True)
        return [f"organisation:{pk}" for pk in organisations]
