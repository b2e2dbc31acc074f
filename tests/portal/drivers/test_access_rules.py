"""Access rules: the sentence they make, and who may write them."""

from datetime import time

import pytest
from django.urls import reverse

from apps.drivers.models import AccessRule
from apps.portal.drivers.words import rule_sentence
from apps.sites.choices import AccessPolicy
from tests.factories.drivers import AccessRuleFactory, DriverGroupFactory
from tests.factories.places import AreaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def residents(voltwerk):
    return DriverGroupFactory(organisation=voltwerk, name="Residents")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Every card of the organisation may charge at Harbour at any time, at the price of the tariff."),
        (
            {"weekdays": "12345", "from_time": time(18), "until_time": time(7), "free_of_charge": True},
            "Every card of the organisation may charge at Harbour on weekdays from 18:00 until 07:00 the next day, "
            "free of charge.",
        ),
        (
            {"weekdays": "136", "from_time": time(8), "until_time": time(0)},
            "Every card of the organisation may charge at Harbour on Mondays, Wednesdays and Saturdays from 08:00 "
            "until midnight, at the price of the tariff.",
        ),
        (
            {"weekdays": "67"},
            "Every card of the organisation may charge at Harbour on weekends, at the price of the tariff.",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(harbour, fields, sentence):
    assert rule_sentence(AccessRule(site=harbour, **fields)) == sentence


def test_the_sentence_names_the_group_and_the_area(harbour, residents):
    rule = AccessRuleFactory(site=harbour, group=residents, area=AreaFactory(site=harbour, name="Deck 2"))
    assert rule_sentence(rule).startswith("Residents may charge at Harbour, Deck 2 at any time")


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("sam", 200), ("tess", 403), ("rita", 403), ("otto", 404)])
def test_rules_are_written_by_people_who_edit_drivers_at_the_site(client, request, harbour, who, status):
    rule = AccessRuleFactory(site=harbour)
    client.force_login(request.getfixturevalue(who))
    for route, pk in (
        ("portal:access-rule-new-at", harbour.pk),
        ("portal:access-rule-preview", harbour.pk),
        ("portal:access-rule-edit", rule.pk),
        ("portal:access-rule-remove", rule.pk),
    ):
        assert client.get(reverse(route, args=[pk])).status_code == status


def test_a_rule_is_written_changed_and_removed(client, sam, harbour, residents):
    client.force_login(sam)
    data = {"group": residents.pk, "weekdays": ["2", "1"], "from_time": "08:00", "until_time": "18:00"}
    client.post(reverse("portal:access-rule-new-at", args=[harbour.pk]), data)
    rule = AccessRule.objects.get()
    assert (rule.group, rule.weekdays, rule.from_time, rule.until_time) == (residents, "12", time(8), time(18))
    assert (
        "Residents may charge at Harbour on Mondays and Tuesdays from 08:00" in client.get("/access/").content.decode()
    )
    client.post(reverse("portal:access-rule-edit", args=[rule.pk]), {"group": residents.pk, "free_of_charge": "on"})
    rule.refresh_from_db()
    assert (rule.weekdays, rule.from_time, rule.free_of_charge) == ("", None, True)
    client.post(reverse("portal:access-rule-remove", args=[rule.pk]))
    assert not AccessRule.objects.exists()


def test_half_a_window_names_the_missing_time_and_keeps_the_input(client, ada, harbour):
    client.force_login(ada)
    response = client.post(reverse("portal:access-rule-new-at", args=[harbour.pk]), {"from_time": "08:00"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"until_time": ["Give both times, or none for the whole day."]}
    assert response.context["form"]["from_time"].value() == "08:00"


def test_groups_of_others_cannot_be_chosen(client, ada, harbour, rival):
    stranger = DriverGroupFactory(organisation=rival)
    client.force_login(ada)
    response = client.post(reverse("portal:access-rule-new-at", args=[harbour.pk]), {"group": stranger.pk})
    assert "group" in response.context["form"].errors


def test_the_preview_says_what_the_policy_of_the_site_makes_of_it(client, ada, harbour):
    client.force_login(ada)
    url = reverse("portal:access-rule-preview", args=[harbour.pk])
    assert "so this rule changes nothing there" in client.get(url).content.decode()
    assert "makes it free in these hours" in client.get(url, {"free_of_charge": "on"}).content.decode()
    harbour.access_policy = AccessPolicy.BY_RULE
    harbour.save(update_fields=["access_policy"])
    assert "Harbour admits only cards that a rule admits." in client.get(url).content.decode()


def test_without_a_site_a_new_rule_is_refused_with_the_next_step(client, ada):
    client.force_login(ada)
    page = client.get(reverse("portal:access-rule-new")).content.decode()
    assert "There is no site yet. Create one first, under Sites." in page
    assert "Continue" not in page
