"""The audit log: what happened in one's organisations, and nobody else's."""

import pytest
from django.urls import reverse

from apps.core.audit import record_audit
from tests.factories.places import UserFactory
from tests.portal.pages import words

URL = "portal:audit"


@pytest.fixture
def entries(ada, otto, sam, harbour, rival_site):
    def write(actor, action, site, **changes):
        record_audit(actor=actor, action=action, subject=site, organisation=site.organisation, changes=changes)

    write(ada, "site.changed", harbour, limit_w=[None, 22000])
    write(otto, "site.changed", rival_site)
    write(sam, "area.created", harbour)
    write(None, "site.swept", harbour)


def actions(client, person, **query) -> list[str]:
    client.force_login(person)
    table = client.get(reverse(URL), query).context["table"]
    return [f"{row.record.actor_label} {row.record.action}" for row in table.rows]


def test_each_sees_the_own_organisation_and_what_the_person_did(client, ada, sam, finn, otto, entries):
    assert actions(client, ada) == ["system site.swept", "Sam area.created", "Ada site.changed"]
    assert actions(client, finn) == ["system site.swept", "Sam area.created", "Ada site.changed"]
    assert actions(client, sam) == ["Sam area.created"]
    assert actions(client, otto) == ["Otto site.changed"]


def test_staff_sees_everything(client, entries):
    staff = UserFactory(is_superuser=True, is_staff=True)
    assert len(actions(client, staff)) == 4


def test_it_is_searched_and_filtered(client, ada, entries):
    assert actions(client, ada, q="sam") == ["Sam area.created"]
    assert actions(client, ada, action="area.created") == ["Sam area.created"]
    assert actions(client, ada, at_min="2000-01-01", at_max="2000-12-31") == []


def test_a_change_shows_before_and_after(client, ada, entries):
    client.force_login(ada)
    table = client.get(reverse(URL), {"q": "Ada"}).context["table"]
    assert table.rows[0].get_cell_value("changes") == "limit (W): – → 22000"
    assert table.rows[0].get_cell_value("action") == "Site: changed"
    assert "Site: changed" in words(client.get(reverse(URL), {"q": "Ada"}).content.decode())
    assert table.rows[0].get_cell_value("object_label") == "Harbour"
