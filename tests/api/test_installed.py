"""The installed command works from any folder: nothing it needs is found only because the project's folder is near."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import missing


def test_the_installed_command_prepares_a_site_in_a_folder_far_away(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("datamo")
    if not script.exists():
        missing("the command datamo", "the project is not installed beside this Python")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for command in (["init"], ["standards", "show", "vn-school"], ["verify"]):
        done = subprocess.run([script, *command], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "var" / "datamo.db").exists()
