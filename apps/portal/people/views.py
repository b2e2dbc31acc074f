"""Screens of users, roles and API tokens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from apps.accounts.policy import Action
from apps.accounts.services.api_tokens import issue_api_token, revoke_api_token
from apps.portal.kit.access import SignedInView
from apps.portal.kit.views import ActionButton, Crumb, Empty, FormView, ListView
from apps.portal.people.forms import ApiTokenForm, InvitationForm
from apps.portal.people.tables import MembershipTable
from apps.sites.models import Membership, Site
from apps.sites.scope import organisations_in_scope, organisations_visible_to
from apps.sites.services.people import invite_user, revoke_role


class UserList(ListView):
    action = Action.USER_VIEW
    title = "Users"
    queryset = Membership.objects.select_related("user", "site", "organisation")
    table = MembershipTable
    search = ("user__name", "user__email")
    empty = Empty("Nobody here yet", icon="users")

    def buttons(self):
        return (ActionButton("Add person", reverse("portal:user-new"), icon="plus", style="primary"),)


class UserNew(FormView):
    action = Action.USER_EDIT
    title = "Add person"
    form_class = InvitationForm
    submit_label = "Add"
    success_message = "The role is given."

    def get_form_kwargs(self):
        user = self.request.user
        return {
            "organisations": organisations_visible_to(user, Action.USER_EDIT).filter(
                organisations_in_scope(user, Action.USER_EDIT, path="pk")
            ),
            "sites": Site.objects.visible_to(user, Action.USER_EDIT),
        }

    def breadcrumbs(self):
        return (Crumb("Users", reverse("portal:users")),)

    def get_cancel_url(self):
        return reverse("portal:users")

    def save(self, form):
        return invite_user(actor=self.request.user, **form.cleaned_data)

    def get_success_url(self, result):
        return reverse("portal:users")


class MembershipRevoke(FormView):
    action = Action.USER_EDIT
    queryset = Membership.objects.select_related("user", "organisation", "site")
    title = "Take the role away"
    submit_label = "Remove role"
    dangerous = True
    success_message = "The role is taken away."

    def breadcrumbs(self):
        return (Crumb("Users", reverse("portal:users")),)

    def get_intro(self):
        return f"{self.object}. It ends at once; what the person did stays in the audit log."

    def get_cancel_url(self):
        return reverse("portal:users")

    def save(self, form):
        return revoke_role(membership=self.object, actor=self.request.user)

    def get_success_url(self, result):
        return reverse("portal:users")


class ApiTokens(SignedInView):
    """A person's own API tokens. A new one is shown once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(ApiTokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "revoke" in request.POST:
            pk = request.POST["revoke"]
            token = get_object_or_404(request.user.api_tokens, pk=pk if pk.isdecimal() else 0)
            revoke_api_token(token=token, actor=request.user, at=timezone.now())
            return redirect("portal:api-tokens")
        form = ApiTokenForm(request.POST)
        if not form.is_valid():
            return self._render(form, status=422)
        _, secret = issue_api_token(
            user=request.user, name=form.cleaned_data["name"], actor=request.user, expires_at=form.expires_at()
        )
        return self._render(ApiTokenForm(), secret=secret)

    def _render(self, form: ApiTokenForm, *, secret: str = "", status: int = 200) -> HttpResponse:
        tokens = self.request.user.api_tokens.order_by("-created_at")
        context = {"title": "API tokens", "form": form, "secret": secret, "tokens": tokens, "now": timezone.now()}
        response = render(self.request, "portal/people/api_tokens.html", context, status=status)
        add_never_cache_headers(response)
        return response
