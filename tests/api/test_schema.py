"""The OpenAPI document: valid, complete, open to everybody."""

import pytest
from django.core.management import call_command
from django.urls import get_resolver


def test_the_document_is_valid_and_made_without_a_warning(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))
    assert "/api/v1/stations/{identity}/commands/" in (tmp_path / "schema.yml").read_text()


@pytest.fixture
def document(client, db) -> dict:
    response = client.get("/api/schema/", {"format": "json"})
    assert response.status_code == 200
    return response.json()


def test_the_document_is_served_to_strangers(document):
    assert document["info"] == {"title": "ChargeNet API", "version": "1"}
    assert document["openapi"].startswith("3.")


def test_it_names_every_resource_and_how_to_sign_in(document):
    resources = {path.split("/")[3] for path in document["paths"]}
    assert resources == {
        *("sites", "stations", "evses", "connectors", "sessions", "drivers", "tokens", "commands"),
        *("event-streams", "event-values", "der-controls", "der-events", "battery-swaps"),
        *("web-payments", "settlements"),
        *("firmware", "firmware-updates", "firmware-publications", "campaigns", "log-requests", "station-files"),
        *("meter-values", "journal", "reservations", "display-messages", "bulk-operations", "bulk-items"),
        "qr-codes",
        *("invoices", "billing-runs", "billing-items", "payments", "bank-transactions", "customers", "vehicles"),
        *("profile-changes", "network-profiles", "security-events", "security-alarms"),
        *("ca-certificates", "station-certificates", "installed-certificates", "operations"),
        *("local-lists", "customer-information", "charging-profiles", "charging-limits", "composite-schedules"),
        *("station-tariffs", "contracts"),
        *("tariffs", "tariff-versions", "tariff-assignments", "membership-plans", "market-prices"),
        *("variables", "monitors", "alarms", "reports", "drift", "configuration-templates", "quirk-profiles"),
    }
    assert document["components"]["securitySchemes"]["token"]["name"] == "Authorization"


def test_it_says_what_a_command_needs(document):
    schema = document["components"]["schemas"]["NewCommandInput"]
    assert set(schema["properties"]) == {"action", "payload", "wait"}
    assert schema["required"] == ["action"]
    assert schema["properties"]["wait"]["maximum"] == 30


def test_a_password_is_only_ever_sent_to_us(document):
    schemas = document["components"]["schemas"]
    assert "password" in schemas["NewStationInput"]["properties"]
    assert not any("password" in name for name in schemas["Station"]["properties"])


def test_every_route_of_the_api_is_in_it(document):
    routes = [pattern for key, pattern in get_resolver("apps.api.v1.urls").reverse_dict.items() if isinstance(key, str)]
    assert len(document["paths"]) == len(routes)
