"""Chargers made by others: the ``ocpp`` library's own ChargePoint classes, which know nothing of our simulator.

The library checks what it sends and what it receives, requests and answers, against the printed schemas.
"""

from tests.e2e.foreign.v16 import Charger16
from tests.e2e.foreign.v21 import Charger21
from tests.e2e.foreign.v201 import Charger201

CHARGERS = {"1.6": Charger16, "2.0.1": Charger201, "2.1": Charger21}

__all__ = ["CHARGERS", "Charger16", "Charger21", "Charger201"]
