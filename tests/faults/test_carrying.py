"""A site backed up while it works, restored and moved to engines of the other kind; and each command killed half-way."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Site
from tests import seaweed
from tests.faults.forked import Forked
from tests.faults.place import Place, kill, stop


class Bare(Place):
    """A site that nobody has put anything into."""

    def furnish(self, site: Site) -> None:
        """Leave it empty."""


@pytest.fixture
def others(s3: seaweed.Seaweed, fresh_postgres: str, tmp_path: Path) -> dict[str, str]:
    """PostgreSQL and S3, with the embedded search."""
    return {
        "DATAMO_DATABASE_URL": fresh_postgres,
        "DATAMO_FILES_URL": s3.address("datamo", f"carried-{os.getpid()}-{tmp_path.name}"),
        "DATAMO_COPIES_DIR": str(tmp_path / "copies"),
        **seaweed.credentials(),
    }


def command(place: Place, out: Path, *words: str) -> Forked:
    """Start a command that gives its JSON document to ``out`` and says everything else beside it."""
    return place.command(*words, "--json", "--lang", "en", out=str(out), log=f"{out}.log")


def datamo(place: Place, *words: str) -> tuple[int, Any]:
    """Run a command on the place's site; exit code and its JSON document."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        code = command(place, out, *words).wait(240)
        assert "Traceback" not in Path(f"{out}.log").read_text()
        return code, json.loads(out.read_text())


@contextmanager
def at_work(place: Place) -> Iterator[None]:
    worker = place.worker()
    try:
        yield
    finally:
        stop(worker)


def answers(site: Site) -> dict[str, Any]:
    """What the public is told: agencies, datasets, versions, and every file of every version."""
    app = create_app(site.catalog, site.files, site_url="http://x", environment="test")
    found: dict[str, Any] = {}
    with TestClient(app, base_url="http://x", follow_redirects=False) as client, site.records.read() as unit:

        def ask(path: str) -> Any:
            answer = client.get(f"/api/v1/{path}", headers={"X-Request-Id": "the-same-question"})
            found[path] = (answer.status_code, answer.headers.get("etag"), answer.content)
            return answer

        ask("organizations")
        for entry in unit.entries():
            ask(f"datasets/{entry.slug}")
            ask(f"datasets/{entry.slug}/versions")
            for version in unit.versions(entry.id):
                path = f"datasets/{entry.slug}/versions/{version.number}"
                for file in ask(path).json().get("files", ()):
                    ask(f"{path}/files/{file['name']}")
    return found


def audit(site: Site) -> list[str]:
    return [row.hash for row in site.catalog.audit(site.catalog.system(), limit=100_000)]


def test_a_site_backed_up_under_work_is_restored_on_the_other_engines_and_back(
    others: dict[str, str], tmp_path: Path
) -> None:
    """Reliability R17: each backup taken while files are published is whole; what was acknowledged ends."""
    here = Place(tmp_path / "here")
    backup = str(tmp_path / "backup")
    with here.site() as site, at_work(here):
        datasets = [here.draft(site, f"bo-{one}") for one in range(6)]
        sent = [here.upload(site, one).id for one in datasets]
        assert datamo(here, "backup", backup)[0] == 0, here.log()
        assert set(here.wait(site, sent)) == {"published"}, here.log()
        again = [here.upload(site, one, rows=9).id for one in datasets[:2]]
        code, told = datamo(here, "backup", backup)
        assert (code, told["lost"]) == (0, {})
    there = Bare(tmp_path / "there", others)
    code, told = datamo(there, "restore", backup)
    assert (code, told["ok"]) == (0, True), told
    with there.site() as site, at_work(there):
        assert set(there.wait(site, sent + again)) == {"published"}, there.log()
        assert there.wait_indexed(site), there.log()
        assert [len(site.catalog.versions(site.catalog.system(), one)) for one in datasets] == [2, 2, 1, 1, 1, 1]
        site.catalog.withdraw(site.catalog.system(), datasets[3], "nhầm")
        assert there.wait_indexed(site), there.log()
    assert datamo(there, "backup", str(tmp_path / "second"))[0] == 0
    back = Bare(tmp_path / "back")
    code, told = datamo(back, "restore", str(tmp_path / "second"))
    assert (code, told["ok"]) == (0, True), told
    with ExitStack() as stack:
        one, other = (stack.enter_context(place.site()) for place in (there, back))
        before = answers(one)
        assert before == answers(other)
        assert len(before) > 40
        assert audit(other)[: len(audit(one))] == audit(one)
        assert list(other.catalog.verify(deep=True)) == []


