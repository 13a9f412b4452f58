"""`make cluster`: a whole site on one machine with one command, everything stopped by Ctrl-C."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from infra.cluster import cluster
from infra.cluster.engines import engines
from pipelines.patience import told_to_stop


def main() -> None:
    """Start the engines, then the site; tell where it is; wait for Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where nginx listens, on loopback")
    parser.add_argument("--folder", type=Path, default=Path("var/cluster"), help="where everything is kept")
    chosen = parser.parse_args()
    folder = chosen.folder.absolute()
    stop = told_to_stop()
    print("Starting PostgreSQL, SeaweedFS and Elasticsearch …", flush=True)
    with engines(folder) as settings, cluster(folder, settings, port=chosen.port) as site:
        env = folder / "env"
        env.touch(0o600)
        named = {name: value for name, value in site.environment.items() if name.startswith(("DATAMO_", "AWS_"))}
        env.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in named.items()))
        print(f"The site is at {site.url}; its settings are in {env}, its logs in {folder}.", flush=True)
        for name, one in site.processes.items():
            print(f"  {name:10} pid {one.pid:<8} port {site.ports[name]}", flush=True)
        print(f"First operator:  . {env} && datamo user add NAME --role operator\nCtrl-C stops everything.", flush=True)
        stop.wait()
        print("Stopping …", flush=True)


if __name__ == "__main__":
    main()
