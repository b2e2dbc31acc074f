"""Who is at the door: credentials, refusals, strangers, adoption."""

from datetime import timedelta

import pytest

from apps.chargers.models import ChargingStation, ConnectionEvent, UnknownStation
from apps.chargers.services import adoption, stations
from apps.chargers.services.connections import (
    NewConnection,
    PasswordUnacceptable,
    Refusal,
    check_password,
    identify_stations,
    matches_pending_password,
    record_refusals,
    register_connections,
    set_password,
)
from apps.chargers.services.connections.refusals import MAX_UNKNOWN
from apps.core.models import AuditEntry, OutboxEvent
from tests.factories.chargers import NOON, GatewayFactory, StationFactory, UnknownStationFactory
from tests.factories.places import AreaFactory, OrganisationFactory, SiteFactory

pytestmark = pytest.mark.django_db
HEX_KEY = "00112233445566778899AABBCCDDEEFF0011AA22"


def credentials_of(station):
    return identify_stations([station.identity])[station.identity]


def test_stations_are_identified_together_in_one_query(django_assert_num_queries):
    one, two = StationFactory(site__assumed_protocol="ocpp1.6", retired_at=NOON), StationFactory(is_lenient=True)

    with django_assert_num_queries(1):
        found = identify_stations([one.identity, two.identity, "nobody", one.identity.lower()])

    assert set(found) == {one.identity, two.identity}
    first, second = found[one.identity], found[two.identity]
    assert (first.station_id, first.assumed_protocol, first.is_retired) == (one.pk, "ocpp1.6", True)
    assert (second.is_lenient, second.registration, second.booted_at) == (True, "Accepted", None)
    context = second.context("ocpp2.0.1")
    assert (context.identity, context.organisation_id, context.protocol) == (
        two.identity, two.site.organisation_id, "ocpp2.0.1",
    )  # fmt: skip


def test_a_password_is_kept_as_a_hash_and_never_in_the_audit(ada):
    station = StationFactory()

    set_password(station=station, password="sixteen-chars-ok", actor=ada)

    assert "sixteen" not in station.password_hash
    assert AuditEntry.objects.get().changes == {"password": [None, "•••"]}
    assert check_password(credentials_of(station), b"sixteen-chars-ok")
    assert not check_password(credentials_of(station), b"sixteen-chars-no")


@pytest.mark.parametrize("presented", [HEX_KEY.encode(), HEX_KEY.lower().encode(), bytes.fromhex(HEX_KEY)])
def test_a_hexadecimal_key_may_come_as_text_or_as_its_bytes(ada, presented):
    station = StationFactory()
    set_password(station=station, password=HEX_KEY, actor=ada)

    assert check_password(credentials_of(station), presented)


@pytest.mark.parametrize("presented", [b"", b"\xff\xfe:\x00", b"x" * 100_000])
def test_odd_bytes_are_just_wrong(ada, presented):
    station = StationFactory()
    set_password(station=station, password="sixteen-chars-ok", actor=ada)

    assert not check_password(credentials_of(station), presented)


@pytest.mark.parametrize("password", ["too-short", "x" * 65, "sixteen-chars-äö", "sixteen-chars-\n!"])
def test_an_unfit_password_is_refused(ada, password):
    station = StationFactory()

    with pytest.raises(PasswordUnacceptable) as refusal:
        set_password(station=station, password=password, actor=ada)

    assert refusal.value.field == "password"
    station.refresh_from_db()
    assert station.password_hash == ""
    assert not AuditEntry.objects.exists()


def test_a_charger_that_comes_with_the_pending_password_completes_the_change(ada):
    station, gateway = StationFactory(), GatewayFactory()
    set_password(station=station, password="the-new-password-1", actor=ada)
    ChargingStation.objects.update(pending_password_hash=station.password_hash)
    set_password_hash = station.password_hash
    ChargingStation.objects.update(password_hash="sha256$00$00")
    assert matches_pending_password(credentials_of(station), b"the-new-password-1")

    connection = NewConnection(station.pk, 5, "ocpp1.6", NOON, used_pending_password=True)
    register_connections([connection], gateway_id=gateway.pk)

    station.refresh_from_db()
    assert (station.password_hash, station.pending_password_hash) == (set_password_hash, "")


