"""What the processes of a site count, in Prometheus' text format; several processes of one site count together.

Web processes that one ``datamo serve`` started share a folder of counters (``PROMETHEUS_MULTIPROC_DIR``, which the
command sets before any of them counts), so whichever is asked tells of all. Labels are routes, codes and our own
words: never a name, key or address.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
    start_http_server,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

QUICK: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of what a person waits for, in seconds."""

LONG: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)
"""Upper bounds of what a worker does, in seconds."""

Gauge = tuple[str, str, str, Mapping[str, float]]
"""Name, help, name of its one label ("" for none), label's value → number."""


class Meters:
    """The counters of one process; safe to use from many threads."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._shared = values.ValueClass.__name__ != "MutexValue"
        self._requests = self._counter("datamo_http_requests", "Answers by method, route and status.",
                                       "method", "route", "status")
        self._seconds = self._histogram("datamo_http_request_duration_seconds",
                                        "Time from the request's arrival to its last byte.", QUICK, "method")
        self._bytes = self._counter("datamo_http_response_bytes", "Bytes of answers, without headers.", "method")
        self._refusals = self._counter("datamo_refusals", "Refused requests by the code of the problem.", "code")
        self._faults = self._counter("datamo_faults", "Requests answered with 500: mistakes of ours.")
        self._search = self._histogram("datamo_search_seconds", "Time that the search index took to answer.", QUICK,
                                       "state")
        self._steps = self._histogram("datamo_step_seconds", "Time that a step of a job took, by how it ended.", LONG,
                                      "step", "ended")
        self._outcomes = self._counter("datamo_outcomes", "What became of files that were checked.", "state")
        self._follows = self._histogram("datamo_follow_seconds", "Time that a batch of following changes took.", LONG,
                                        "follower", "ended")
        self._sandbox = self._counter("datamo_sandbox_ends", "How children in the sandbox ended.", "how")
        self._storage = self._histogram("datamo_storage_seconds", "Time that the store of files took.", QUICK,
                                        "verb", "ended")
        self._stored = self._counter("datamo_storage_written_bytes", "Bytes given to the store of files.", "verb")
        self._logged = self._counter("datamo_errors", "Errors written to the log, by the room that wrote them.", "room")

    def _counter(self, name: str, help_: str, *labels: str) -> Counter:
        return Counter(name, help_, labels, registry=self._registry)

    def _histogram(self, name: str, help_: str, bounds: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, help_, labels, registry=self._registry, buckets=bounds)

    def answered(self, method: str, route: str, status: int, seconds: float, size: int = 0) -> None:
        """Count one answer; ``route`` is the pattern, never the address, so that no key becomes a label."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route or "unknown", str(status)).inc()
        self._seconds.labels(method).observe(seconds)
        self._bytes.labels(method).inc(size)
        if status == FAULT:
            self._faults.inc()

    def refused(self, code: str) -> None:
        """Count one refusal."""
        self._refusals.labels(code).inc()

    def searched(self, state: str, seconds: float) -> None:
        """Count one question to the index: ``whole``, ``degraded`` or ``down``."""
        self._search.labels(state).observe(seconds)

    def stepped(self, step: str, ended: str, seconds: float) -> None:
        """Count one try of a step; ``ended``: ``done`` or the kind of the error."""
        self._steps.labels(_kind(step), ended).observe(seconds)

    def settled(self, state: str) -> None:
        """Count what became of a checked file."""
        self._outcomes.labels(state).inc()

    def followed(self, follower: str, ended: str, seconds: float) -> None:
        """Count one batch of a follower of the change sequence."""
        self._follows.labels(follower, ended).observe(seconds)

    def ended(self, how: str) -> None:
        """Count one child of the sandbox."""
        self._sandbox.labels(how).inc()

    def stored(self, verb: str, ended: str, seconds: float, size: int = 0) -> None:
        """Count one call of the store of files."""
        self._storage.labels(verb, ended).observe(seconds)
        if size:
            self._stored.labels(verb).inc(size)

    def logged(self, room: str) -> None:
        """Count one line of level ERROR."""
        self._logged.labels(room).inc()

    def serve(self, host: str, port: int) -> None:
        """Answer Prometheus at a port of this process, from a thread of its own: for workers, which have no door."""
        start_http_server(port, host, self._seen())

    def _seen(self) -> CollectorRegistry:
        """Give what an answer is made from: what this process counts, or all that share its folder."""
        if not self._shared:
            return self._registry
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry

    def text(self, gauges: Iterable[Gauge] = ()) -> str:
        """Everything as Prometheus text (0.0.4), with gauges that were looked up for this answer."""
        return generate_latest(self._seen()).decode() + "".join(_lines(gauges))


FAULT: Final = 500
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _kind(step: str) -> str:
    """``explore-7`` and ``batch-12`` are one kind of step each."""
    name, dash, number = step.rpartition("-")
    return name if dash and number.isdigit() else step


def _lines(gauges: Iterable[Gauge]) -> Iterator[str]:
    for name, help_, label, found in gauges:
        yield f"# HELP {name} {help_}\n# TYPE {name} gauge\n"
        for value, number in found.items():
            at = f'{{{label}="{_escape(value)}"}}' if label else ""
            yield f"{name}{at} {number:g}\n" if isinstance(number, float) else f"{name}{at} {number}\n"


def _escape(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@contextmanager
def timed(told: Callable[[str, float], None]) -> Iterator[None]:
    """Tell how a block ended (``done``, else the code of a refusal or the kind of the error) and how long it took."""
    begun = time.perf_counter()
    ended = "done"
    try:
        yield
    except BaseException as error:
        ended = str(getattr(error, "code", "") or type(error).__name__)
        raise
    finally:
        told(ended, time.perf_counter() - begun)
