"""Take pictures of the demo site's main pages into docs/pictures, with the Chromium of the machine."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.demo.run import HOME, settings_of

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REFUSED = "xa-bac-ninh-tcvn3.csv"
LARGEST = 150_000
WIDE, PHONE = 1280, 500
PAGES = {
    "home": ("/", WIDE, 1360), "results": ("/datasets?q=xa+phuong", WIDE, 960),
    "dataset": ("/datasets/xa-phuong-dac-khu", WIDE, 2000), "check": ("/check", WIDE, 900),
    "chart": ("/datasets/xa-phuong-dac-khu/chart?form=bar&x=province_name", WIDE, 1000),
    "map": ("/datasets/carparks-singapore/map", WIDE, 860),
    "codes": ("/codelists/vn-commune?on=1/7/2025&vs=30/6/2025", WIDE, 900), "standard": ("/standards/vn-admin-area", WIDE, 1100),
    "phone": ("/datasets/carparks-singapore?lang=en", PHONE, 1300),
}
"""The main pages with the width and height shown, and what the guides show: a chart, and codes on two days.

A window of Chromium is never narrower than ``PHONE``.
"""

REPORT_HEIGHT = 1400
PATIENCE_SECONDS = 120.0
ROOT = 0


def browser() -> str:
    """Where Chromium is; ends with a sentence where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or sys.exit("Pictures need Chromium, which is not here. On Debian: apt-get install chromium")


@contextmanager
def demo_site(port: int) -> Iterator[str]:
    """The demo, published where it was not, and served while the block runs; gives its address."""
    url, environment = f"http://127.0.0.1:{port}", {**os.environ, **settings_of(port)}
    subprocess.run([sys.executable, "-m", "infra.demo.run", "--port", str(port), "--serve", "0"], check=True)
    serving = subprocess.Popen([sys.executable, "-m", "api.cli", "serve", "--port", str(port)], env=environment)
    try:
        _wait(url + "/healthz", serving)
        yield url
    finally:
        serving.terminate()
        serving.wait(30)


def _wait(url: str, serving: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and serving.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The demo site did not come up.")


def report(url: str) -> str:
    """The report on the file that the demo refuses, as /check answers it; styles are asked of the site."""
    mark = uuid.uuid4().hex
    content = (HOME / "inbox" / REFUSED).read_bytes()
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="standard"\r\n\r\nvn-admin-area\r\n'.encode(),
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{REFUSED}"\r\n\r\n'.encode(),
        content, f"\r\n--{mark}--\r\n".encode(),
    ]
    request = urllib.request.Request(
        f"{url}/check", b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={mark}", "Origin": url})
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        text: str = answer.read().decode()
    return text.replace("<head>", f'<head><base href="{url}/">', 1)


def take(chromium: str, address: str, name: str, width: int, height: int) -> None:
    """One picture; ends with a sentence where it is missing or too large for a repository."""
    path = FOLDER / f"{name}.webp"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        subprocess.run(
            [chromium, "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
             *(["--no-sandbox"] if os.geteuid() == ROOT else []), f"--window-size={width},{height}",
             f"--screenshot={path}", address],
            check=True, timeout=PATIENCE_SECONDS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
    size = path.stat().st_size if path.exists() else 0
    if not 0 < size <= LARGEST:
        sys.exit(f"{path.name}: {size} bytes, wanted are 1 to {LARGEST}.")
    print(f"docs/pictures/{path.name}: {size:,} bytes")


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of ``make pictures``."""
    parser = argparse.ArgumentParser(prog="make pictures", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port, chromium = parser.parse_args(arguments).port, browser()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo_site(port) as url, tempfile.TemporaryDirectory() as folder:
        for name, (path, width, height) in PAGES.items():
            take(chromium, url + path, name, width, height)
        page = Path(folder) / "report.html"
        page.write_text(report(url), encoding="utf-8")
        take(chromium, page.as_uri(), "report", WIDE, REPORT_HEIGHT)


if __name__ == "__main__":
    main()
