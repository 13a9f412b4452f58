"""Publish a large CSV end to end (upload, check in the sandbox, artefacts, version, search), beside Frictionless's validate.

``ours`` are the seconds from the first byte of the upload until search has the version; ``peer`` are the seconds that
``frictionless.validate`` alone takes for the same file, measured on ``peer_rows`` rows and scaled to the same number.
Peak memory is the largest VmHWM seen of each process; of the child also the largest part that is its own, since files that it has mapped
count as its memory while nobody else wants their place. Before it, ``small_files`` tables of 100 rows go the same way, one dataset
each: how many become versions per second, and what one costs the worker with its children in CPU seconds.

``--size`` gives another number of rows than a million; ``--engine both`` publishes on PostgreSQL, S3 and Elasticsearch, started for it.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

from api.wiring import Settings, Site, open_site
from catalog.model import Options
from infra.cluster.engines import engines
from pipelines.steps.receive import receive
from standards.record import Dataset

ROWS, PEER_ROWS, QUICK_ROWS = 1_000_000, 100_000, 20_000
SMALL_FILES, SMALL_ROWS = 30, 100
ENDS = ("published", "blocked", "failed")
LIMIT_SECONDS = 900.0
PEER = "import sys, frictionless; r = frictionless.validate(sys.argv[1]); assert r.valid, r.flatten(); print(r.stats['seconds'])"


def run(quick: bool = False, engine: str = "tantivy", size: int = 0) -> dict:
    rows, peer_rows = (QUICK_ROWS, QUICK_ROWS) if quick else (size or ROWS, PEER_ROWS)
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the servers of a production site run as users of their own
        served = stack.enter_context(engines(folder / "engines")) if engine == "both" else {}
        os.environ.update(served)
        size = write(folder / "large.csv", rows)
        write(folder / "small.csv", SMALL_ROWS)
        seconds, peaks = publish(folder, folder / "large.csv", folder / "small.csv", SMALL_FILES // 10 if quick else SMALL_FILES, served)
        write(folder / "peer.csv", peer_rows)
        peer, peer_peak = frictionless(folder / "peer.csv")
    scaled = peer * rows / peer_rows
    return {
        "name": "publish", "unit": f"s for {rows:,} x 12", "ours": round(seconds, 1), "peer": round(scaled, 1),
        "ratio": round(scaled / seconds, 2),
        "detail": {"rows": rows, "megabytes": round(size / 1e6), "peer_rows": peer_rows, "peer_megabytes": peer_peak, **peaks},
    }


def write(path: Path, rows: int) -> int:
    """Write a table like an agency's: codes, names with marks, dates, amounts, a few empty cells; valid throughout."""
    chance = random.Random(12)
    names = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Cường", "Phạm Thu Dung", "Đỗ Quốc Đạt"]
    places = [f"{one:05d}" for one in range(1, 3000, 3)]
    first = date(2020, 1, 1)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,ma_xa,ten,ngay,so_luong,don_gia,thanh_tien,ghi_chu,nam,trang_thai,kinh_do,vi_do\n")
        for row in range(1, rows + 1):
            count, price = chance.randrange(1, 500), chance.randrange(1000, 900_000)
            file.write(
                f"{row},{chance.choice(places)},{chance.choice(names)},{first + timedelta(chance.randrange(2000))},{count},"
                f"{price},{count * price},{'' if row % 7 else 'đã kiểm tra'},{2020 + row % 6},{'mở' if row % 3 else 'đóng'},"
                f"{chance.uniform(102, 109):.5f},{chance.uniform(8, 23):.5f}\n"
            )
    return path.stat().st_size


def publish(folder: Path, large: Path, small: Path, files: int, served: Mapping[str, str]) -> tuple[float, dict]:
    """Give the seconds of the large file, and more: the small files' pace, the peak megabytes of each process."""
    settings = Settings(
        database_url=served.get("DATAMO_DATABASE_URL", f"sqlite:///{folder}/datamo.db"),
        files_url=served.get("DATAMO_FILES_URL", f"file:{folder}/files"),
        search_url=served.get("DATAMO_SEARCH_URL", f"tantivy:{folder}/search"),
        work_dir=folder / "work", environment="test", upload_limit=10**10,
    )
    site = open_site(settings)
    site.migrate()
    site.catalog.add_organisation(site.catalog.system(), code="H99", title={"vi": "Cơ quan thử"})
    log = (folder / "worker.log").open("wb")
    worker = subprocess.Popen(  # our own command
        [sys.executable, "-m", "api.cli", "work"], env={**os.environ, **environment(settings)}, stdout=log, stderr=log
    )
    while not site.jobs.workers():
        time.sleep(0.1)
    watch = Watch(worker.pid)
    try:
        pace = send_small(site, small, files, worker.pid)
        start = time.perf_counter()
        one = send(site, large, "bang-lon")
        received = time.perf_counter() - start
        settle(site, [one], folder)
        while site.catalog.follow("index"):
            time.sleep(0.05)
        seconds = time.perf_counter() - start
    finally:
        peaks = watch.end()
        worker.send_signal(signal.SIGTERM)
        worker.wait()
        site.close()
    return seconds, {"receive_seconds": round(received, 1), **peaks, "upload_megabytes": peak_of(os.getpid()), **pace}


