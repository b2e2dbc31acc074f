"""``python -m tests.conformance`` writes ``docs/ocpp-conformance.md``: what we do with every action, tested where.

What is handled is read from the adapters' tables, what is tested from the tests: from
``@pytest.mark.ocpp(version, *actions)`` (version ``None``: every version that has the action) and from the rows of the
protocol's own tests. An action without a test, and a document that is out of date, fail
``tests/e2e/test_conformance.py``.
"""

import ast
import inspect
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import django

from apps.gateway.protocol.adapter import VERSIONS, Adapter, adapter_for

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "ocpp-conformance.md"
SPOKEN = sorted(name.removeprefix("ocpp") for name in VERSIONS)
TITLES = {
    "1.6": "OCPP 1.6 (edition 2) with the security extension",
    "2.0.1": "OCPP 2.0.1",
    "2.1": "OCPP 2.1",
}
ROWS_OF = {
    "tests/pure/protocol/test_v16.py": "1.6",
    "tests/pure/protocol/test_v201.py": "2.0.1",
    "tests/pure/protocol/test_v21.py": "2.1",
}
BOTH_WAYS = {"DataTransfer"}
SENDS = {"NotifyPeriodicEventStream"}
EVERY_CALL, SERVED, NOT_SERVED = "every call", "served", "not served"
"""Words in place of an action: the test is run for each of them."""

INTRODUCTION = """\
# OCPP conformance

Every action of the versions we speak, in both directions, and the tests that would fail without it. This file is
written by `python -m tests.conformance`; do not edit it.

A charger is served in the first version of its list that is one of these. One that offers none of them is refused with
HTTP 400 and a reason on the page “Why can’t it connect”.

*NotSupported* means: the frame is checked, journalled and answered with that CALLERROR, and the socket stays. An
action that is in no version is answered *NotImplemented*. *Raw call*: it is sent as the API or an expert gives it,
checked against the schema of the version before and its answer after, and kept with the whole answer; nothing else
in the system makes use of it yet.
"""


def adapter(version: str) -> Adapter:
    return adapter_for(f"ocpp{version}")


def calls_of(version: str) -> list[str]:
    """Every action that the central system may call."""
    return sorted(adapter(version).commands)


def requests_of(version: str) -> list[str]:
    """Every action that a charging station may call."""
    return sorted((adapter(version).known_actions - adapter(version).commands) | BOTH_WAYS)


def served_by(version: str) -> list[str]:
    """What stations may call and is served."""
    return sorted(_decoders(version))


def _decoders(version: str) -> dict:
    """Action → what reads it, answered or (2.1) not."""
    return {**adapter(version).decode, **adapter(version).decode_send}


def not_served_by(version: str) -> list[str]:
    """What stations may call and is answered NotSupported."""
    return sorted(set(requests_of(version)) - set(served_by(version)))


def commands_of(version: str) -> dict[str, str]:
    """Action → the neutral commands that end in it and the module that says them."""
    found: dict[str, list[str]] = defaultdict(list)
    modules: dict[str, str] = {}
    for name, encode in adapter(version).encode.items():
        for action in sorted(_words_in(encode) & adapter(version).commands):
            found[action].append(name)
            modules[action] = _module(encode)
    return {action: f"{', '.join(f'`{name}`' for name in names)}: {modules[action]}" for action, names in found.items()}


def _words_in(function) -> set[str]:
    return set(re.findall(r'return "(\w+)"', inspect.getsource(function)))


def _module(function) -> str:
    return f"`{inspect.getmodule(function).__name__.removeprefix('apps.').replace('.', '/')}.py`"


def _service(decode) -> str:
    """The service that takes what ``decode`` makes of a request."""
    from apps.gateway.handlers import ANSWERED_AT_ONCE, ONLINE_SERVICES, READ_SERVICES, WRITE_SERVICES

    event = inspect.signature(decode).return_annotation
    event = next(iter(get_args(event)), event)  # of several, the most common is named first
    if event in ANSWERED_AT_ONCE:
        return "answered at once"
    online = ONLINE_SERVICES.get(event)
    service = online.answer if online else WRITE_SERVICES.get(event) or READ_SERVICES[event]
    how = "stored, then answered" if event in WRITE_SERVICES else "answered"
    return f"{how}: `{service.__module__.removeprefix('apps.')}.{service.__name__}`"