def test_an_enrolled_station_that_is_turned_away_gets_one_line_for_many_attempts():
    station = StationFactory()
    attempts = [
        Refusal(station.identity, NOON + timedelta(seconds=n), "Wrong password.", remote_address="10.0.0.1")
        for n in range(3)
    ]

    record_refusals(attempts)

    event = ConnectionEvent.objects.get()
    assert (event.station, event.kind, event.reason) == (station, "refused", "Wrong password.")
    assert (event.attempts, event.at) == (3, NOON + timedelta(seconds=2))
    assert not UnknownStation.objects.exists()


def test_a_stranger_is_kept_once_and_counted():
    first = Refusal("STRANGER", NOON, "Not enrolled.", path="/ocpp/STRANGER", offered_protocols="ocpp1.6")
    later = Refusal("STRANGER", NOON + timedelta(minutes=1), "Not enrolled.", remote_address="10.0.0.2")

    record_refusals([first, first])
    record_refusals([later])

    unknown = UnknownStation.objects.get()
    assert (unknown.attempts, unknown.first_seen_at, unknown.last_seen_at) == (3, NOON, NOON + timedelta(minutes=1))
    assert (unknown.remote_address, unknown.organisation) == ("10.0.0.2", None)


def test_a_stranger_belongs_to_the_organisation_of_its_path_or_to_the_only_one():
    only = OrganisationFactory(slug="only")
    record_refusals([Refusal("A", NOON, "Not enrolled.")])
    assert UnknownStation.objects.get(identity="A").organisation == only

    other = OrganisationFactory(slug="other")
    record_refusals([Refusal("B", NOON, "Not enrolled.", organisation_slug="other"), Refusal("C", NOON, "No.")])
    assert UnknownStation.objects.get(identity="B").organisation == other
    assert UnknownStation.objects.get(identity="C").organisation is None


def test_a_charger_that_names_another_organisation_is_a_stranger_there_and_unseen_at_the_stations_own():
    station = StationFactory(identity="KON-01")
    own, other = station.site.organisation, OrganisationFactory(slug="harbour")
    attempts = [
        Refusal("KON-01", NOON, "Not enrolled.", organisation_slug="harbour"),
        Refusal("KON-01", NOON, "Wrong password.", organisation_slug=own.slug),
        Refusal("KON-01", NOON, "Wrong password."),
    ]

    record_refusals(attempts)

    unknown = UnknownStation.objects.get()
    assert (unknown.organisation, unknown.attempts, unknown.is_identity_taken) == (other, 1, True)
    assert unknown.reason == "The identity cannot be used: it is taken on this server."
    event = ConnectionEvent.objects.get()
    assert (event.reason, event.attempts) == ("Wrong password.", 2)


def test_one_identity_waits_at_each_organisation_that_it_named():
    one, two = OrganisationFactory(slug="one"), OrganisationFactory(slug="two")

    record_refusals([Refusal("S", NOON, "Not enrolled.", organisation_slug=slug) for slug in ("one", "two", "one")])

    found = UnknownStation.objects.values_list("organisation", "attempts").order_by("organisation")
    assert list(found) == [(one.pk, 2), (two.pk, 1)]


def test_hostile_identities_are_kept_as_they_came():
    record_refusals([Refusal("<b>\x00'--" + "x" * 500, NOON, "r" * 500, path="p" * 900, user_agent="u" * 900)])

    unknown = UnknownStation.objects.get()
    assert unknown.identity.startswith("<b>\ufffd'--")
    assert len(unknown.identity) == 120