def test_a_site_moves_to_the_other_engines_and_goes_on_there(others: dict[str, str], tmp_path: Path) -> None:
    here = Place(tmp_path / "here")
    there = Bare(tmp_path / "there", others)
    settings = tmp_path / "new.env"
    settings.write_text("".join(f"{name}={value}\n" for name, value in there.environment.items() if name.startswith("DATAMO_")))
    with here.site() as site:
        first, second = (here.draft(site, f"bo-{one}") for one in range(2))
        with at_work(here):
            assert here.wait(site, [here.upload(site, first).id]) == ["published"], here.log()
            code, told = datamo(here, "move", "--to", str(settings))
            assert (code, told["error"]["code"]) == (1, "worker-running")
        waiting = here.upload(site, second).id
        here.environment |= {name: others[name] for name in others if name.startswith("AWS_")}
        code, told = datamo(here, "move", "--to", str(settings))
        assert (code, told["ok"], told["resumed"]) == (0, True, 1), told
        with there.site() as new:
            assert answers(site) == answers(new)
            with at_work(there):
                assert there.wait(new, [waiting]) == ["published"], there.log()
            assert list(new.catalog.verify(deep=True)) == []
            assert new.catalog.version(new.catalog.system(), second).number == 1


def objects(folder: Path) -> int:
    return sum(1 for _ in (folder / "sha256").glob("*/*"))


def killed(place: Place, ready: Callable[[], bool], pause: float, *words: str) -> None:
    """Start a command and kill it some time after it has come so far."""
    with tempfile.TemporaryDirectory() as folder:
        process = command(place, Path(folder, "out"), *words)
        until = time.monotonic() + 60
        while not ready() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(pause)
        kill(process)


def filled(place: Place) -> None:
    """A site with four datasets, for commands that are killed."""
    with place.site() as site, at_work(place):
        sent = [place.upload(site, place.draft(site, f"bo-{one}"), rows=3 + one).id for one in range(4)]
        assert set(place.wait(site, sent)) == {"published"}, place.log()
        assert place.wait_indexed(site)


def whole_or_empty(place: Place) -> bool:
    with place.site() as site, site.records.read() as unit:
        return unit.is_empty() or len(list(unit.entries())) == 4


def test_backup_restore_and_move_killed_at_any_moment_are_done_by_running_them_again(tmp_path: Path) -> None:
    here, there, third = Place(tmp_path / "here"), Bare(tmp_path / "there"), Bare(tmp_path / "third")
    filled(here)
    backup, many = tmp_path / "backup", objects(tmp_path / "here" / "files")
    for share in (0.3, 1.0):
        killed(here, lambda share=share: objects(backup) >= share * many, 0.0, "backup", str(backup))
        if not (backup / "backup.json").exists():
            code, told = datamo(there, "restore", str(backup))
            assert (code, told["error"]["code"]) == (1, "backup-missing")
    assert datamo(here, "backup", str(backup))[0] == 0
    settings = tmp_path / "new.env"
    settings.write_text("".join(f"{name}={value}\n" for name, value in third.environment.items()))
    for share, pause in ((0.5, 0.0), (1.0, 0.03)):
        for place, words in ((there, ("restore", str(backup))), (third, ("move", "--to", str(settings)))):
            aim = share * many
            killed(there if words[0] == "restore" else here, lambda aim=aim, place=place: objects(place.folder / "files") >= aim,
                   pause, *words)
            assert whole_or_empty(place), words
    for place, begun, words in ((there, there, ("restore", str(backup))), (third, here, ("move", "--to", str(settings)))):
        code, told = datamo(begun, *words)
        assert (code, told.get("ok") or told["error"]["code"]) in [(0, True), (1, "site-not-empty")], told
        with here.site() as one, place.site() as other:
            assert answers(one) == answers(other)
            assert list(other.catalog.verify(deep=True)) == []
