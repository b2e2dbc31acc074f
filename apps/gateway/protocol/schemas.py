"""The JSON schemas of the ``ocpp`` package, compiled by jsonschema-rs, with what real chargers force upon them.

Inbound payloads are checked in about a microsecond; only a refused one is looked at twice. ``relaxations`` says where
our schemas differ from the printed ones.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import jsonschema_rs
import orjson

from apps.gateway.protocol.errors import ErrorCode
from apps.gateway.protocol.relaxations import OneDecimal, inbound, loose, outbound
from apps.gateway.protocol.repair import repair
from apps.gateway.protocol.violations import Violation, first_error, problem, read_violation

Payload = dict[str, Any]
Validator = jsonschema_rs.Validator
RESPONSE = "Response"

__all__ = ["Schemas", "Violation"]


@dataclass(frozen=True)
class Schemas:
    """The schemas of one version.

    ``folder`` is where the ``ocpp`` package ships them (``v16``); ``request_suffix`` what its files of requests
    end in, but for ``sends``, the unanswered messages of the version, whose files bear the name of the action.
    ``overrides`` replaces or adds single fields of single requests, or of answers (``GetLogResponse``):
    ``{(name, field): schema}``. ``strict_enums`` are the fields whose unknown words cannot be forgiven, as
    ``(action, field)``.
    """

    folder: str
    request_suffix: str
    overrides: Mapping[tuple[str, str], Payload]
    strict_enums: frozenset[tuple[str, str]]
    sends: frozenset[str] = frozenset()

    @cached_property
    def _folder(self) -> Traversable:
        return resources.files("ocpp").joinpath(self.folder, "schemas")  # importing ocpp.v16 itself costs 0.3 s

    @cached_property
    def actions(self) -> frozenset[str]:
        """Every action of the version, in both directions."""
        names = (file.name for file in self._folder.iterdir())
        stems = (name.removesuffix(".json") for name in names if name.endswith(".json"))
        return frozenset(stem.removesuffix(self.request_suffix) for stem in stems if not stem.endswith(RESPONSE))

    @cached_property
    def _compiled(self) -> dict[tuple[str, str], Validator]:
        return {}

    def check_request(self, action: str, payload: Payload, *, lenient: bool = False) -> tuple[str, ...] | Violation:
        """Check a charger's request: the deviations forgiven (none in strict mode), or why it has to be refused.

        In lenient mode ``payload`` is mended in place where it can be.
        """
        return self._check(action, self.request_suffix, payload, lenient)

    def check_response(self, action: str, payload: Payload, *, lenient: bool = False) -> tuple[str, ...] | Violation:
        """Check a charger's answer to our ``action``, likewise."""
        return self._check(action, RESPONSE, payload, lenient)

    def request_problems(self, action: str, payload: Payload) -> list[tuple[str, str]]:
        """All that is wrong with a request of ours, as (field path, words). Limits have one decimal at most."""
        validator = self._validator(action, self.request_suffix, "outbound")
        if validator.is_valid(payload):
            return []
        return [problem(error) for error in validator.iter_errors(payload)]

    def inbound_schema(self, action: str, suffix: str | None = None) -> Payload:
        """The schema, with our relaxations, that a charger's request (or, by suffix, answer) is checked against."""
        if suffix is None:
            suffix = self.request_suffix
        schema = self._load(action, suffix)
        name = action if suffix == self.request_suffix else action + suffix
        for (of, field), replacement in self.overrides.items():
            if of == name:
                schema["properties"][field] = deepcopy(replacement)
        inbound(schema)
        return schema

    def request_schema(self, action: str) -> Payload:
        """The printed schema of a request of ours, as forms are made from."""
        return self._load(action, self.request_suffix)

    def _check(self, action: str, suffix: str, payload: Payload, lenient: bool) -> tuple[str, ...] | Violation:
        strict = self._compiled.get((action + suffix, "inbound")) or self._validator(action, suffix, "inbound")
        if strict.is_valid(payload):
            return ()
        if lenient:
            return repair(payload, strict, self._validator(action, suffix, "loose"))
        error = first_error(strict, payload)
        if error is None:  # the two ways of asking disagree: believe the stricter
            return Violation(ErrorCode.FORMAT_VIOLATION, "The payload does not fit the schema.")
        return read_violation(error)

    def _validator(self, action: str, suffix: str, kind: str) -> Validator:
        name = action + suffix
        validator = self._compiled.get((name, kind))
        if validator is None:
            schema = self._load(action, suffix) if kind == "outbound" else self.inbound_schema(action, suffix)
            if kind == "outbound":
                outbound(schema)
            elif kind == "loose":
                loose(schema, {field for of, field in self.strict_enums if of == action})
            validator = jsonschema_rs.validator_for(schema, validate_formats=False, keywords={"oneDecimal": OneDecimal})
            self._compiled[name, kind] = validator
        return validator

    def _load(self, action: str, suffix: str) -> Payload:
        name = action if action in self.sends else action + suffix
        file = self._folder.joinpath(f"{name}.json")
        schema: Payload = orjson.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        return schema