# --- tests ------------------------------------------------------------------------------------------


def declared_tests() -> dict[tuple[str, str, str], list[str]]:
    """(version, direction, action) → tests, in the order of their files; the direction is ``in`` or ``out``."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT).as_posix()
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name.startswith("test_"):
                for version, actions in _declarations(name, function):
                    for key in _keys(version, actions):
                        found[key].append(f"{name}::{function.name}")
    return found


def _declarations(file: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str | None, set[str]]]:
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        marker = ast.unparse(decorator.func)
        if marker == "pytest.mark.ocpp":
            version, *actions = (ast.literal_eval(argument) for argument in decorator.args)
            yield version, set(actions)
        elif marker == "pytest.mark.parametrize" and file in ROWS_OF:
            constants = (node.value for node in ast.walk(decorator) if isinstance(node, ast.Constant))
            yield ROWS_OF[file], {value for value in constants if value in served_by(ROWS_OF[file])}


def _keys(version: str | None, actions: set[str]) -> Iterator[tuple[str, str, str]]:
    for spoken in SPOKEN if version is None else [version]:
        calls, requests = set(calls_of(spoken)), set(requests_of(spoken))
        if EVERY_CALL in actions:
            yield from ((spoken, "out", action) for action in sorted(calls))
        if SERVED in actions:
            yield from ((spoken, "in", action) for action in served_by(spoken) if action not in SENDS)
        if NOT_SERVED in actions:
            yield from ((spoken, "in", action) for action in not_served_by(spoken))
        yield from ((spoken, "out", action) for action in sorted(actions & calls))
        yield from ((spoken, "in", action) for action in sorted(actions & requests))


# --- the document -----------------------------------------------------------------------------------


def document() -> str:
    """The whole text."""
    tests = declared_tests()
    parts = [INTRODUCTION]
    for version in SPOKEN:
        parts.append(f"## {TITLES[version]}\n\n{_summary(version)}\n\n### The charging station calls\n")
        parts.append(_table("in", version, requests_of(version), _how_served(version), tests))
        parts.append("### The central system calls\n")
        parts.append(_table("out", version, calls_of(version), commands_of(version), tests))
    return "\n".join(parts)


def _summary(version: str) -> str:
    own = commands_of(version)
    return (
        f"Served {len(served_by(version))} of {len(requests_of(version))} requests of charging stations; all"
        f" {len(calls_of(version))} calls can be made, {len(own)} of them by commands of our own."
    )


def _how_served(version: str) -> dict[str, str]:
    return {
        action: f"{_module(decode)}, {_service(decode)}" + (" (sent unanswered)" if action in SENDS else "")
        for action, decode in _decoders(version).items()
    }


def _table(direction: str, version: str, actions: list[str], how: dict[str, str], tests: dict) -> str:
    otherwise = "NotSupported" if direction == "in" else "raw call"
    lines = ["| action | how | tested by |", "| --- | --- | --- |"]
    for action in actions:
        where = "<br>".join(f"`{test}`" for test in tests.get((version, direction, action), []))
        lines.append(f"| {action} | {how.get(action, otherwise)} | {where} |")
    return "\n".join(lines) + "\n"


def untested() -> list[tuple[str, str, str]]:
    """What the document says and no test proves."""
    tests = declared_tests()
    every = [(v, "in", action) for v in SPOKEN for action in requests_of(v)]
    every += [(v, "out", action) for v in SPOKEN for action in calls_of(v)]
    own = [(v, "out", action) for v in SPOKEN for action in commands_of(v)]
    lacking = [key for key in every if not tests.get(key)]
    # A command of our own is more than a raw call: it needs a test beside that of every call.
    return lacking + [key for key in own if len(tests.get(key, [])) < 2]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")
    django.setup()
    DOCUMENT.write_text(document())
    print(f"{DOCUMENT.relative_to(ROOT)} is written; without a test: {untested() or 'nothing'}")
