"""Creating the first organisation and its administrator."""

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import View

from apps.accounts.models import Organisation
from apps.core.errors import DomainError
from apps.sites.services.people import AlreadySetUp, set_up_first_organisation


class FirstRunForm(forms.Form):
    organisation_name = forms.CharField(label="Organisation", max_length=120)
    name = forms.CharField(label="Your name", max_length=120)
    email = forms.EmailField(label="E-mail address")
    password = forms.CharField(
        widget=forms.PasswordInput(render_value=True), help_text="At least ten characters, not a common one."
    )


class FirstRun(View):
    """Open only while there is no organisation; afterwards it leads to the sign-in page."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if Organisation.objects.exists():
            return redirect("portal:home")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(FirstRunForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FirstRunForm(request.POST)
        if not form.is_valid():
            return self._render(form, status=422)
        try:
            user = set_up_first_organisation(**form.cleaned_data)
        except AlreadySetUp:
            return redirect("portal:home")
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return self._render(form, status=422)
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect("portal:home")

    def _render(self, form: FirstRunForm, *, status: int = 200) -> HttpResponse:
        return render(self.request, "portal/setup/first_run.html", {"form": form}, status=status)
