"""Changes of drivers' things are compared with what is stored, and several happen together or not at all."""

import pytest

from apps.core.models import AuditEntry
from apps.drivers.models import AccessRule, Driver
from apps.drivers.services.access_rules import create_access_rule, edit_access_rule
from apps.drivers.services.drivers import create_driver
from apps.drivers.services.tokens import InvalidToken

pytestmark = pytest.mark.django_db
NOTHING = dict.fromkeys(("area", "group", "driver", "from_time", "until_time"))


def test_an_access_rule_is_compared_with_what_is_stored(ada, harbour):
    rule = create_access_rule(site=harbour, actor=ada, weekdays="1")
    AccessRule.objects.update(weekdays="12")
    stored = str(AccessRule.objects.get())

    edit_access_rule(rule=rule, actor=ada, weekdays="7", free_of_charge=False, **NOTHING)

    before, after = AuditEntry.objects.get(action="access_rule.changed").changes["rule"]
    assert (before, after) == (stored, str(AccessRule.objects.get()))


def test_a_driver_whose_card_is_impossible_is_not_made(ada, harbour):
    with pytest.raises(InvalidToken) as refusal:
        create_driver(organisation=harbour.organisation, actor=ada, name="Rita", card="two words")

    assert refusal.value.field == "card"
    assert not Driver.objects.exists()
