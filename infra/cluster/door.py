"""nginx as it stands before the web processes: infra/nginx/nginx.conf itself, with the places of this machine put in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

CONF = Path(__file__).resolve().parent.parent / "nginx" / "nginx.conf"
SBIN = "/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def binary() -> str | None:
    """Where nginx is installed."""
    return shutil.which("nginx") or shutil.which("nginx", path=SBIN)


def config(folder: Path, port: int, webs: Sequence[int], limits: Mapping[str, str] | None = None) -> Path:
    """Write the configuration for web processes at these ports into a folder; ``limits`` change values of directives.

    Raises KeyError for a line that is not there any more.
    """
    text = CONF.read_text()
    servers = "\n".join(f"    server 127.0.0.1:{one} max_fails=2 fail_timeout=5s;" for one in webs)
    scratch = "\n".join(f"  {one}_temp_path {folder}/nginx-{one};" for one in TEMPORARY)
    for pattern, here in (
        (r"^ *resolver .*\n", ""),
        (r"^ *zone web .*\n", ""),
        (r"^ *server web:8000 .*$", servers),
        (r"listen 8080;", f"listen 127.0.0.1:{port};"),
        (r"^pid .*$", f"pid {folder}/nginx.pid;"),
        (r"^error_log .*$", f"error_log {folder}/nginx.log warn;"),
        (r"^http \{$", f"http {{\n{scratch}"),
        (r"^worker_processes .*$", "worker_processes 1;"),
        *((rf"(?m)^( *){name} [^;]*;", rf"\g<1>{name} {value};") for name, value in (limits or {}).items()),
    ):
        text, found = re.subn(pattern, here, text, flags=re.MULTILINE)
        if not found:
            raise KeyError(pattern)
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


def command(path: Path) -> list[str]:
    """What starts it so that it stays our child."""
    found = binary()
    if found is None:
        raise FileNotFoundError("nginx")
    return [found, "-c", str(path), "-p", str(path.parent), "-g", "daemon off;"]
