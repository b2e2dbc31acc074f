"""A filter by the number of something does not tell whether others have something of that number."""

import django_filters
import pytest

from apps.api.v1.urls import router
from apps.chargers.models import BulkItem, BulkOperation
from tests.api.conftest import rows_of
from tests.factories.chargers import NOON, OnlineStationFactory
from tests.factories.files import FirmwareFactory, FirmwareUpdateFactory
from tests.factories.sessions import SessionFactory

NOBODYS = 2**40
FILTERS = [
    (path, name)
    for path, resource, _ in router.registry
    for name, one in getattr(getattr(resource, "filterset_class", None), "base_filters", {}).items()
    if isinstance(one, django_filters.ModelChoiceFilter)
]


@pytest.mark.parametrize(("path", "name"), FILTERS)
def test_what_can_be_chosen_depends_on_who_asks(path, name):
    """Others can be told apart only by lists that are not cut to the caller."""
    resource = next(resource for known, resource, _ in router.registry if known == path)
    assert callable(resource.filterset_class.base_filters[name].extra["queryset"])


def answers(client, path, name, *numbers) -> set[tuple[int, bytes]]:
    found = [client.get(f"/api/v1/{path}/", {name: number}) for number in numbers]
    return {(response.status_code, response.content) for response in found}


def bulk_at(station):
    operation = BulkOperation.objects.create(
        organisation=station.site.organisation, kind="clear_cache", deadline_at=NOON, created_at=NOON
    )
    BulkItem.objects.create(operation=operation, station=station)
    return operation


def test_a_bulk_operation_of_others_looks_like_none(ada_api, network):
    mine, others = bulk_at(network.harbour), bulk_at(network.rival)
    assert len(rows_of(ada_api.get("/api/v1/bulk-items/", {"operation": mine.pk}))) == 1
    assert len(answers(ada_api, "bulk-items", "operation", others.pk, NOBODYS)) == 1


def test_a_firmware_of_others_looks_like_none(ada_api, network):
    mine, others = (FirmwareUpdateFactory(station=one, firmware=FirmwareFactory(organisation=one.site.organisation))
                    for one in (network.harbour, network.rival))  # fmt: skip
    assert len(rows_of(ada_api.get("/api/v1/firmware-updates/", {"firmware": mine.firmware_id}))) == 1
    assert len(answers(ada_api, "firmware-updates", "firmware", others.firmware_id, NOBODYS)) == 1


def test_a_site_and_a_driver_of_others_look_like_none(ada_api, network):
    SessionFactory(station=OnlineStationFactory(site=network.rival.site))
    for path, name, others in (
        ("stations", "site", network.rival.site_id),
        ("sessions", "site", network.rival.site_id),
        ("sessions", "driver", network.drivers["rival"].pk),
        ("tokens", "driver", network.drivers["rival"].pk),
        ("drivers", "home_site", network.rival.site_id),
    ):
        assert len(answers(ada_api, path, name, others, NOBODYS)) == 1, path


@pytest.mark.parametrize("number", ["x", "1.5", "0", "-3", 2**63, 10**40])
def test_what_is_no_number_of_a_row_is_refused(ada_api, network, number):
    response = ada_api.get("/api/v1/bulk-items/", {"operation": number})
    assert (response.status_code, set(response.json()["fields"])) == (400, {"operation"})
