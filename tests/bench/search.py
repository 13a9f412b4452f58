"""Search over synthetic datasets with five facets: tantivy beside SQLite FTS5, same words, same hits, same run.

60 % of the datasets are in invented Vietnamese, 40 % in invented English, words drawn by Zipf's law. FTS5 gets the folded
words ready made and the least match written out as combinations, so that both must find the same number of datasets.
"""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from itertools import accumulate, combinations, product
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time

from catalog.adapters.index_tantivy import TantivyIndex
from catalog.question import Document, Question
from catalog.wording import bag, terms
from standards.text import fold
from tests.bench import _engines

FACETS = ("org", "theme", "tag", "format", "licence")
SEED = 2025
QUESTIONS = 40
ROUNDS = 3


def run(quick: bool = False, engine: str = "tantivy", size: int = 0) -> dict:
    """``engine`` both holds Elasticsearch beside tantivy instead; it starts a server with 1 GiB for it."""
    size = size or (1_500 if quick else 100_000)
    if engine == "both":
        return _engines.run(size)
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as folder:
        ours = ask_tantivy(Path(folder), size)
        peer = ask_sqlite(Path(folder), size)
    if any(there and there != here for here, there in zip(ours["found"], peer["found"], strict=True)):  # none: ours relaxes
        raise AssertionError("the two engines did not find the same datasets")
    detail = {
        "documents": size, "questions": QUESTIONS * ROUNDS, "found_min": min(ours["found"]), "found_max": max(ours["found"]),
        **{f"ours_{key}": ours[key] for key in ("p50", "cpu", "per_second", "megabytes")},
        **{f"peer_{key}": peer[key] for key in ("p50", "cpu", "per_second", "megabytes")},
        "target_p95_ms": 50, "load": round(os.getloadavg()[0], 1),
    }
    return {"name": "search", "unit": "ms at p95, 20 hits and 5 facets", "ours": ours["p95"], "peer": peer["p95"],
            "ratio": round(peer["p95"] / ours["p95"], 1), "peer_name": f"SQLite FTS5 {sqlite3.sqlite_version}", "detail": detail}


# --- what is searched -------------------------------------------------------------------------------------------------


class Words:
    """Two invented languages: Vietnamese-like syllables with marks, English-like words; frequent ones first."""

    def __init__(self) -> None:
        chance = random.Random(SEED)
        starts = ["b", "c", "ch", "d", "đ", "g", "gi", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "s", "t", "th", "tr", "v", "x"]
        ends = ["a", "à", "á", "ạ", "an", "ân", "ấn", "anh", "ao", "ê", "ền", "i", "inh", "ính", "o", "ô", "ống", "ơ", "ư", "ường", "ứ", "uyền"]
        self.vi = ["".join(pair) for pair in product(starts, ends)]
        self.en = ["".join(chance.choice(["con", "ta", "pro", "li", "me", "re", "sta", "tion", "er", "al", "ment", "po"]) for _ in range(3))
                   + str(number % 7 or "") for number in range(4000)]
        chance.shuffle(self.vi)
        self.weights = {name: list(accumulate(1 / (rank + 8) for rank in range(len(words)))) for name, words in (("vi", self.vi), ("en", self.en))}

    def some(self, chance: random.Random, language: str, count: int) -> str:
        return " ".join(chance.choices(getattr(self, language), cum_weights=self.weights[language], k=count))


def datasets(size: int) -> Iterator[Document]:
    chance, words = random.Random(SEED), Words()
    for number in range(size):
        language = "vi" if chance.random() < 0.6 else "en"
        yield Document(
            id=f"{number:08x}-0000-7000-8000-000000000000", sequence=number + 1, slug=f"d-{number}",
            title={language: words.some(chance, language, 8)}, description={language: words.some(chance, language, 40)},
            org=f"H{int(chance.paretovariate(0.6)) % 120}", themes=(f"T{chance.randrange(13)}",),
            tags=tuple(f"tag {int(chance.paretovariate(0.5)) % 3000}" for _ in range(3)),
            formats=tuple({chance.choice(["csv", "xlsx", "json", "pdf", "ods"]) for _ in range(2)}),
            licence=chance.choice(["", "CC-BY-4.0", "CC0-1.0", "ODbL-1.0"]), years=(2000 + number % 26,),
            modified=f"2025-{1 + number % 12:02}-{1 + number % 28:02}T00:00:00Z",
        )


