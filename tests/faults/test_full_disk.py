"""A disk that is really full (reliability R6), of the database, the store or the work folder alone: nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.forked import ROOT

MOUNT = 'mount -t tmpfs -o size=6m small "$1/small"'


def may_mount(folder: Path) -> str:
    """Why no small disk can be mounted here, "" when it can: tried, not guessed."""
    if not shutil.which("unshare"):
        return "unshare is not installed"
    tried = subprocess.run(["unshare", "-rm", "sh", "-c", MOUNT, "sh", str(folder)], capture_output=True, text=True, check=False)
    return tried.stderr.strip()[:200] if tried.returncode else ""


@pytest.mark.parametrize("part", ["files", "database", "work"])
def test_a_full_disk_is_told_reads_go_on_and_all_is_well_when_there_is_room(tmp_path: Path, part: str) -> None:
    (tmp_path / "small").mkdir()
    if why := may_mount(tmp_path):
        pytest.skip(f"no small disk can be mounted here: {why}")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f'{MOUNT} && exec "$2" -m tests.faults.small_room "$1" "$3"', "sh", str(tmp_path),
         sys.executable, part],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=300,
    )
    assert done.stdout.strip().endswith("well"), done.stdout + done.stderr[-3000:]
