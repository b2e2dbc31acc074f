"""The table of what we do with OCPP is true and whole."""

from tests.conformance import DOCUMENT, SPOKEN, commands_of, document, not_served_by, requests_of, untested


def test_every_action_has_a_test():
    assert untested() == []


def test_the_document_is_as_new_as_code_and_tests():
    assert DOCUMENT.read_text() == document(), "out of date: python -m tests.conformance"


def test_what_is_named_is_what_the_adapters_do():
    assert SPOKEN == ["1.6", "2.0.1", "2.1"]
    assert not_served_by("1.6") == []
    assert "StartTransaction" in requests_of("1.6")
    assert commands_of("1.6")["ExtendedTriggerMessage"].startswith("`TriggerMessage`")
    assert commands_of("2.0.1")["RequestStartTransaction"].startswith("`RequestStartTransaction`")
