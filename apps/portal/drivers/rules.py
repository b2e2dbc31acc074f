"""Screens of access rules: who may charge where and when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.drivers.models import AccessRule
from apps.drivers.services.access_rules import create_access_rule, edit_access_rule, remove_access_rule
from apps.portal.drivers import scope
from apps.portal.drivers.filters import AccessRuleFilters
from apps.portal.drivers.forms import AccessRuleForm, SiteChoiceForm
from apps.portal.drivers.tables import AccessRuleTable
from apps.portal.drivers.words import policy_note, rule_sentence
from apps.portal.kit.views import ActionButton, Crumb, Empty, FormView, ListView, PortalView
from apps.sites.models import Site

_RULES = AccessRule.objects.select_related("site", "site__organisation", "area", "group", "driver")


class AccessRuleList(ListView):
    action = Action.DRIVER_VIEW
    title = "Access rules"
    subtitle = "Who may charge at which site, when, and whether it costs anything."
    queryset = _RULES
    table = AccessRuleTable
    filterset = AccessRuleFilters
    search = ("site__name", "group__name", "driver__name")
    empty = Empty(
        "No rules yet",
        "Where a site admits only by rule, nobody can charge until a rule admits them. Elsewhere rules make it free.",
        icon="lock-access",
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.DRIVER_EDIT) else "Your role does not edit access rules."
        url = reverse("portal:access-rule-new")
        return (ActionButton("New rule", url, icon="plus", style="primary", in_dialog=True, reason=reason),)


class AccessRuleSite(FormView):
    """The first step of a new rule: at which site."""

    action = Action.DRIVER_EDIT
    title = "New access rule"
    intro = "At which site?"
    form_class = SiteChoiceForm
    submit_label = "Continue"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        sites = list(scope.sites(request.user)[:2])
        if len(sites) == 1 and request.headers.get("HX-Request") != "true":
            return redirect("portal:access-rule-new-at", sites[0].pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {"sites": scope.sites(self.request.user)}

    def get_refusal(self):
        return "" if scope.sites(self.request.user).exists() else "There is no site yet. Create one first, under Sites."

    def get_cancel_url(self):
        return reverse("portal:access-rules")

    def save(self, form):
        return form.cleaned_data["site"]

    def get_success_url(self, result):
        return reverse("portal:access-rule-new-at", args=[result.pk])


class _RuleForm(FormView):
    """The form with its sentence, which follows what is chosen."""

    action = Action.DRIVER_EDIT
    template_name = "portal/drivers/rule_form.html"
    form_class = AccessRuleForm

    def get_site(self) -> Site:
        raise NotImplementedError

    def get_form_kwargs(self):
        user, site = self.request.user, self.get_site()
        return {
            "site": site,
            "groups": scope.groups(user, site.organisation_id),
            "drivers": scope.drivers(user, site.organisation_id),
        }

    def breadcrumbs(self):
        return (Crumb("Access rules", reverse("portal:access-rules")),)

    def get_cancel_url(self):
        return reverse("portal:access-rules")

    def get_success_url(self, result):
        return reverse("portal:access-rules")

    def extra_context(self) -> dict:
        return {"preview_url": reverse("portal:access-rule-preview", args=[self.get_site().pk])}


class AccessRuleNew(_RuleForm):
    queryset = Site.objects.select_related("organisation")
    submit_label = "Create rule"
    success_message = "The rule is created."

    def get_site(self):
        return self.object

    def get_title(self):
        return f"New access rule at {self.object}"

    def save(self, form):
        return create_access_rule(site=self.object, actor=self.request.user, **form.cleaned_data)


class AccessRuleEdit(_RuleForm):
    queryset = _RULES
    success_message = "The rule is saved."

    def get_site(self):
        return self.object.site

    def get_title(self):
        return f"Access rule at {self.object.site}"

    def get_initial(self):
        rule = self.object
        return {
            "group": rule.group_id, "driver": rule.driver_id, "area": rule.area_id, "weekdays": list(rule.weekdays),
            "from_time": rule.from_time, "until_time": rule.until_time, "free_of_charge": rule.free_of_charge,
            "current": rule.current,
        }  # fmt: skip

    def save(self, form):
        return edit_access_rule(rule=self.object, actor=self.request.user, **form.cleaned_data)


class AccessRulePreview(PortalView):
    """The sentence of a rule that is being written; ``pk`` is the site."""

    action = Action.DRIVER_EDIT
    queryset = Site.objects.select_related("organisation")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        site = self.get_row(pk=pk)
        organisation_id = site.organisation_id
        form = AccessRuleForm(
            request.GET,
            site=site,
            groups=scope.groups(request.user, organisation_id),
            drivers=scope.drivers(request.user, organisation_id),
        )
        form.full_clean()
        rule = AccessRule(site=site, **form.cleaned_data)
        context = {"sentence": rule_sentence(rule), "note": policy_note(rule), "both": rule.group and rule.driver}
        return render(request, "portal/drivers/rule_preview.html", context)


class AccessRuleRemove(FormView):
    action = Action.DRIVER_EDIT
    queryset = _RULES
    title = "Remove this rule?"
    submit_label = "Remove"
    dangerous = True
    success_message = "The rule is removed."

    def get_intro(self):
        return f"{rule_sentence(self.object)} Running sessions go on."

    def get_cancel_url(self):
        return reverse("portal:access-rules")

    def save(self, form):
        return remove_access_rule(rule=self.object, actor=self.request.user)

    def get_success_url(self, result):
        return reverse("portal:access-rules")
