"""Failed attempts to sign in, counted per caller: an identity as it comes from one address.

Not per address alone, since a whole site sits behind one; not per identity alone, or whoever knows an identity could
keep its charger out. After ``limit`` failures within a minute the caller's next attempts are answered 429 without a
look at the password, until the minute is over.
"""

from collections import OrderedDict

WINDOW_S = 60.0
REMEMBERED_CALLERS = 20_000


class FailureThrottle:
    """Counts failures in windows of a minute; forgets the callers that failed longest ago."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._failures: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def is_blocked(self, caller: str, now_s: float) -> bool:
        """Whether ``caller`` has used up its failures; ``now_s`` is any monotonic clock."""
        began_s, count = self._failures.get(caller, (now_s, 0))
        return count >= self._limit and now_s - began_s < WINDOW_S

    def note_failure(self, caller: str, now_s: float) -> None:
        began_s, count = self._failures.pop(caller, (now_s, 0))
        if now_s - began_s >= WINDOW_S:
            began_s, count = now_s, 0
        self._failures[caller] = (began_s, count + 1)
        if len(self._failures) > REMEMBERED_CALLERS:
            self._failures.popitem(last=False)

    def forget(self, caller: str) -> None:
        """The caller has signed in."""
        self._failures.pop(caller, None)
