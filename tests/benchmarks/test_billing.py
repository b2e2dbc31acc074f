"""The simulated month works, small; its figures mean nothing here."""

import json

import pytest

from tests.benchmarks.billing import main


@pytest.mark.django_db
def test_months_of_two_sizes_are_billed_and_the_slope_is_told(capsys):
    main([2, 4])
    first, second, slope = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["residents"], second["sessions"]) == (2, 32)
    assert set(slope) == {"ms_per_resident", "minutes_for_100000"}