def test_strangers_without_end_do_not_fill_the_table(monkeypatch):
    monkeypatch.setattr("apps.chargers.services.connections.refusals.MAX_UNKNOWN", 3)
    assert MAX_UNKNOWN == 5_000
    for n in range(5):
        record_refusals([Refusal(f"S{n}", NOON + timedelta(seconds=n), "Not enrolled.")])

    assert set(UnknownStation.objects.values_list("identity", flat=True)) == {"S2", "S3", "S4"}


def test_adopting_a_stranger_makes_a_station_with_a_password_shown_once(ada, harbour):
    unknown = UnknownStationFactory(organisation=harbour.organisation, identity="CP-NEW")

    done = adoption.adopt_station(unknown=unknown, site=harbour, actor=ada, at=NOON, with_password=True)

    assert (done.station.identity, done.station.site, done.station.status) == ("CP-NEW", harbour, "never_seen")
    assert len(done.password) == 20
    assert check_password(credentials_of(done.station), done.password.encode())
    unknown.refresh_from_db()
    assert unknown.adopted_at == NOON
    assert OutboxEvent.objects.get().name == "station.adopted"
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"station.created", "station.password_set"}


def test_a_stranger_with_an_area_of_another_site_stays_a_stranger(ada, harbour, linden_court):
    unknown = UnknownStationFactory(organisation=harbour.organisation)

    with pytest.raises(stations.StationInvalid) as refusal:
        adoption.adopt_station(unknown=unknown, site=harbour, area=AreaFactory(site=linden_court), actor=ada, at=NOON)

    assert refusal.value.field == "area"
    unknown.refresh_from_db()
    assert (unknown.adopted_at, ChargingStation.objects.count()) == (None, 0)


def test_a_stranger_is_adopted_once_and_only_at_home(ada, harbour, rival_site):
    unknown = UnknownStationFactory(organisation=harbour.organisation)

    with pytest.raises(adoption.UnableToAdopt):
        adoption.adopt_station(unknown=unknown, site=rival_site, actor=ada, at=NOON)
    assert not ChargingStation.objects.exists()

    adoption.adopt_station(unknown=unknown, site=harbour, actor=ada, at=NOON)
    with pytest.raises(adoption.UnableToAdopt):
        adoption.adopt_station(unknown=unknown, site=harbour, actor=ada, at=NOON)
    assert ChargingStation.objects.count() == 1


def test_an_ignored_stranger_stays_ignored_and_counted(ada):
    record_refusals([Refusal("S", NOON, "Not enrolled.")])
    adoption.ignore_station(unknown=UnknownStation.objects.get(), actor=ada, at=NOON)
    record_refusals([Refusal("S", NOON, "Not enrolled.")])

    unknown = UnknownStation.objects.get()
    assert (unknown.ignored_at, unknown.attempts) == (NOON, 2)


