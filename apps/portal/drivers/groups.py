"""Screens of driver groups."""

from django.db.models import Count, Q
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.drivers.models import DriverGroup
from apps.drivers.services.groups import create_group, edit_group
from apps.portal.drivers import scope
from apps.portal.drivers.forms import GroupForm, NewGroupForm
from apps.portal.drivers.tables import GroupTable
from apps.portal.kit.views import ActionButton, Crumb, Empty, FormView, ListView

DRIVERS_CRUMB = ("Drivers", "portal:drivers")


class GroupList(ListView):
    action = Action.DRIVER_VIEW
    title = "Driver groups"
    subtitle = "Access rules and tariffs treat the drivers of a group alike."
    queryset = DriverGroup.objects.select_related("organisation").annotate(
        drivers_count=Count("drivers", filter=Q(drivers__left_at=None), distinct=True),
        rules_count=Count("access_rules", distinct=True),
    )
    table = GroupTable
    search = ("name",)
    empty = Empty(
        "No groups yet", "Residents, employees, visitors: make a group for those with the same access or price.",
        icon="users",
    )  # fmt: skip

    def breadcrumbs(self):
        return (Crumb(DRIVERS_CRUMB[0], reverse(DRIVERS_CRUMB[1])),)

    def buttons(self):
        is_open = scope.whole_organisations(self.request.user).exists()
        reason = "" if is_open else "Groups belong to the whole organisation; your role is limited to a site."
        return (
            ActionButton(
                "New group",
                reverse("portal:group-new"),
                icon="plus",
                style="primary",
                in_dialog=True,
                reason=reason if may(self.request.user, Action.DRIVER_EDIT) else "Your role does not edit groups.",
            ),
        )


class _GroupForm(FormView):
    action = Action.DRIVER_EDIT

    def breadcrumbs(self):
        return (Crumb(DRIVERS_CRUMB[0], reverse(DRIVERS_CRUMB[1])), Crumb("Groups", reverse("portal:groups")))

    def get_cancel_url(self):
        return reverse("portal:groups")

    def get_success_url(self, result):
        return reverse("portal:groups")


class GroupNew(_GroupForm):
    title = "New group"
    form_class = NewGroupForm
    submit_label = "Create group"
    success_message = "The group is created."

    def get_form_kwargs(self):
        return {"organisations": scope.whole_organisations(self.request.user)}

    def save(self, form):
        return create_group(actor=self.request.user, **form.cleaned_data)


class GroupEdit(_GroupForm):
    queryset = DriverGroup.objects.select_related("organisation")
    title = "Edit group"
    form_class = GroupForm
    success_message = "The group is saved."

    def get_refusal(self):
        is_whole = scope.editable_groups(self.request.user).filter(pk=self.object.pk).exists()
        return "" if is_whole else "Groups belong to the whole organisation; your role is limited to a site."

    def get_initial(self):
        group = self.object
        return {"name": group.name, "kind": group.kind, "charging_priority": group.charging_priority}

    def save(self, form):
        return edit_group(group=self.object, actor=self.request.user, **form.cleaned_data)
