"""Counters of this process in Prometheus' text format: requests, their durations, and what the site holds."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the duration histogram, in seconds."""


class Counters:
    """What was asked of this process since it began; safe to tell from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: Counter[tuple[str, float]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer; ``route`` is the pattern, never the address, so that no key becomes a label."""
        bound = next((one for one in BUCKETS if seconds <= one), float("inf"))
        with self._lock:
            self._requests[method, route or "unknown", status] += 1
            self._buckets[method, bound] += 1
            self._seconds[method] += seconds

    def text(self, holdings: Mapping[str, Mapping[str, int]]) -> str:
        """Everything as Prometheus text (0.0.4); ``holdings``: gauge name → label value → number."""
        with self._lock:
            lines = [*self._request_lines(), *self._duration_lines()]
        for gauge, values in holdings.items():
            lines.append(f"# TYPE datamo_{gauge} gauge")
            lines.extend(f'datamo_{gauge}{{of="{_escape(of)}"}} {number}' for of, number in values.items())
        return "\n".join(lines) + "\n"

    def _request_lines(self) -> Iterator[str]:
        yield "# HELP datamo_http_requests_total Answers by method, route and status."
        yield "# TYPE datamo_http_requests_total counter"
        for (method, route, status), number in sorted(self._requests.items()):
            yield (
                f'datamo_http_requests_total{{method="{_escape(method)}",route="{_escape(route)}",'
                f'status="{status}"}} {number}'
            )

    def _duration_lines(self) -> Iterator[str]:
        yield "# HELP datamo_http_request_duration_seconds Time from the request's arrival to its last byte."
        yield "# TYPE datamo_http_request_duration_seconds histogram"
        name = "datamo_http_request_duration_seconds"
        for method, total in sorted(self._seconds.items()):
            running = 0
            label = _escape(method)
            for bound in BUCKETS:
                running += self._buckets[method, bound]
                yield f'{name}_bucket{{method="{label}",le="{bound}"}} {running}'
            running += self._buckets[method, float("inf")]
            yield f'{name}_bucket{{method="{label}",le="+Inf"}} {running}'
            yield f'{name}_sum{{method="{label}"}} {total:.6f}'
            yield f'{name}_count{{method="{label}"}} {running}'


def _escape(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
