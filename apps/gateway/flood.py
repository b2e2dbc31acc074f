"""A token bucket per socket: who sends more than agreed is read more slowly."""


class TokenBucket:
    """``rate`` frames per second on average, ``burst`` at once."""

    __slots__ = ("_burst", "_filled_at_s", "_rate", "_tokens")

    def __init__(self, *, rate: float, burst: float, now_s: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._filled_at_s = now_s

    def take(self, now_s: float) -> float:
        """Take one token; the seconds to wait before reading on, 0 while the bucket is not empty."""
        tokens = min(self._burst, self._tokens + (now_s - self._filled_at_s) * self._rate) - 1
        self._tokens = tokens
        self._filled_at_s = now_s
        return 0.0 if tokens >= 0 else -tokens / self._rate
