"""Voltwerk's March: two residents of Harbour, drafted and waiting for approval."""

import pytest

from apps.invoicing.services.runs import start_run
from tests.domain.invoicing.runs.conftest import *  # noqa: F403  (a network that bills)
from tests.domain.invoicing.runs.conftest import APRIL
from tests.support.billing import quiet_documents, work_through  # noqa: F401


@pytest.fixture
def run(march, resident, charged, quiet_documents):  # noqa: F811
    for name, kwh in (("Rita Rieger", 10), ("Carl Cohn", 151)):
        charged(resident(name=name, number=name.split()[0]), session__energy_wh=kwh * 1000, energy_wh=kwh * 1000)
    run = start_run(period=march, is_dry=False, actor=None, at=APRIL)
    work_through(at=APRIL)
    run.refresh_from_db()
    return run
