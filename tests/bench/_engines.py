"""The two search engines of Datamo in one run: tantivy in the process, Elasticsearch beside it, and its bare query."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median, quantiles
from time import perf_counter, process_time
from typing import Any

from elasticsearch import Elasticsearch

from catalog.adapters.index_elastic.asking import Answering
from catalog.adapters.index_tantivy import TantivyIndex
from catalog.catalog import Catalog
from catalog.question import Document, Question
from catalog.wording import terms
from tests.bench import _catalogue, search
from tests.elastic import Node

BULK = 20_000
"""Datasets whose documents are at hand when they are put in by bulk."""

WARM = 60_000
"""Datasets that the server has indexed before anything is measured."""


def run(size: int) -> dict:
    node = Node(heap="1g", options="", memory=False)
    node.start()
    try:
        with tempfile.TemporaryDirectory(prefix="datamo-bench-") as folder:
            return both(node, Path(folder), size)
    finally:
        node.wipe()


def both(node: Node, folder: Path, size: int) -> dict:
    """Some datasets by bulk into each engine, then all of them from a catalogue on SQLite while somebody searches, then the questions."""
    engines: dict[str, Any] = {"tantivy": TantivyIndex(folder / "tantivy"), "elastic": node.index("bench")}
    documents = list(search.datasets(size))  # made beforehand: inventing words takes as long as finding them
    catalog = _catalogue.site(folder, documents)
    some = documents[: min(size, BULK)]
    del documents
    gc.freeze()
    asked = [Question(text=text, facets=search.FACETS) for text in search.questions()]
    rates: dict[str, Any] = {"bulk": len(some)}
    warm_up(node, some)
    for name, engine in engines.items():
        rates |= told({f"{name}_bulk_{key}": value for key, value in filling(node, lambda engine=engine: engine.rebuild(some), len(some)).items()})
    for name, engine in engines.items():
        found = rebuilding(node, engine, catalog, asked, size)
        rates |= told({f"{name}_rebuild_{key}": value for key, value in found.items()})
    agree(engines, asked)
    timed = interleaved(engines, Bare(node, engines["elastic"]), asked)
    detail = {
        "documents": size, "questions": len(asked) * search.ROUNDS, **{f"{name}_{key}": value for name, one in timed.items() for key, value in one.items()},
        **rates, "kilobytes_of_a_dataset": _catalogue.kilobytes(folder, size),
        "tantivy_megabytes": round(sum(path.stat().st_size for path in (folder / "tantivy").rglob("*") if path.is_file()) / 1e6),
        **held(node, engines["elastic"]), "overlap_of_20": overlap(engines, asked), "target_p95_ms": 80, "load": round(os.getloadavg()[0], 1),
    }
    for engine in engines.values():
        engine.close()
    ours, peer = timed["elastic"]["p95"], timed["tantivy"]["p95"]
    return {"name": "search", "unit": "ms at p95, 20 hits and 5 facets", "ours": ours, "peer": peer, "ratio": round(peer / ours, 2),
            "peer_name": "tantivy, the embedded engine", "detail": detail}


def warm_up(node: Node, some: list[Document]) -> None:
    """Let the server compile what indexing needs, as one has that runs since yesterday: a JVM just started takes thrice as long."""
    index = node.index("warm-up")
    for _ in range(-(-WARM // len(some))):
        index.rebuild(some)
    index.close()


def told(found: dict[str, Any]) -> dict[str, Any]:
    """Say on the way what is known already: at 300,000 datasets the whole takes a quarter of an hour."""
    sys.stderr.write(f"{found} load {os.getloadavg()[0]:.1f}\n")
    return found


def server_cpu(node: Node) -> float:
    """Seconds of CPU that the server has taken."""
    with Elasticsearch(node.url, request_timeout=30) as client:
        process = next(iter(client.nodes.stats(metric="process")["nodes"].values()))["process"]
    return process["cpu"]["total_in_millis"] / 1000


def filling(node: Node, fill: Callable[[], object], size: int) -> dict:
    """Datasets per second, and what one costs in milliseconds of CPU: here (tantivy is here too) and on the server."""
    start, here, there = perf_counter(), process_time(), server_cpu(node)
    fill()
    seconds = perf_counter() - start
    return {"seconds": round(seconds, 1), "per_second": round(size / seconds), "cpu_here_ms": round((process_time() - here) * 1000 / size, 3),
            "cpu_server_ms": round((server_cpu(node) - there) * 1000 / size, 3)}


class Bare:
    """The engine's own query: what the adapter sends, made beforehand and sent by the plain client, its answer left unread."""

    def __init__(self, node: Node, index: Any) -> None:
        self.client = Elasticsearch(node.url, request_timeout=30)
        self.index = index

    def prepared(self, question: Question) -> dict:
        answering = Answering(self.index._where, question, terms(question.text), None)
        body = {**answering.asker.body(named=answering.asker.needs_names()), "source": ["document"]}
        return {"index": self.index._where.alias, **body, "size": question.limit + 1, "sort": answering.pager.sort, "track_total_hits": True}


