"""Transaction numbers that we give to OCPP 1.6 chargers: from a counter row, a block at a time, 31 bits."""

import threading
from collections import deque

from django.db import transaction

from apps.core.ids import reserve_numbers

COUNTER = "ocpp16_transaction"
BLOCK = 200
_pool: deque[int] = deque()
_lock = threading.Lock()


def take_transaction_numbers(how_many: int) -> list[int]:
    """Numbers never given before, in the current transaction.

    A block is shared out only after the transaction that reserved it has committed: rolled back, the counter would
    give the same numbers again. Numbers of a batch that fails are lost, which harms nobody.
    """
    if not how_many:
        return []
    with _lock:
        if len(_pool) >= how_many:
            return [_pool.popleft() for _ in range(how_many)]
    block = reserve_numbers(COUNTER, how_many=how_many + BLOCK)
    rest = list(block[how_many:])
    transaction.on_commit(lambda: _add(rest))
    return list(block[:how_many])


def forget_numbers() -> None:
    """Empty the stock, for whoever exchanges the database under a running process."""
    with _lock:
        _pool.clear()


def _add(numbers: list[int]) -> None:
    with _lock:
        _pool.extend(numbers)
