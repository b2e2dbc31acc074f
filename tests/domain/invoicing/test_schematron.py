"""The process that checks documents may be absent, die or hang: then nothing was checked, and the next one works."""

import sys

import pytest

from apps.invoicing.documents.schematron import Finding, Schematron

PROTOCOL = """
import json, os, sys, time
def say(message):
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
    sys.stdout.buffer.flush()
def hear():
    head = sys.stdin.buffer.read(4)
    return sys.stdin.buffer.read(int.from_bytes(head, "big")) if len(head) == 4 else b""
"""


@pytest.fixture
def play():
    """A checker whose process runs the given script."""
    checkers = []

    def start(script: str, timeout_s: float = 30.0) -> Schematron:
        checkers.append(Schematron([sys.executable, "-c", PROTOCOL + script], timeout_s=timeout_s))
        return checkers[-1]

    yield start
    for checker in checkers:
        checker.close()


ANSWERING = """
say({"ready": True})
while document := hear():
    say({"findings": [{"is_fatal": True, "text": document.decode()}]})
"""


def test_one_process_answers_many_questions(play):
    checker = play(ANSWERING.replace("document.decode()", "str(os.getpid())"))
    assert checker.check(b"one") == checker.check(b"two") != []


def test_the_answer_is_that_of_the_document(play):
    checker = play(ANSWERING)
    assert checker.check("Müller".encode()) == [Finding(True, "Müller")]
    assert checker.check(b"x" * 300_000) == [Finding(True, "x" * 300_000)]


def test_an_absent_engine_checks_nothing_and_is_not_asked_again(play, tmp_path):
    tally = tmp_path / "tally"
    checker = play(f'open({str(tally)!r}, "a").write("x"); say({{"absent": "no saxonche"}})')
    assert checker.check(b"<a/>") is None
    assert checker.check(b"<a/>") is None
    assert tally.read_text() == "x"


def test_who_died_once_is_replaced_and_asked_again(play, tmp_path):
    died = tmp_path / "died"
    checker = play(f"""
say({{"ready": True}})
while document := hear():
    if not os.path.exists({str(died)!r}):
        open({str(died)!r}, "w").close()
        os._exit(139)
    say({{"findings": []}})
""")
    assert checker.check(b"<a/>") == []
    assert died.exists()


def test_who_dies_on_every_document_checks_nothing(play):
    checker = play('say({"ready": True})\nhear()\nos._exit(139)')
    assert checker.check(b"<a/>") is None


def test_who_hangs_is_ended(play):
    checker = play('say({"ready": True})\nhear()\ntime.sleep(600)', timeout_s=0.2)
    assert checker.check(b"<a/>") is None


def test_who_closed_is_started_anew(play):
    checker = play(ANSWERING)
    checker.check(b"one")
    checker.close()
    assert checker.check(b"two") == [Finding(True, "two")]
