"""Billing in tests: workers that work until nothing is due, and stages after the number that cost no time."""

from datetime import datetime

import pytest

from apps.invoicing.services import outer_stages
from apps.invoicing.services.stages import work


def work_through(*, at: datetime) -> None:
    while work(at=at):
        pass


@pytest.fixture
def quiet_documents(monkeypatch):
    """Documents, mail and payment are noted instead of made: ``[(stage, invoice_id), …]``."""
    noted: list[tuple[str, int]] = []
    monkeypatch.setattr(
        outer_stages, "take_step", lambda stage, *, invoice_id, at: noted.append((str(stage), invoice_id))
    )
    return noted