def questions() -> list[str]:
    """Two to five words among the 60 most frequent of a language, half of the Vietnamese ones without marks."""
    chance, words = random.Random(SEED + 1), Words()
    made = []
    for number in range(QUESTIONS):
        text = " ".join(chance.sample((words.vi if number % 5 < 3 else words.en)[:60], 2 + number % 4))
        made.append(fold(text) if number % 2 else text)
    return made


def timed(ask: Callable[[str], int]) -> dict:
    """Ask every question once to warm up, then in rounds; milliseconds."""
    texts = questions()
    found = [ask(text) for text in texts]
    walls, start = [], process_time()
    for text in texts * ROUNDS:
        begin = perf_counter()
        ask(text)
        walls.append((perf_counter() - begin) * 1000)
    cpu = (process_time() - start) * 1000 / len(walls)
    cuts = quantiles(walls, n=20, method="inclusive")
    return {"found": found, "p50": round(cuts[9], 2), "p95": round(cuts[18], 2), "cpu": round(cpu, 2)}


# --- the two engines --------------------------------------------------------------------------------------------------


def ask_tantivy(folder: Path, size: int) -> dict:
    index = TantivyIndex(folder / "tantivy")
    documents = list(datasets(size))
    start = perf_counter()
    index.rebuild(documents)
    rate = size / (perf_counter() - start)
    megabytes = sum(path.stat().st_size for path in (folder / "tantivy").rglob("*") if path.is_file()) / 1e6
    result = timed(lambda text: index.ask(Question(text=text, facets=FACETS)).total)
    index.close()
    return {**result, "per_second": round(rate), "megabytes": round(megabytes)}


def ask_sqlite(folder: Path, size: int) -> dict:
    database = sqlite3.connect(folder / "fts.db")
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA cache_size=-200000;"
                           "CREATE VIRTUAL TABLE words USING fts5(body, content='', tokenize='unicode61');"
                           + "".join(f"CREATE TABLE {name} (number INTEGER, value TEXT);" for name in FACETS))
    start = perf_counter()
    with database:
        for number, one in enumerate(datasets(size), 1):
            database.execute("INSERT INTO words(rowid, body) VALUES (?, ?)", (number, " ".join(bag(one).folded)))
            for name, values in zip(FACETS, ([one.org], one.themes, one.tags, one.formats, [one.licence] if one.licence else []), strict=True):
                database.executemany(f"INSERT INTO {name} VALUES (?, ?)", [(number, value) for value in dict.fromkeys(values)])
    with database:
        database.execute("INSERT INTO words(words) VALUES ('optimize')")
        for name in FACETS:
            database.execute(f"CREATE INDEX {name}_number ON {name}(number, value)")
    database.execute("ANALYZE")
    rate = size / (perf_counter() - start)
    database.execute("CREATE TEMP TABLE hit (number INTEGER PRIMARY KEY)")
    result = timed(lambda text: _sqlite_answer(database, text))
    database.close()
    return {**result, "per_second": round(rate), "megabytes": round((folder / "fts.db").stat().st_size / 1e6)}


def _sqlite_answer(database: sqlite3.Connection, text: str) -> int:
    asked = terms(text)
    match = " OR ".join("(" + " AND ".join(f'"{word}"' for word in some) + ")" for some in combinations(asked.folded, asked.least()))
    database.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20", (match,)).fetchall()
    database.execute("DELETE FROM hit")
    total = database.execute("INSERT INTO hit SELECT rowid FROM words WHERE words MATCH ?", (match,)).rowcount
    for name in FACETS:
        database.execute(f"SELECT value, count(*) FROM hit CROSS JOIN {name} USING (number) GROUP BY value ORDER BY 2 DESC LIMIT 50").fetchall()
    return total
