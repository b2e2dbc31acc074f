"""Enrolling, editing, moving, letting in, passwords, retiring: services behind forms, errors beside fields."""

import re

import pytest

from apps.chargers.engine import passwords
from apps.chargers.models import ChargingStation, StationCommand, StationConnection
from tests.factories.places import AreaFactory

pytestmark = pytest.mark.django_db


def shown_password(response) -> str:
    return re.search(r'<code id="copy-password">([^<]+)</code>', response.content.decode()).group(1)


def test_a_new_station_comes_with_its_password_and_address_once(client, ada, harbour):
    client.force_login(ada)
    data = {"identity": "CP-NEW", "site": harbour.pk, "name": "Quay 9", "with_password": "on"}
    response = client.post("/stations/new/", data)
    station = ChargingStation.objects.get(identity="CP-NEW")
    assert passwords.matches(shown_password(response).encode(), station.password_hash)
    assert '<code id="copy-url">ws://testserver/ocpp/CP-NEW</code>' in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert shown_password(response) not in client.get(f"/stations/{station.pk}/settings/").content.decode()


def test_the_address_names_the_organisation_where_there_are_several(client, ada, harbour, rival):
    client.force_login(ada)
    response = client.post("/stations/new/", {"identity": "CP-NEW", "site": harbour.pk})
    assert "ws://testserver/ocpp/voltwerk/CP-NEW" in response.content.decode()
    assert "none is asked for" in response.content.decode()


def test_an_identity_that_is_taken_is_named_and_kept(client, ada, harbour, quay):
    client.force_login(ada)
    response = client.post("/stations/new/", {"identity": "CP-QUAY", "site": harbour.pk, "name": "Mine"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"identity": ["A station with this identity is enrolled already."]}
    assert 'value="Mine"' in response.content.decode()


def test_nobody_enrols_at_sites_that_are_not_his(client, sam, tess, rita, harbour, linden_court):
    client.force_login(sam)
    refused = client.post("/stations/new/", {"identity": "CP-X", "site": linden_court.pk})
    assert set(refused.context["form"].errors) == {"site"}
    for person in (tess, rita):
        client.force_login(person)
        assert client.post("/stations/new/", {"identity": "CP-X", "site": harbour.pk}).status_code == 403
    assert not ChargingStation.objects.exists()


def test_editing_changes_what_was_changed(client, ada, quay, harbour):
    level = AreaFactory(site=harbour, name="Deck")
    client.force_login(ada)
    data = {"name": "Quay One", "area": level.pk, "max_power_w": "22000", "security_profile": "1",
            "key_encoding": "hex", "heartbeat_interval_s": "120", "is_lenient": "on"}  # fmt: skip
    assert client.post(f"/stations/{quay.pk}/edit/", data).status_code == 302
    quay.refresh_from_db()
    assert (quay.name, quay.area, quay.max_power_w, quay.security_profile) == ("Quay One", level, 22_000, 1)
    assert (quay.heartbeat_interval_s, quay.is_lenient, quay.provisioning_enabled) == (120, True, False)
    assert quay.key_encoding == "hex"
    refused = client.post(f"/stations/{quay.pk}/edit/", data | {"heartbeat_interval_s": "0"})
    assert set(refused.context["form"].errors) == {"heartbeat_interval_s"}


def test_a_station_moves_within_its_organisation(client, ada, quay, linden_court, rival_site):
    client.force_login(ada)
    assert client.post(f"/stations/{quay.pk}/move/", {"site": rival_site.pk}).status_code == 422
    assert client.post(f"/stations/{quay.pk}/move/", {"site": linden_court.pk}).status_code == 302
    quay.refresh_from_db()
    assert (quay.site, quay.area) == (linden_court, None)


def test_letting_in_and_turning_away(client, ada, quay):
    client.force_login(ada)
    client.post(f"/stations/{quay.pk}/registration/", {"registration": "Rejected"})
    quay.refresh_from_db()
    assert (quay.registration, quay.status) == ("Rejected", "pending")


def test_a_password_made_for_hands_is_in_force_at_once(client, ada, quay):
    client.force_login(ada)
    response = client.post(f"/stations/{quay.pk}/password/", {"how": "by_hand"})
    quay.refresh_from_db()
    assert passwords.matches(shown_password(response).encode(), quay.password_hash)


def test_a_password_the_charger_is_told_is_sent_masked_and_valid_beside_the_old(client, ada, quay):
    client.force_login(ada)
    response = client.post(f"/stations/{quay.pk}/password/", {"how": "tell"})
    quay.refresh_from_db()
    command = StationCommand.objects.get()
    assert passwords.matches(shown_password(response).encode(), quay.pending_password_hash)
    assert command.arguments == {"variables": [{"variable": "AuthorizationKey", "value": "•••"}]}


def test_an_offline_charger_cannot_be_told_its_password(client, ada, quay):
    StationConnection.objects.update(is_online=False)
    client.force_login(ada)
    response = client.post(f"/stations/{quay.pk}/password/", {"how": "tell"})
    assert response.context["form"].errors == {
        "how": ["The station is offline, so it cannot be told. Enter the password by hand."]
    }
    assert not StationCommand.objects.exists()


def test_retiring_asks_first_and_closes_the_station(client, ada, otto, quay):
    client.force_login(otto)
    assert client.post(f"/stations/{quay.pk}/retire/").status_code == 404
    client.force_login(ada)
    assert client.get(f"/stations/{quay.pk}/retire/").status_code == 200
    client.post(f"/stations/{quay.pk}/retire/")
    quay.refresh_from_db()
    assert quay.status == "retired"
    assert client.post(f"/stations/{quay.pk}/retire/").status_code == 422


@pytest.mark.parametrize("name", ["edit", "move", "registration", "password", "evses/new", "retire"])
def test_settings_of_others_do_not_exist(client, otto, rita, quay, name):
    before = ChargingStation.objects.values().get(pk=quay.pk)
    client.force_login(otto)
    assert client.post(f"/stations/{quay.pk}/{name}/", {"how": "none", "registration": "Rejected"}).status_code == 404
    client.force_login(rita)
    assert client.post(f"/stations/{quay.pk}/{name}/").status_code == 403
    assert ChargingStation.objects.values().get(pk=quay.pk) == before


def test_an_evse_is_added_once(client, ada, quay):
    client.force_login(ada)
    data = {"number": "3", "connector_type": "cCCS2", "max_power_w": "50000", "is_dc": "on", "phases": "3"}
    assert client.post(f"/stations/{quay.pk}/evses/new/", data).status_code == 302
    assert quay.evses.get(number=3).connectors.get().type == "cCCS2"
    again = client.post(f"/stations/{quay.pk}/evses/new/", data)
    assert again.context["form"].errors == {"number": ["The station has an EVSE with this number already."]}
