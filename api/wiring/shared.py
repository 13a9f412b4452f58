"""What processes of one site share on a machine: its secret, the folder that they count in, its language."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path
from typing import Final

from api.settings import Settings
from api.wiring.engines import database_url

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""What the library of metrics calls the folder in the environment; our own counters stand there too."""

COUNTERS: Final = "counters"


def kept_secret(settings: Settings) -> str:
    """Read the site's secret, or make it once; only the site's own user may read the file."""
    url = database_url(settings)
    path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else Path("var/datamo.db").absolute()
    path = path.with_name(path.name + ".secret")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        made = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process was faster: its secret holds
            os.link(made, path)
        made.unlink()
    return path.read_text(encoding="ascii").strip()


def share_meters(settings: Settings) -> Path:
    """Let all processes that this one starts count together, in a folder that this one removes at its end.

    To be called before anything is imported that counts: the library looks once. What processes that were killed left
    behind is removed.
    """
    work = settings.work_dir.absolute()
    for left in work.glob("meters-*"):
        if not Path("/proc", left.name.partition("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = work / f"meters-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(folder)
    return folder


def shared_counters() -> Path | None:
    """Give the file in which this process counts requests with others; None where it is the only one."""
    said = os.environ.get(FOLDER)
    return Path(said, COUNTERS) if said else None


def language_of_environment() -> str:
    """Find the language for a person when the settings themselves may be wrong."""
    return "en" if os.environ.get("DATAMO_LANGUAGE") == "en" else "vi"
