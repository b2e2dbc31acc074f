"""Coming in by invitation: the page behind the link in the mail."""

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.generic import View

from apps.core.errors import DomainError
from apps.drivers.services.invitations import InvitationOver, accept_invitation, find_invitation


class JoinForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=120)
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least ten characters, not a common one.",
    )


class Join(View):
    """Open to whoever holds the link; the address it was sent to becomes the sign-in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation = find_invitation(token=token, at=timezone.now())
        except InvitationOver as over:
            return self._render(None, None, problem=over.message, status=410)
        return self._render(invitation, JoinForm(initial={"name": invitation.driver.name}))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = JoinForm(request.POST)
        now = timezone.now()
        try:
            invitation = find_invitation(token=token, at=now)
            if form.is_valid():
                user = accept_invitation(token=token, at=now, **form.cleaned_data)
                login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
                return redirect("portal:my")
        except InvitationOver as over:
            return self._render(None, None, problem=over.message, status=410)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return self._render(invitation, form, status=422)

    def _render(self, invitation, form, *, problem: str = "", status: int = 200) -> HttpResponse:
        context = {"invitation": invitation, "form": form, "problem": problem}
        response = render(self.request, "portal/my/join.html", context, status=status)
        add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        return response
