"""Roles that do not see drivers do not learn of them from sessions."""

import pytest
from django.utils import timezone

from tests.factories.chargers import OnlineStationFactory
from tests.factories.drivers import DriverFactory
from tests.factories.sessions import SessionFactory


@pytest.fixture
def session(harbour):
    station = OnlineStationFactory(site=harbour, identity="CP-1", evses=1)
    driver = DriverFactory(organisation=harbour.organisation, name="Mara Winter")
    return SessionFactory(
        station=station, evse=station.evses.get(), evse_number=1, driver=driver, token_value="SECRETCARD",
        started_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "page", ["/sessions/?state=all", "/sessions/?state=all&export=csv", "/sessions/{session}/", "/stations/{station}/",
             "/stations/{station}/sessions/", "/stations/{station}/sessions/?export=csv"],
)  # fmt: skip
@pytest.mark.parametrize(("person", "sees"), [("ada", True), ("tess", False)])
def test_technicians_see_neither_driver_nor_card(client, request, session, page, person, sees):
    client.force_login(request.getfixturevalue(person))
    response = client.get(page.format(session=session.pk, station=session.station_id))
    assert response.status_code == 200
    text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
    assert ("Mara Winter" in text, "SECRETCARD" in text and not sees) == (sees, False)


def test_technicians_do_not_find_sessions_by_card(client, tess, session):
    client.force_login(tess)
    assert "Nothing matches" in client.get("/sessions/?state=all&q=SECRETCARD").content.decode()
