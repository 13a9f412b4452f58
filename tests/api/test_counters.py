"""Limits that several web processes count together: one truth, in a table of fixed size that nobody can push others out of."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest
from limits import RateLimitItemPerYear
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.testclient import TestClient

from api.middleware.counters import HEAD, ROW, ROW_BYTES, ROWS, Counters
from api.middleware.limits import Limits
from api.wiring import shared
from tests.site import make_town

LIMIT = RateLimitItemPerYear(50)
OTHER = """
import sys
from pathlib import Path
from limits import RateLimitItemPerYear
from limits.strategies import SlidingWindowCounterRateLimiter
from api.middleware.counters import Counters
counter = SlidingWindowCounterRateLimiter(Counters(Path(sys.argv[1])))
print(sum(counter.hit(RateLimitItemPerYear(50), "reads", "a") for _ in range(30)))
"""


def counter(path: Path | None = None) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(Counters(path))


def test_another_process_counts_on_where_this_one_is(tmp_path: Path) -> None:
    path = tmp_path / "counters"
    here = counter(path)
    assert sum(here.hit(LIMIT, "reads", "a") for _ in range(30)) == 30
    said = subprocess.run([sys.executable, "-c", OTHER, str(path)], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["20"]
    assert not here.hit(LIMIT, "reads", "a")
    assert here.get_window_stats(LIMIT, "reads", "a").remaining == 0
    assert here.hit(LIMIT, "reads", "b")
    assert path.stat().st_size == HEAD + ROWS * ROW_BYTES
    assert path.stat().st_mode & 0o077 == 0, "who asks is nobody else's affair"


def test_two_processes_of_a_site_tell_one_truth_in_their_headers(tmp_path: Path) -> None:
    path, app = tmp_path / "counters", make_town(tmp_path).client.app
    with TestClient(Limits(app, language="vi", shared=path)) as one, TestClient(Limits(app, language="vi", shared=path)) as two:
        left = [site.get("/api/v1/standards").headers["ratelimit"].partition(";t=")[0] for site in (one, two, one, two)]
    assert left == ['"reads";r=1199', '"reads";r=1198', '"reads";r=1197', '"reads";r=1196']


def test_the_window_before_counts_ever_less_and_then_not_at_all() -> None:
    year, now = LIMIT.get_expiry(), [0.0]
    storage = Counters(clock=lambda: year * (50 + now[0]))
    here = SlidingWindowCounterRateLimiter(storage)
    now[0] = 0.5
    assert sum(here.hit(LIMIT, "a") for _ in range(60)) == 50
    assert storage.get_sliding_window(LIMIT.key_for("a"), year)[2] == 50
    now[0] = 1.5
    assert storage.get_sliding_window(LIMIT.key_for("a"), year) == (50, year / 2, 0, year * 1.5)
    assert sum(here.hit(LIMIT, "a") for _ in range(60)) == 25
    now[0] = 3.5
    assert sum(here.hit(LIMIT, "a") for _ in range(60)) == 50
    here.clear(LIMIT, "a")
    assert here.hit(LIMIT, "a")


def test_a_flood_of_callers_takes_no_more_room_and_frees_nobody_from_her_limit() -> None:
    """In a table of one row, where everybody meets everybody."""
    here = SlidingWindowCounterRateLimiter(Counters(rows=1))
    assert sum(here.hit(LIMIT, "near her limit") for _ in range(49)) == 49
    for number in range(10 * ROW):
        assert here.hit(LIMIT, f"somebody {number}")
    assert [here.hit(LIMIT, "near her limit") for _ in range(2)] == [True, False]


def test_a_process_that_is_stopped_in_the_middle_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "counters"
    here = counter(path)
    held = "import fcntl, sys; f = open(sys.argv[1], 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", held, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with path.open("r+b") as stream, pytest.raises(BlockingIOError):
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, HEAD)
        assert here.hit(LIMIT, "a")
        assert here.get_window_stats(LIMIT, "a").remaining == 49
        other.communicate()


def test_processes_find_the_file_in_the_folder_that_they_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(shared.FOLDER, raising=False)
    assert shared.shared_counters() is None
    monkeypatch.setenv(shared.FOLDER, str(tmp_path))
    assert shared.shared_counters() == tmp_path / shared.COUNTERS
