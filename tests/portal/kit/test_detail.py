"""A page about one thing: scope, panels by themselves, tabs by right, buttons with reasons."""

import re

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.kit.screens")]


@pytest.fixture
def url(harbour):
    return f"/kit/sites/{harbour.pk}/"


def test_a_row_out_of_scope_does_not_exist(client, sam, otto, url, linden_court):
    client.force_login(otto)
    assert client.get(url).status_code == 404
    client.force_login(sam)
    assert client.get(url).status_code == 200
    assert client.get(f"/kit/sites/{linden_court.pk}/").status_code == 404


def test_a_role_without_the_action_is_refused_before_the_row_is_looked_for(client, rita, url):
    client.force_login(rita)
    assert client.get(url).status_code == 403
    assert client.get("/kit/sites/999999/").status_code == 403


def test_attributes_show_their_values_and_a_dash_for_none(client, ada, url):
    client.force_login(ada)
    page = client.get(url).content.decode()
    assert "<dt>Organisation</dt><dd>Voltwerk</dd>" in page
    assert "<dt>Zone</dt><dd>Europe/Berlin</dd>" in page
    assert re.search(r'<dt>City</dt><dd><span class="cn-none">–', page)


def test_a_panel_can_be_asked_for_alone(client, ada, url, harbour):
    client.force_login(ada)
    part = client.get(f"{url}?panel=facts").content.decode()
    assert part.strip().startswith('<section class="card cn-panel" id="panel-facts"')
    assert f'data-live-topic="site:{harbour.pk}:' in part
    assert "<html" not in part
    assert client.get(f"{url}?panel=nonsense").status_code == 404


def test_a_lazy_panel_is_read_only_when_asked_for(client, ada, url):
    client.force_login(ada)
    page = client.get(url).content.decode()
    assert 'hx-trigger="live, revealed"' in page
    assert "<dt>Kind</dt>" not in page
    assert "<dt>Kind</dt>" in client.get(f"{url}?panel=slow").content.decode()


def test_a_tab_and_its_panels_are_closed_to_roles_without_its_action(client, ada, tess, url):
    client.force_login(ada)
    assert "<dt>Name</dt>" in client.get(f"{url}?tab=audit").content.decode()
    client.force_login(tess)
    assert client.get(f"{url}?tab=audit").status_code == 404
    assert client.get(f"{url}?panel=audit").status_code == 404
    assert client.get(url).status_code == 200


def test_a_button_that_is_off_says_why(client, ada, url):
    client.force_login(ada)
    page = client.get(url).content.decode()
    assert 'aria-disabled="true" data-reason="A car is charging here."' in page
    assert f'hx-get="{url}rename/" hx-target="#dialog"' in page
