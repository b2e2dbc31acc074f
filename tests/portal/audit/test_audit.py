"""The audit log: what happened in one's organisations, and nobody else's."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core.audit import record_audit
from apps.portal.audit.actions import ACTIONS
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


_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def written_actions() -> Iterator[str]:
    """What services pass to whatever writes audit lines, as far as it stands there word for word."""
    for path in sorted(Path("apps").rglob("*.py")):
        text = path.read_text()
        if "record_audit" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and "audit" in getattr(node.func, "id", getattr(node.func, "attr", "")):
                yield from _named([*node.args, *(word.value for word in node.keywords if word.arg == "action")])
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action":
                yield from _named([node.value])


def _named(values) -> Iterator[str]:
    for value in values:
        for node in ast.walk(value):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
                yield node.value


def test_the_filter_offers_all_that_services_write():
    written = set(written_actions())
    assert {"station.moved", "station.password_removed", "bulk.cancelled", "site.changed"} <= written
    assert sorted(written - set(ACTIONS)) == []


def test_offering_the_actions_reads_nothing(client, ada, entries):
    client.force_login(ada)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse(URL))
    assert not [one["sql"] for one in asked if "DISTINCT" in one["sql"] and "auditentry" in one["sql"]]


def test_what_is_written_no_more_is_found_by_its_address(client, ada, entries):
    assert actions(client, ada, action="site.swept") == ["system site.swept"]
