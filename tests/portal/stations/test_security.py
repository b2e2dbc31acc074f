"""The security sheet of a station: how it came in, its alarms, its events."""

import pytest
from django.utils import timezone

from apps.chargers.messages.events import StationNoticeReported
from apps.chargers.models import DeviceVariable, NetworkProfile, SecurityAlarm, SecurityProfileChange
from apps.chargers.services.device_model import record_notices
from tests.factories.chargers import OnlineStationFactory, fact_of
from tests.portal.pages import rows, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def quay(harbour):
    station = OnlineStationFactory(site=harbour, identity="QUAY-1", security_profile=2)
    station.connection.security_profile = 3
    station.connection.certificate_fingerprint = "ab" * 32
    station.connection.save()
    return station


def tell(station, *kinds: str) -> None:
    now = timezone.now()
    for kind in kinds:
        record_notices([fact_of(station, StationNoticeReported("security", kind, now, info="said so"), now)])


def test_the_profile_it_came_with_and_its_certificate_are_shown(client, ada, quay):
    client.force_login(ada)
    page = words(client.get(f"/stations/{quay.pk}/security/").content.decode())
    assert "3: TLS with its certificate" in page
    assert "abababababababab…" in page
    assert "Nothing that needs a look." in page
    assert "The charger has told of no security event." in page


def test_alarms_are_shown_until_somebody_has_looked(client, ada, quay):
    tell(quay, "TamperDetectionActivated", "TamperDetectionActivated")
    client.force_login(ada)
    page = client.get(f"/stations/{quay.pk}/security/?panel=alarms").content.decode()
    assert rows(page)[0][:2] == ["TamperDetectionActivated", "2"]

    answer = client.post(f"/stations/{quay.pk}/security/look/")
    assert answer.url == f"/stations/{quay.pk}/security/"
    assert SecurityAlarm.objects.get().acknowledged_by == ada


def test_who_may_not_change_the_station_cannot_say_it_was_looked_at(client, finn, quay):
    tell(quay, "TamperDetectionActivated")
    client.force_login(finn)
    assert client.post(f"/stations/{quay.pk}/security/look/").status_code == 403
    assert SecurityAlarm.objects.get().acknowledged_at is None


def events(client, quay, query: str = "") -> list[list[str]]:
    return [row[1:4] for row in rows(client.get(f"/stations/{quay.pk}/security/events/{query}").content.decode())]


def test_the_list_of_events_is_filtered_by_name_and_weight(client, ada, quay):
    tell(quay, "MemoryExhaustion", "InvalidMessages")
    client.force_login(ada)
    assert events(client, quay, "?sort=title") == [
        ["InvalidMessages", "to know", "said so"],
        ["MemoryExhaustion", "critical", "said so"],
    ]
    assert events(client, quay, "?weight=critical") == [["MemoryExhaustion", "critical", "said so"]]
    assert events(client, quay, "?type=invalid") == [["InvalidMessages", "to know", "said so"]]


@pytest.fixture
def pier(harbour):
    station = OnlineStationFactory(
        site=harbour, identity="PIER-1", protocol="ocpp2.0.1", security_profile=1, password_hash="sha256$x$y"
    )
    NetworkProfile.objects.create(station=station, slot=1, url="ws://old.example/ocpp", security_profile=1)
    DeviceVariable.objects.create(
        station=station, component="OCPPCommCtrlr", variable="NetworkConfigurationPriority", value="1",
        values_list="1,2",
    )  # fmt: skip
    return station


def test_the_profile_is_raised_with_one_form(client, ada, pier):
    client.force_login(ada)
    form = client.get(f"/stations/{pier.pk}/security/raise/").context["form"]
    assert form.initial == {"profile": 2, "url": "wss://testserver/ocpp", "slot": 2}
    data = {"profile": "2", "url": "wss://charge.example/ocpp", "slot": "2", "interface": "Wired0"}
    assert client.post(f"/stations/{pier.pk}/security/raise/", data).url == f"/stations/{pier.pk}/security/"
    change = SecurityProfileChange.objects.get()
    assert (change.profile_wanted, change.slot, change.requested_by) == (2, 2, ada)
    assert change.command.arguments["url"] == "wss://charge.example/ocpp"
    page = words(client.get(f"/stations/{pier.pk}/security/?panel=changes").content.decode())
    assert "profile 1 → 2" in page
    assert "Waits for the charger" in page
    assert "tried as number 1" in page


def test_what_cannot_be_is_said_beside_its_field(client, ada, pier):
    client.force_login(ada)
    data = {"profile": "2", "url": "ws://charge.example/ocpp", "interface": "Wired0"}
    answer = client.post(f"/stations/{pier.pk}/security/raise/", data)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "url": ["Security profile 2 is encrypted: the address begins with wss://."]
    }
    assert not SecurityProfileChange.objects.exists()


def test_1_6_is_asked_for_no_address(client, ada, harbour):
    station = OnlineStationFactory(site=harbour, security_profile=1, password_hash="sha256$x$y")
    client.force_login(ada)
    form = client.get(f"/stations/{station.pk}/security/raise/").context["form"]
    assert list(form.fields) == ["profile", "certificate_is_installed"]
    refused = words(client.get(f"/stations/{station.pk}/security/elsewhere/").content.decode())
    assert "OCPP 1.6 has no words for another address" in refused


def test_a_station_is_sent_to_another_system(client, ada, pier):
    client.force_login(ada)
    data = {"profile": "2", "url": "wss://other.example/ocpp", "slot": "2", "interface": "Wireless0"}
    assert client.post(f"/stations/{pier.pk}/security/elsewhere/", data).status_code == 302
    change = SecurityProfileChange.objects.get()
    assert (change.is_migration, change.connection_data["url"]) == (True, "wss://other.example/ocpp")