def send(site: Site, path: Path, slug: str) -> str:
    """Hand a file in for a new dataset, as a door would; gives the submission's id."""
    system = site.catalog.system()
    dataset = site.catalog.draft(system, "H99", Dataset(title={"vi": slug}), slug=slug).id
    with path.open("rb") as stream:
        return receive(site.catalog, site.files, system, dataset, stream, path.name, Options(), limit=10**10).id


def settle(site: Site, submissions: list[str], folder: Path) -> None:
    """Wait until each is published."""
    system, until = site.catalog.system(), time.perf_counter() + LIMIT_SECONDS
    for one in submissions:
        while site.catalog.submission(system, one).state not in ENDS:
            assert time.perf_counter() < until, (folder / "worker.log").read_text()[-3000:]
            time.sleep(0.1)
        assert site.catalog.submission(system, one).state == "published", site.catalog.submission(system, one).reason


def send_small(site: Site, small: Path, files: int, worker: int) -> dict:
    """Publish a small file many times; the first, which waits for the worker's slow imports, is not counted."""
    settle(site, [send(site, small, "bang-nho-0")], small.parent)
    used, start = cpu_of(worker), time.perf_counter()
    settle(site, [send(site, small, f"bang-nho-{number}") for number in range(1, files + 1)], small.parent)
    took = time.perf_counter() - start
    return {
        "small_files": files, "small_files_per_second": round(files / took, 2),
        "small_file_cpu_seconds": round((cpu_of(worker) - used) / files, 3),
    }


def environment(settings: Settings) -> dict[str, str]:
    return {
        "DATAMO_DATABASE_URL": settings.database_url, "DATAMO_FILES_URL": settings.files_url, "DATAMO_SEARCH_URL": settings.search_url,
        "DATAMO_WORK_DIR": str(settings.work_dir), "DATAMO_ENVIRONMENT": "test", "DATAMO_UPLOAD_LIMIT": str(settings.upload_limit),
    }


class Watch:
    """Look at a process and its children until told to end, and remember the largest each was."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._worker = self._child = self._own = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self._worker = max(self._worker, peak_of(self._pid))
            for child in below(self._pid):
                self._child = max(self._child, peak_of(child))
                self._own = max(self._own, peak_of(child, "RssAnon"))

    def end(self) -> dict:
        self._over.set()
        self._thread.join()
        return {"worker_megabytes": self._worker, "sandbox_megabytes": self._child, "sandbox_own_megabytes": self._own}


def peak_of(pid: int, what: str = "VmHWM") -> int:
    """Peak resident megabytes of a process (or what else is asked of its status), 0 when it is gone (Linux)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 // 10**6 for line in lines if line.startswith(what)), 0)


def below(pid: int) -> list[int]:
    """A process's children, theirs, and so on."""
    children = children_of(pid)
    return children + [one for child in children for one in below(child)]


def cpu_of(pid: int) -> float:
    """CPU seconds that a process, what lives below it, and what they have buried, have used so far (Linux)."""
    used = 0
    for one in (pid, *below(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            continue
        used += sum(int(field) for field in fields[11:15])
    return used / os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(one) for one in task.read_text().split()]
        except OSError:
            continue
    return found


def frictionless(path: Path) -> tuple[float, int]:
    """Give the seconds of frictionless.validate in a process of its own, and its peak megabytes."""
    peer = subprocess.Popen([sys.executable, "-c", PEER, path.name], cwd=path.parent, stdout=subprocess.PIPE, text=True)
    peak = 0
    while peer.poll() is None:
        peak = max(peak, peak_of(peer.pid))
        time.sleep(0.05)
    assert peer.stdout is not None
    assert peer.returncode == 0
    return float(peer.stdout.read()), peak