def interleaved(engines: dict[str, Any], bare: Bare, asked: list[Question]) -> dict:
    """Every way to ask, question by question, so that what else the machine does falls on all alike; milliseconds."""
    ready = [bare.prepared(one) for one in asked]
    ways = {"tantivy": lambda at: engines["tantivy"].ask(asked[at]), "elastic": lambda at: engines["elastic"].ask(asked[at]),
            "bare": lambda at: bare.client.search(**ready[at])}
    walls: dict[str, list[float]] = {name: [] for name in ways}
    best: dict[str, dict[int, float]] = {name: {} for name in ways}
    cpu: Counter = Counter()
    for turn in range(search.ROUNDS + 1):
        for at in range(len(asked)):
            for name, ask in ways.items():
                begin, start = perf_counter(), process_time()
                ask(at)
                if turn:  # the first round warms up
                    walls[name].append((perf_counter() - begin) * 1000)
                    best[name][at] = min(walls[name][-1], best[name].get(at, walls[name][-1]))
                    cpu[name] += process_time() - start
    timed = {name: {**figures(times), "best_mean": round(mean(best[name].values()), 2), "cpu_here": round(cpu[name] * 1000 / len(times), 2)}
             for name, times in walls.items()}
    timed["elastic"]["over_bare_best_mean"] = round(timed["elastic"]["best_mean"] / timed["bare"]["best_mean"], 3)
    timed["elastic"]["over_bare_paired_median"] = round(median(one / bare for one, bare in zip(walls["elastic"], walls["bare"], strict=True)), 3)
    return timed


def figures(times: list[float]) -> dict:
    cuts = quantiles(times, n=20, method="inclusive")
    return {"p50": round(cuts[9], 2), "p95": round(cuts[18], 2), "mean": round(mean(times), 2)}


def held(node: Node, index: Any) -> dict:
    """What the server holds: bytes on disk, and of its heap after the queries."""
    with Elasticsearch(node.url, request_timeout=30) as client:
        store = client.indices.stats(index=index._where.alias)["_all"]["primaries"]["store"]["size_in_bytes"]
        heap = next(iter(client.nodes.stats(metric="jvm")["nodes"].values()))["jvm"]["mem"]
    return {"elastic_megabytes": round(store / 1e6), "elastic_heap_megabytes": round(heap["heap_used_in_bytes"] / 1e6),
            "elastic_heap_max_megabytes": round(heap["heap_max_in_bytes"] / 1e6)}


def agree(engines: dict[str, Any], asked: list[Question]) -> None:
    for one in asked:
        first, second = (engine.ask(one) for engine in engines.values())
        if (first.total, first.facets) != (second.total, second.facets):
            raise AssertionError(f"the two engines did not answer alike: {one.text}")


def overlap(engines: dict[str, Any], asked: list[Question]) -> float:
    shares = []
    for one in asked:
        first, second = ({hit.id for hit in engine.ask(one).hits} for engine in engines.values())
        shares.append(len(first & second) / max(1, len(first | second)))
    return round(mean(shares), 3)


def rebuilding(node: Node, index: Any, catalog: Catalog, asked: list[Question], size: int) -> dict:
    """Build the index from the catalogue while somebody searches all the time in what was there before."""
    stop = threading.Event()
    walls: list[float] = []
    wrong: Counter = Counter()

    def searching() -> None:
        while not stop.is_set():
            begin = perf_counter()
            answer = index.ask(asked[len(walls) % len(asked)])
            walls.append((perf_counter() - begin) * 1000)
            wrong["degraded"] += answer.degraded
            stop.wait(0.5)

    thread = threading.Thread(target=searching)
    thread.start()
    try:
        found = filling(node, lambda: index.rebuild(catalog.every_document()), size)
    finally:
        stop.set()
        thread.join()
    return {**found, "searches": len(walls), "degraded": wrong["degraded"], "p95": figures(walls)["p95"] if len(walls) > 1 else None}
