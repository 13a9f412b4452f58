"""The programs of others read a published dataset from its address: Frictionless, mlcroissant, pandas."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from frictionless import Package, system

from tests.faults.place import Place
from tests.running import Running, running

SCHOOLS = (
    'ma,ten,muc,ngay,lop\n00123,Trường Tiểu học Đống Đa,"1.047,5",31/12/2025,\n'
    '00456,Trường THCS Lê Lợi,"65,25",01/02/2026,12\n'
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    with running(Place(tmp_path_factory.mktemp("site"))) as site:
        slug = site.draft("Trường học Đống Đa")
        sent = site.upload(slug, SCHOOLS.encode(), "truong.csv")
        assert site.end(sent.json()["id"])["state"] == "published", site.place.log()
        yield site, f"{site.url}/datasets/{slug}"


@pytest.fixture(autouse=True)
def straight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy stands between a program and this machine, and nothing of it is kept."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("HOME", str(tmp_path))


def test_frictionless_finds_package_and_rows_valid(here: tuple[Running, str]) -> None:
    _, address = here
    with system.use_context(trusted=True):
        package = Package(f"{address}/datapackage.json")
        report = package.validate()
        assert report.valid, report.flatten(["message"])
        assert [[str(one) for one in row.values()] for row in package.resources[0].read_rows()] == [
            ["00123", "Trường Tiểu học Đống Đa", "1047.5", "2025-12-31", "None"],
            ["00456", "Trường THCS Lê Lợi", "65.25", "2026-02-01", "12"],
        ]


CROISSANT = """
import json, sys, mlcroissant
found = mlcroissant.Dataset(jsonld=sys.argv[1])
assert not found.metadata.ctx.issues.errors
assert not [one for one in found.metadata.ctx.issues.warnings if "schema.org/license" not in one]
assert found.metadata.ctx.conforms_to.value == sys.argv[2], found.metadata.ctx.conforms_to
rows = found.records(found.metadata.record_sets[0].id)
print(json.dumps([{name.rpartition("/")[2]: value for name, value in row.items()} for row in rows], default=lambda one: (
    one.decode() if isinstance(one, bytes) else str(one))))
"""


@pytest.mark.parametrize(("form", "follows"), [("croissant.json", "1.0"), ("croissant-1.1.json", "1.1")])
def test_mlcroissant_finds_no_fault_and_yields_the_rows(here: tuple[Running, str], form: str, follows: str) -> None:
    """In a process of its own: it closes the streams of whoever loads it (absl's logging does, at the next change)."""
    _, address = here
    asked = [sys.executable, "-c", CROISSANT, f"{address}/{form}", f"http://mlcommons.org/croissant/{follows}"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout.splitlines()[-1])
    assert [row["ma"] for row in rows] == ["00123", "00456"]
    assert [row["muc"] for row in rows] == [1047.5, 65.25]
    assert [row["ngay"][:10] for row in rows] == ["2025-12-31", "2026-02-01"]
    assert float(rows[1]["lop"]) == 12
