"""``price_cdr`` and ``verify_ocmf``: one answer for each line, whatever the line."""

import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from tests.pure.tariffs.vectors import FOLDER

CASE = {
    "id": "one",
    "time_zone": "Europe/Berlin",
    "ocpi_version": "2.2.1",
    "cdr": {
        "start_date_time": "2026-01-05T10:00:00Z",
        "end_date_time": "2026-01-05T11:00:00Z",
        "charging_periods": [
            {"start_date_time": "2026-01-05T10:00:00Z", "dimensions": [{"type": "ENERGY", "volume": "12.5"}]}
        ],
    },
    "tariffs": [
        {
            "id": "T",
            "currency": "EUR",
            "elements": [{"price_components": [{"type": "ENERGY", "price": 0.4, "vat": 19, "step_size": 1}]}],
            "last_updated": "2025-01-01T00:00:00Z",
        }
    ],
}


def lines_of(command: str, path) -> list[dict]:
    out = io.StringIO()
    call_command(command, str(path), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_cdr_is_priced_with_all_its_parts(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(CASE) + "\n\n")

    (answer,) = lines_of("price_cdr", path)

    assert answer["id"] == "one"
    assert answer["error"] is None
    assert answer["total_cost"] == {"excl_vat": "5", "incl_vat": "5.95"}
    assert answer["total_energy_cost"] == {"excl_vat": "5", "incl_vat": "5.95"}
    assert answer["total_time_cost"] == {"excl_vat": "0", "incl_vat": "0"}
    assert answer["billed"] == {"energy_kwh": "12.5", "time_s": "0", "parking_s": "0", "reservation_s": "0"}
    assert answer["taxes"] == [{"percentage": "19", "amount": "0.95"}]
    assert answer["warnings"] == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "malformed"),
        ("[]", "malformed"),
        ("null", "malformed"),
        ("[" * 100_000, "malformed"),
        ('{"id": "one"}', "malformed"),
        (json.dumps(CASE | {"time_zone": "Mars/Olympus"}), "time_zone"),
        (json.dumps(CASE | {"tariffs": []}), "no_active_tariff"),
        (json.dumps(CASE | {"tariffs": 3}), "malformed"),
        (json.dumps(CASE | {"cdr": {}}), "invalid_usage"),
    ],
)
def test_a_line_that_cannot_be_priced_says_why_and_the_next_goes_on(tmp_path, line, code):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{line}\n{json.dumps(CASE)}\n")

    refused, priced = lines_of("price_cdr", path)

    assert refused["error"] == code
    assert refused["message"]
    assert priced["total_cost"]["excl_vat"] == "5"


def test_a_container_that_is_none_says_so(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": 1, "ocmf": "nothing", "public_key": ""}\n{"id": 2}\n')

    first, second = lines_of("verify_ocmf", path)

    assert (first["id"], first["error"]) == (1, "unreadable_ocmf")
    assert (second["id"], second["error"]) == (2, "malformed")


@pytest.mark.parametrize("command", ["price_cdr", "verify_ocmf"])
def test_a_file_that_is_not_there_is_one_sentence(tmp_path, command):
    with pytest.raises(CommandError, match=r"cannot be read"):
        call_command(command, str(tmp_path / "absent.jsonl"))


@pytest.mark.skipif(not FOLDER.exists(), reason=f"no vectors at {FOLDER}")
def test_every_published_case_is_answered_as_it_says():
    cases = [json.loads(line) for line in (FOLDER / "rating.jsonl").read_text().splitlines()]
    wrong = [
        case["id"]
        for case, answer in zip(cases, lines_of("price_cdr", FOLDER / "rating.jsonl"), strict=True)
        if case["confidence"] != "extension" and not _is_as_expected(case, answer)
    ]
    assert wrong == []


def _is_as_expected(case: dict, answer: dict) -> bool:
    expect = case["expect"]
    if "error" in expect:
        return answer["error"] == expect["error"]
    tolerance = Decimal(case["tolerance"])
    costs = [
        (answer[name][side], amount)
        for name in answer
        if name.endswith("_cost")
        for side, amount in expect.get(name, {}).items()
    ]
    return all(abs(Decimal(ours) - Decimal(theirs)) <= tolerance for ours, theirs in costs)
