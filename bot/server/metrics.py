"""Prometheus metrics: how many, how long, how urgent. Never a name, a reference or a word of anybody's."""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.reporting.rights import LIVE
from storage import cases, outbox
from storage.store import Store, UnavailableError

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """What Signpost counts about itself."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Tables(store, clock))
        self.reports = Counter(
            "signpost_reports", "Reports taken in, drills left out", ["urgency"], registry=self._registry
        )
        self.sends = Counter(
            "signpost_sends",
            "Notices by how the send ended",
            ["platform", "outcome"],
            registry=self._registry,
        )
        self.receipts = Histogram(
            "signpost_receipt_seconds",
            "From a report's arrival to its receipt",
            buckets=_SECONDS,
            registry=self._registry,
        )

    def sent(self, platform: str, outcome: str) -> None:
        """Count how a send ended."""
        self.sends.labels(platform, outcome).inc()

    def page(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self._registry)


class _Tables(Collector):
    """Gauges read from the tables when somebody asks."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read before somebody asks."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Count now; nothing at all while the database is away."""
        try:
            with self._store.reading() as session:
                by_state = cases.count_states(session)
                unanswered = cases.count_unanswered(session, [state.value for state in LIVE])
                notices = outbox.counts(session)
                oldest = outbox.oldest_waiting(session, self._clock())
        except UnavailableError:
            return
        family = GaugeMetricFamily(
            "signpost_cases", "Cases by state and urgency", labels=["state", "urgency"]
        )
        for (state, urgency), number in by_state.items():
            family.add_metric([state, urgency], number)
        yield family
        yield GaugeMetricFamily(
            "signpost_cases_unanswered", "A whole lap without an answer", value=unanswered
        )
        outgoing = GaugeMetricFamily("signpost_notices", "Notices by state", labels=["state"])
        for state, number in notices.items():
            outgoing.add_metric([state], number)
        yield outgoing
        age = (self._clock() - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("signpost_outbox_oldest_seconds", "Age of the oldest notice due", value=age)
