"""Who may open a screen, and which rows it may show: asked once, here, for every screen."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, resolve_url
from django.views.generic import View

from apps.accounts.policy import Action, may


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page (a restored page of the browser's history is asked for as a whole)."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


class SignedInView(View):
    """A screen for everybody who has signed in; strangers are sent to do so."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return self._sign_in()
        return super().dispatch(request, *args, **kwargs)

    def _sign_in(self) -> HttpResponse:
        if not is_htmx(self.request):
            return redirect_to_login(self.request.get_full_path())
        # A part of a page cannot hold the sign-in form: send the whole window there, and back to its page.
        response = HttpResponse(status=200)
        response["HX-Redirect"] = redirect_to_login(self._page_url()).url
        return response

    def _page_url(self) -> str:
        current = self.request.headers.get("HX-Current-URL", "")
        origin = f"{self.request.scheme}://{self.request.get_host()}"
        return current.removeprefix(origin) if current.startswith(f"{origin}/") else resolve_url("/")


class PortalView(SignedInView):
    """A screen that one ``action`` opens.

    Strangers are sent to sign in, people whose role lacks the action get 403, rows outside their scope are 404.
    ``queryset`` must offer ``visible_to(user, action)``.
    """

    action: Action
    queryset = None

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated and not may(request.user, self.action):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def rows(self):
        """The rows of ``queryset`` on which the user may do ``action``."""
        return self.queryset.all().visible_to(self.request.user, self.action)

    def get_row(self, **lookup):
        """One visible row, or 404."""
        return get_object_or_404(self.rows(), **lookup)
