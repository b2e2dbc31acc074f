"""Asking drivers to sign in."""

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.core.addresses import base_url_for
from apps.drivers.models import Driver
from apps.drivers.services.invitations import deliver, invite_driver, token_of
from apps.portal.kit.views import FormView
from apps.portal.links import page_of


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail address", help_text="The driver signs in with it.")


class DriverInvite(FormView):
    action = Action.DRIVER_EDIT
    queryset = Driver.objects.select_related("organisation", "user")
    title = "Invite this driver to sign in?"
    intro = "He then sees what his charging costs, reports lost cards, stops sessions and finds his bills."
    form_class = InviteForm
    submit_label = "Invite"

    def get_initial(self):
        return {"email": self.object.email}

    def get_refusal(self):
        return "This driver signs in already." if self.object.user_id else ""

    def get_cancel_url(self):
        return page_of(self.object)

    def save(self, form):
        invitation = invite_driver(
            driver=self.object, email=form.cleaned_data["email"], actor=self.request.user, at=timezone.now()
        )
        link = base_url_for(self.request) + reverse("portal:join", args=[token_of(invitation)])
        if deliver(invitation=invitation, link=link):
            messages.success(self.request, f"The invitation went to {invitation.email}.")
        else:
            messages.warning(self.request, f"The mail could not be sent. Give this link to the driver: {link}")
        return self.object

    def get_success_url(self, result):
        return page_of(result)