class TestStations:
    def test_identities_are_unique_over_all_organisations(self, ada, harbour):
        StationFactory(identity="CP-1")
        with pytest.raises(stations.IdentityTaken) as refusal:
            stations.create_station(site=harbour, identity="CP-1", actor=ada, at=NOON)
        assert refusal.value.field == "identity"
        assert ChargingStation.objects.count() == 1

    @pytest.mark.parametrize("identity", ["", "a:b", "x" * 49, "tab\tbed"])
    def test_an_impossible_identity_names_its_field(self, ada, harbour, identity):
        with pytest.raises(stations.StationInvalid) as refusal:
            stations.create_station(site=harbour, identity=identity, actor=ada, at=NOON)
        assert refusal.value.field == "identity"

    def test_enrolling_by_hand_takes_the_stranger_off_the_list(self, ada, harbour):
        unknown = UnknownStationFactory(identity="CP A-1", organisation=harbour.organisation)
        stations.create_station(site=harbour, identity="CP A-1", actor=ada, at=NOON)
        unknown.refresh_from_db()
        assert unknown.adopted_at == NOON

    def test_enrolling_leaves_the_strangers_of_other_organisations(self, ada, harbour, rival):
        unknown = UnknownStationFactory(identity="CP-1", organisation=rival)
        stations.create_station(site=harbour, identity="CP-1", actor=ada, at=NOON)
        unknown.refresh_from_db()
        assert unknown.adopted_at is None

    def test_edits_are_audited_with_before_and_after(self, ada):
        station = StationFactory(name="Old")
        stations.edit_station(station=station, actor=ada, changes={"name": "New", "is_lenient": False})
        assert AuditEntry.objects.get().changes == {"name": ["Old", "New"]}

    def test_changes_are_compared_with_what_is_stored_not_with_what_was_read_long_ago(self, ada):
        station = StationFactory(name="Old")
        long_ago = ChargingStation.objects.get(pk=station.pk)
        stations.edit_station(station=station, actor=ada, changes={"name": "New"})
        stations.edit_station(station=long_ago, actor=ada, changes={"name": "Newest"})
        stations.edit_station(station=station, actor=ada, changes={"name": "New"})
        found = AuditEntry.objects.order_by("pk").values_list("changes", flat=True)
        assert [changes["name"] for changes in found] == [["Old", "New"], ["New", "Newest"], ["Newest", "New"]]

    def test_a_registration_that_is_set_already_is_not_set_again_by_a_stale_row(self, ada):
        station = StationFactory()
        long_ago = ChargingStation.objects.get(pk=station.pk)
        stations.set_registration(station=station, registration="Rejected", actor=ada, at=NOON)
        stations.set_registration(station=long_ago, registration="Rejected", actor=ada, at=NOON)
        stations.retire_station(station=station, actor=ada, at=NOON)
        with pytest.raises(stations.StationRetired):
            stations.set_registration(station=long_ago, registration="Accepted", actor=ada, at=NOON)
        assert AuditEntry.objects.filter(action="station.registration_set").count() == 1

    def test_several_changes_happen_together_or_not_at_all(self, ada):
        station = StationFactory(name="Old")
        with pytest.raises(PasswordUnacceptable):
            stations.change_station(
                station=station, actor=ada, at=NOON, changes={"name": "New"}, registration="Pending", password="short"
            )
        station.refresh_from_db()
        assert (station.name, station.registration) == ("Old", "Accepted")
        assert not AuditEntry.objects.exists()

    def test_only_what_may_be_edited_is_edited(self, ada):
        with pytest.raises(stations.StationInvalid):
            stations.edit_station(station=StationFactory(), actor=ada, changes={"password_hash": ""})

    def test_a_station_does_not_leave_its_organisation(self, ada, rival_site):
        station = StationFactory()
        with pytest.raises(stations.UnableToMoveStation):
            stations.move_station(station=station, site=rival_site, actor=ada, at=NOON)
        station.refresh_from_db()
        assert station.site != rival_site

    def test_it_moves_to_a_sister_site(self, ada):
        station = StationFactory()
        sister = SiteFactory(organisation=station.site.organisation)
        stations.move_station(station=station, site=sister, actor=ada, at=NOON)
        station.refresh_from_db()
        assert station.site == sister

    def test_retiring_ends_what_waits_and_is_repeatable(self, ada):
        station = StationFactory()
        stations.retire_station(station=station, actor=ada, at=NOON)
        stations.retire_station(station=station, actor=ada, at=NOON + timedelta(days=1))
        assert (station.status, station.retired_at) == ("retired", NOON)
        assert list(OutboxEvent.objects.values_list("name", flat=True)) == ["station.retired"]

    def test_evse_numbers_are_given_once(self, ada):
        station = StationFactory()
        evse = stations.add_evse(station=station, number=1, actor=ada, connector_type="cCCS2", max_power_w=150_000)
        assert evse.connectors.get().type == "cCCS2"
        with pytest.raises(stations.EvseNumberTaken):
            stations.add_evse(station=station, number=1, actor=ada)
        with pytest.raises(stations.StationInvalid):
            stations.add_evse(station=station, number=0, actor=ada)
