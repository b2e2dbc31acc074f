"""Published pricing cases, read from a folder beside the project; absent on most machines."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("CHARGENET_SHARED", _ROOT.parent / "shared")) / "vectors" / "billing"


def cases(file_name):
    """Parameters for one file of cases: one per line, or one skipped parameter when the folder is absent."""
    path = FOLDER / file_name
    if not path.exists():
        reason = f"no vectors at {path}; CHARGENET_SHARED names the folder above vectors/"
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=reason))]
    with path.open(encoding="utf-8") as lines:
        loaded = [json.loads(line, parse_float=Decimal) for line in lines]
    return [pytest.param(case, id=case["id"]) for case in loaded]
