"""Codes on stickers over the API."""

from apps.invoicing.models import QrCode
from tests.factories.chargers import StationFactory


def test_codes_are_made_listed_and_replaced(ada_api, harbour):
    StationFactory(site=harbour, identity="HAR-01", evses=2)
    made = ada_api.post(f"/api/v1/sites/{harbour.pk}/qr-codes/")
    assert made.status_code == 201
    assert [row["evse_number"] for row in made.json()] == [1, 2]
    old = made.json()[0]
    assert old["url"] == f"http://testserver/q/{old['code']}/"
    new = ada_api.post(f"/api/v1/qr-codes/{old['id']}/renew/")
    assert (new.status_code, new.json()["evse_number"]) == (201, 1)
    assert ada_api.post(f"/api/v1/qr-codes/{old['id']}/renew/").status_code == 404
    in_use = ada_api.get("/api/v1/qr-codes/", {"site": harbour.pk, "is_retired": "false"}).json()["results"]
    assert {row["code"] for row in in_use} == set(QrCode.objects.in_use().values_list("code", flat=True))


def test_who_only_looks_at_a_site_makes_no_codes(as_person, harbour):
    StationFactory(site=harbour, evses=1)
    assert as_person("finn").post(f"/api/v1/sites/{harbour.pk}/qr-codes/").status_code == 403
    assert as_person("otto").post(f"/api/v1/sites/{harbour.pk}/qr-codes/").status_code == 404
    assert not QrCode.objects.exists()
