"""A power cut at any moment of a publish: what was told as done is on disk, in the right order (reliability R4)."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.faults.place import Place
from tests.faults.power import CALLS, Disk
from tests.faults.siege import must_trace, published_once, settle, warm

CUTS = max(3, int(os.environ.get("DATAMO_FAULT_POINTS", "40")) // 13)
SEED = int(os.environ.get("DATAMO_FAULT_SEED", "20261122"))


def a_table(number: int) -> str:
    return "ma,ten\n" + "".join(f"{number * 10 + row:05d},Trường số {row}\n" for row in range(5))


@pytest.mark.timeout(600 + 15 * CUTS)
def test_what_was_acknowledged_outlives_a_power_cut_at_any_moment(tmp_path: Path) -> None:
    """Bytes that nobody synced are cut off and names that no folder synced are taken away; then all promises are held."""
    must_trace()
    place, chance = Place(tmp_path), random.Random(SEED)
    with place.site() as site:
        datasets = [place.draft(site, f"bo-{one}") for one in range(3)]
    taken: list[str] = []
    with warm() as siege:
        whole = Disk(str(tmp_path))
        taken.append(published_once(siege, place, datasets[0], a_table(0), watch=CALLS))
        syncs = whole.read(tmp_path / "trace").synced
        assert whole.wrong == []
        assert syncs > 10
        lost = []
        for number in range(1, CUTS + 1):
            disk = Disk(str(tmp_path))
            point = f"{chance.choice(['fsync', 'fdatasync', 'pwrite64'])}:signal=SIGKILL:when={chance.randint(1, 8)}"
            took = published_once(siege, place, datasets[number % 3], a_table(number), inject=point, watch=CALLS)
            taken += [took] if took else []
            lost += disk.read(tmp_path / "trace").cut()
            assert disk.wrong == [], point
        settle(siege, place, taken)
    assert lost, "no cut took anything: nothing was tried"


HASH = "files/sha256/ab/abcd"


@pytest.mark.parametrize(("log", "wrong"), [
    (['openat(AT_FDCWD, "{}/files/staging/x", O_WRONLY|O_CREAT|O_EXCL, 0640) = 7<{}/files/staging/x>',
      'write(7<{}/files/staging/x>, "ma"..., 90) = 90', 'link("{}/files/staging/x", "{}/' + HASH + '") = 0'], "got its name before"),
    (['link("{}/files/staging/x", "{}/' + HASH + '") = 0', "fdatasync(9<{}/datamo.db-wal>) = 0"], "before its folder was synced"),
    (['pwrite64(9<{}/datamo.db-wal>, ".."..., 4096, 0) = 4096', 'sendto(4<socket:[1]>, "took 01", 7, 0, NULL, 0) = 7'], "was acknowledged"),
    (["fsync(9<{}/datamo.db-wal> <unfinished ...>", 'pwrite64(9<{}/datamo.db-wal>, ".."..., 4096, 0) = 4096',
      "<... fsync resumed>) = -1 EIO (Input/output error)", 'sendto(4<socket:[1]>, "took 01", 7, 0, NULL, 0) = 7'], "was acknowledged"),
])
def test_a_wrong_order_of_writing_and_syncing_is_seen(tmp_path: Path, log: list[str], wrong: str) -> None:
    (tmp_path / "trace").write_text("".join(f"77 {line.replace('{}', str(tmp_path))}\n" for line in log))
    found = Disk(str(tmp_path)).read(tmp_path / "trace")
    assert len(found.wrong) == 1
    assert wrong in found.wrong[0]
