"""A kill, EIO or ENOSPC at the Nth system call of one publish (reliability R2, R3), at points sampled by a seed.

``make faults`` tries many more points. Where no process may be traced, the deeds of Python alone are spoiled.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.place import Place
from tests.faults.siege import must_trace, published_once, settle, warm

POINTS = int(os.environ.get("DATAMO_FAULT_POINTS", "40"))
SEED = int(os.environ.get("DATAMO_FAULT_SEED", "20261122"))
FAULTS = ("signal=SIGKILL", "signal=SIGKILL", "signal=SIGKILL", "error=EIO", "error=ENOSPC")


def a_table(number: int) -> str:
    return "ma,ten\n" + "".join(f"{number * 10 + row:05d},Trường số {row}\n" for row in range(5))


@pytest.mark.timeout(900 + 15 * POINTS)
def test_a_fault_at_any_system_call_of_a_publish_loses_nothing_and_halves_nothing(tmp_path: Path) -> None:
    must_trace()
    place, chance = Place(tmp_path), random.Random(SEED)
    with place.site() as site:
        datasets = [place.draft(site, f"bo-{one}") for one in range(5)]
    taken: list[str] = []
    with warm() as siege:
        calls: Counter[str] = Counter()
        took = published_once(siege, place, datasets[0], a_table(0), count=calls)
        taken.append(took)
        assert calls["fsync"] > 5, calls
        for number in range(1, POINTS):
            call = chance.choice(sorted(calls))
            point = f"{call}:{chance.choice(FAULTS)}:when={chance.randint(1, calls[call])}"
            took = published_once(siege, place, datasets[number % 5], a_table(number), inject=point)
            taken += [took] if took else []
            with place.site() as site:
                assert list(site.catalog.verify()) == [], point
        settle(siege, place, taken)


@pytest.mark.parametrize("fault", ["kill", "EIO", "ENOSPC"])
def test_a_fault_at_any_deed_with_a_file_loses_nothing(tmp_path: Path, fault: str) -> None:
    place = Place(tmp_path)
    with place.site() as site:
        dataset = place.draft(site, "bo")
    taken: list[str] = []
    with warm() as siege:
        for number in range(1, 9):
            hook = {"number": 1 + 3 * (number - 1), "fault": fault, "folder": str(place.folder)}
            took = published_once(siege, place, dataset, a_table(number), hook=hook)
            taken += [took] if took else []
        settle(siege, place, taken)
