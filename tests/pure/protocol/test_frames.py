"""Framing: what is read, what is refused, under which id (cases 141 to 143)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.gateway.protocol.errors import ErrorCode
from apps.gateway.protocol.frames import (
    Call,
    CallError,
    CallResult,
    FrameError,
    build_call,
    build_call_error,
    build_call_result,
    parse_frame,
)

UNREADABLE = ErrorCode.RPC_FRAMEWORK_ERROR
MISSHAPEN = ErrorCode.FORMAT_VIOLATION
LONG_ID = "x" * 37


@pytest.mark.parametrize(
    ("text", "code", "message_id", "message_type"),
    [
        ("", UNREADABLE, "-1", 0),
        ("hello", UNREADABLE, "-1", 0),
        ("[]", UNREADABLE, "-1", 0),
        ("{}", UNREADABLE, "-1", 0),
        ("null", UNREADABLE, "-1", 0),
        ('"[2]"', UNREADABLE, "-1", 0),
        ('[2,"1","Heartbeat",{', UNREADABLE, "-1", 0),
        ('\ufeff[2,"1","Heartbeat",{}]', UNREADABLE, "-1", 0),
        ('[2,"1","Heart\\qbeat",{}]', UNREADABLE, "-1", 0),
        ('[2,"1","\\ud800",{}]', UNREADABLE, "-1", 0),
        ('[2,"1","\ud800",{}]', UNREADABLE, "-1", 0),
        ('[2,"1","a\x00b",{}]', UNREADABLE, "-1", 0),
        ('[2,"1","Heartbeat",{"a":NaN}]', UNREADABLE, "-1", 0),
        ("[" * 1000 + "]" * 1000, UNREADABLE, "-1", 0),
        ("[" * 100_000, UNREADABLE, "-1", 0),
        ('[2,"1","DataTransfer",' + '{"data":' * 70 + "1" + "}" * 70 + "]", UNREADABLE, "-1", 0),
        ("[" + "1," * 100_000 + "1]", ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED, "1", 0),
        ("[2]", MISSHAPEN, "-1", 2),
        ('[2,null,"Heartbeat",{}]', MISSHAPEN, "-1", 2),
        ('[2,"","Heartbeat",{}]', MISSHAPEN, "-1", 2),
        ('[2,17,"Heartbeat",{}]', MISSHAPEN, "17", 2),
        (f'[2,"{LONG_ID}","Heartbeat",{{}}]', MISSHAPEN, LONG_ID, 2),
        (f'[2,"{"x" * 256}","Heartbeat",{{}}]', MISSHAPEN, "-1", 2),
        ('[2,"a\\u0000","Heartbeat",{}]', MISSHAPEN, "-1", 2),
        ('[2,"1","Heartbeat"]', MISSHAPEN, "1", 2),
        ('[2,"1","Heartbeat",{},{}]', MISSHAPEN, "1", 2),
        ('[2,"1","Heartbeat",[]]', MISSHAPEN, "1", 2),
        ('[2,"1","Heartbeat",null]', MISSHAPEN, "1", 2),
        ('[2,"1",5,{}]', MISSHAPEN, "1", 2),
        ('[3,"1"]', MISSHAPEN, "1", 3),
        ('[3,"1",null]', MISSHAPEN, "1", 3),
        ('[4,"1"]', MISSHAPEN, "1", 4),
        ('[9,"1",{}]', ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED, "1", 0),
        ('["2","1","Heartbeat",{}]', ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED, "1", 0),
        ('[true,"1","Heartbeat",{}]', ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED, "1", 0),
    ],
)
def test_a_misshapen_text_is_named_and_answered_under_the_id_that_can_be_read(text, code, message_id, message_type):
    error = parse_frame(text)

    assert type(error) is FrameError
    assert (error.code, error.message_id, error.message_type) == (code, message_id, message_type)


def test_the_deepest_payload_that_is_still_read_has_64_levels():
    def nested(levels):
        return '[2,"1","DataTransfer",' + '{"data":' * levels + "1" + "}" * levels + "]"

    assert type(parse_frame(nested(63))) is Call
    assert type(parse_frame(nested(64))) is FrameError


def test_a_payload_of_many_shallow_parts_is_not_too_deep():
    assert type(parse_frame('[2,"1","DataTransfer",{"data":[' + ",".join(["{}"] * 10_000) + "]}]")) is Call


def test_an_error_without_description_or_details_is_read():
    assert parse_frame('[4,"1","NotSupported"]') == CallError("1", "NotSupported", "", {})
    assert parse_frame('[4,"1","NotSupported",null,null]') == CallError("1", "NotSupported", "", {})
    assert parse_frame('[4,"1","GenericError","no",{"a":1}]') == CallError("1", "GenericError", "no", {"a": 1})


def test_null_characters_are_removed_because_no_database_text_holds_them():
    frame = parse_frame(
        '[2,"1","BootNotification",{"chargePointVendor":"ABB\\u0000\\u0000","n":[{"k\\u0000":"\\u0000"}]}]'
    )

    assert frame == Call("1", "BootNotification", {"chargePointVendor": "ABB", "n": [{"k": ""}]}, ("nul-character",))


def test_an_escaped_backslash_before_u0000_is_left_alone():
    frame = parse_frame('[2,"1","A",{"a":"\\\\u0000"}]')

    assert isinstance(frame, Call)
    assert frame.payload == {"a": "\\u0000"}


def test_a_lenient_connection_reads_ids_that_are_too_long():
    frame = parse_frame(f'[2,"{LONG_ID}","Heartbeat",{{}}]', lenient=True)

    assert frame == Call(LONG_ID, "Heartbeat", {}, ("message-id-too-long",))


ids = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=36)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)
leaves = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words
)
json = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4))
payloads = st.dictionaries(words, json, max_size=4)


@given(ids, words, payloads)
def test_what_is_built_is_read_back(message_id, word, payload):
    assert parse_frame(build_call(message_id, word, payload)) == Call(message_id, word, payload)
    assert parse_frame(build_call_result(message_id, payload)) == CallResult(message_id, payload)
    assert parse_frame(build_call_error(message_id, word, word, payload)) == CallError(message_id, word, word, payload)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_no_text_raises(text):
    parse_frame(text)
    parse_frame(text, lenient=True)
