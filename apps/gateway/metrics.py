"""What the gateway counts: plain dictionaries on the hot path, read by Prometheus when it asks."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

BATCH_BOUNDS = (1, 2, 5, 10, 20, 50, 100, 200)
SECOND_BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Histogram:
    """Counts by upper bound; the last bucket is +Inf."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Cumulative counts, as Prometheus wants them."""
        labels = [*(str(float(bound)) for bound in self.bounds), "+Inf"]
        cumulative = 0
        pairs = []
        for label, count in zip(labels, self.counts, strict=True):
            cumulative += count
            pairs.append((label, float(cumulative)))
        return pairs


messages: Counter[tuple[str, str]] = Counter()
"""(action, outcome) of the charger's messages; outcome is ``ok`` or the code of the CALLERROR."""
refusals: Counter[int] = Counter()
"""Refused handshakes by HTTP status."""
commands: Counter[str] = Counter()
"""Commands by outcome: sent, answered, failed, timed_out, lost."""
journal: Counter[str] = Counter()
"""Journal entries: written, dropped."""
gauges: dict[str, Any] = {}
"""Name → function without arguments that gives the value now."""
batch_size = Histogram(BATCH_BOUNDS)
batch_seconds = Histogram(SECOND_BOUNDS)


def observe_batch(size: int, seconds: float) -> None:
    """Note one batch of the writing lane."""
    batch_size.observe(size)
    batch_seconds.observe(seconds)


class GatewayCollector(Collector):
    """Shows the counters of this process to Prometheus."""

    def collect(self) -> Iterator[Any]:
        family = CounterMetricFamily("ocpp_messages", "Messages from chargers.", labels=["action", "outcome"])
        for (action, outcome), count in messages.copy().items():
            family.add_metric([action, outcome], count)
        yield family
        family = CounterMetricFamily("ocpp_refusals", "Refused handshakes.", labels=["status"])
        for status, count in refusals.copy().items():
            family.add_metric([str(status)], count)
        yield family
        family = CounterMetricFamily("ocpp_commands", "Commands to chargers.", labels=["outcome"])
        for outcome, count in commands.copy().items():
            family.add_metric([outcome], count)
        yield family
        family = CounterMetricFamily("ocpp_journal_entries", "Entries of the journal.", labels=["outcome"])
        for outcome, count in journal.copy().items():
            family.add_metric([outcome], count)
        yield family
        for name, read in gauges.copy().items():
            yield GaugeMetricFamily(name, name.replace("_", " "), value=read())
        yield HistogramMetricFamily(
            "ocpp_batch_size", "Facts per commit.", buckets=batch_size.buckets(), sum_value=batch_size.total
        )
        yield HistogramMetricFamily(
            "ocpp_batch_seconds",
            "Time to write a batch.",
            buckets=batch_seconds.buckets(),
            sum_value=batch_seconds.total,
        )
