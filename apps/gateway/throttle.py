"""Failed attempts to sign in, counted per identity.

Per identity and not per address: a whole site sits behind one address. After ``limit`` failures within a minute the
next attempts of that identity are answered 429 without a look at the password, until the minute is over.
"""

from collections import OrderedDict

WINDOW_S = 60.0
REMEMBERED_IDENTITIES = 20_000


class FailureThrottle:
    """Counts failures in windows of a minute; forgets the identities that failed longest ago."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._failures: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def is_blocked(self, identity: str, now_s: float) -> bool:
        """Whether ``identity`` has used up its failures; ``now_s`` is any monotonic clock."""
        began_s, count = self._failures.get(identity, (now_s, 0))
        return count >= self._limit and now_s - began_s < WINDOW_S

    def note_failure(self, identity: str, now_s: float) -> None:
        began_s, count = self._failures.pop(identity, (now_s, 0))
        if now_s - began_s >= WINDOW_S:
            began_s, count = now_s, 0
        self._failures[identity] = (began_s, count + 1)
        if len(self._failures) > REMEMBERED_IDENTITIES:
            self._failures.popitem(last=False)

    def forget(self, identity: str) -> None:
        """The identity has signed in."""
        self._failures.pop(identity, None)
