"""The two search engines of Datamo in one run: tantivy in the process, Elasticsearch beside it, and its bare query."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import Counter
from pathlib import Path
from statistics import mean, median, quantiles
from time import perf_counter, process_time
from typing import Any

from elasticsearch import Elasticsearch

from catalog.adapters.index_elastic.asking import Answering
from catalog.adapters.index_tantivy import TantivyIndex
from catalog.question import Question
from catalog.wording import terms
from tests.bench import search
from tests.elastic import Node


def run(size: int) -> dict:
    node = Node(heap="1g", options="", memory=False)
    node.start()
    try:
        with tempfile.TemporaryDirectory(prefix="datamo-bench-") as folder:
            return both(node, Path(folder), size)
    finally:
        node.wipe()


def both(node: Node, folder: Path, size: int) -> dict:
    engines: dict[str, Any] = {"tantivy": TantivyIndex(folder / "tantivy"), "elastic": node.index("bench")}
    rates = {}
    for name, engine in engines.items():
        start, cpu = perf_counter(), process_time()
        engine.rebuild(search.datasets(size))
        rates[f"{name}_per_second"] = round(size / (perf_counter() - start))
        rates[f"{name}_cpu_here_per_dataset_ms"] = round((process_time() - cpu) * 1000 / size, 3)
    asked = [Question(text=text, facets=search.FACETS) for text in search.questions()]
    agree(engines, asked)
    timed = interleaved(engines, Bare(node, engines["elastic"]), asked)
    detail = {
        "documents": size, "questions": len(asked) * search.ROUNDS, **{f"{name}_{key}": value for name, one in timed.items() for key, value in one.items()},
        **rates, "tantivy_megabytes": round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6),
        **held(node, engines["elastic"]),
        "overlap_of_20": overlap(engines, asked),
        **rebuilding(engines["elastic"], asked, size), "target_p95_ms": 80, "load": round(os.getloadavg()[0], 1),
    }
    for engine in engines.values():
        engine.close()
    ours, peer = timed["elastic"]["p95"], timed["tantivy"]["p95"]
    return {"name": "search", "unit": "ms at p95, 20 hits and 5 facets", "ours": ours, "peer": peer, "ratio": round(peer / ours, 2),
            "peer_name": "tantivy, the embedded engine", "detail": detail}


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


def rebuilding(index: Any, asked: list[Question], size: int) -> dict:
    """Build the index anew while somebody searches all the time."""
    stop = threading.Event()
    walls: list[float] = []
    wrong: Counter = Counter()

    def searching() -> None:
        while not stop.is_set():
            begin = perf_counter()
            answer = index.ask(asked[len(walls) % len(asked)])
            walls.append((perf_counter() - begin) * 1000)
            wrong["degraded"] += answer.degraded
            stop.wait(0.1)

    thread = threading.Thread(target=searching)
    thread.start()
    start = perf_counter()
    index.rebuild(search.datasets(size))
    seconds = perf_counter() - start
    stop.set()
    thread.join()
    return {"rebuild_seconds": round(seconds, 1), "rebuild_per_second": round(size / seconds), "searches_meanwhile": len(walls),
            "degraded_meanwhile": wrong["degraded"], "p95_meanwhile": figures(walls)["p95"] if len(walls) > 1 else None}
