"""The input that fits a variable's data type, and what is sent for what was typed."""

import pytest
from django.urls import reverse

from apps.chargers.models import DeviceVariable, StationCommand
from tests.factories.chargers import OnlineStationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def variable(harbour):
    station = OnlineStationFactory(site=harbour, identity="CP1", protocol="ocpp2.0.1")

    def make(**fields) -> DeviceVariable:
        known = {"component": "C", "variable": "V", "mutability": "ReadWrite", "value": "1", **fields}
        return DeviceVariable.objects.create(station=station, **known)

    return make


@pytest.fixture
def form(client, ada):
    client.force_login(ada)

    def fill(row, value=None):
        url = reverse("portal:variable-set", args=[row.pk])
        return client.get(url) if value is None else client.post(url, {"value": value})

    return fill


def sent_value():
    return StationCommand.objects.get().arguments["variables"][0]["value"]


@pytest.mark.parametrize(
    ("fields", "typed", "sent"),
    [
        ({"data_type": "boolean", "value": "True"}, "false", "false"),
        ({"data_type": "integer", "min_limit": 1, "max_limit": 600}, "600", "600"),
        ({"data_type": "decimal", "max_limit": 22.5}, "22.50", "22.50"),
        ({"data_type": "OptionList", "values_list": "A, W", "value": "A"}, "W", "W"),
        ({"data_type": "MemberList", "values_list": "A,B,C", "value": "A"}, ["C", "A"], "C,A"),
        ({"data_type": "MemberList", "values_list": "A,B,C", "value": "A"}, [], ""),
        ({"data_type": "SequenceList", "values_list": "1,2,3", "value": "1"}, "3, 1", "3,1"),
        ({"data_type": "dateTime", "value": ""}, "2026-03-01T12:00:05", "2026-03-01T12:00:05Z"),
        ({"data_type": "string", "max_limit": 5}, "hello", "hello"),
        ({"data_type": ""}, " any thing ", " any thing "),
    ],
)
def test_what_was_typed_is_sent_in_the_words_of_its_data_type(variable, form, fields, typed, sent):
    assert form(variable(**fields), typed).status_code == 302
    assert sent_value() == sent


@pytest.mark.parametrize(
    ("fields", "typed", "words"),
    [
        ({"data_type": "boolean", "value": "true"}, "perhaps", "Select a valid choice"),
        ({"data_type": "integer", "max_limit": 600}, "601", "less than or equal to 600"),
        ({"data_type": "integer"}, "1.5", "Enter a whole number"),
        ({"data_type": "decimal", "min_limit": 0.5}, "0.4", "greater than or equal to 0.5"),
        ({"data_type": "OptionList", "values_list": "A,W", "value": "A"}, "V", "Select a valid choice"),
        ({"data_type": "MemberList", "values_list": "A,B", "value": "A"}, ["D"], "Select a valid choice"),
        ({"data_type": "SequenceList", "values_list": "1,2", "value": "1"}, "2,5", "does not know 5"),
        ({"data_type": "SequenceList", "values_list": "1,2", "value": "1"}, "2,2", "Name each once"),
        ({"data_type": "dateTime"}, "soon", "Enter a valid date/time"),
        ({"data_type": "string", "max_limit": 3}, "four", "at most 3 characters"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_nothing_is_sent(variable, form, fields, typed, words):
    answer = form(variable(**fields), typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not StationCommand.objects.exists()


@pytest.mark.parametrize(
    ("fields", "html"),
    [
        ({"data_type": "boolean", "value": "True"}, '<option value="true" selected>'),
        ({"data_type": "integer", "min_limit": 1, "max_limit": 600, "value": "30"}, 'min="1" max="600"'),
        ({"data_type": "OptionList", "values_list": "A,W", "value": "X"}, '<option value="X" selected>'),
        ({"data_type": "dateTime", "value": "2026-03-01T13:00:00+01:00"}, 'value="2026-03-01T12:00:00"'),
        ({"data_type": "dateTime", "value": "yesterday"}, 'type="datetime-local"'),
        ({"data_type": "MemberList", "values_list": "A,B", "value": "B"}, 'type="checkbox"'),
    ],
)
def test_the_input_fits_and_begins_with_the_present_value(variable, form, fields, html):
    assert html in form(variable(**fields)).content.decode()


def test_a_variable_of_a_connector_is_named_whole(variable, form):
    form(variable(evse_number=1, connector_number=2), "5")
    assert StationCommand.objects.get().arguments["variables"] == [
        {"component": "C", "evse_id": 1, "connector_id": 2, "variable": "V", "value": "5"}
    ]
