"""Commands that make and run a site: init, migrate, serve, work, reset."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.ckan_options import parse
from api.cli.voice import EXIT_DONE, EXIT_DOWN, EXIT_REFUSED, meet_search, opened, voice

if TYPE_CHECKING:
    from api.watch.meters import Meters
    from api.wiring import Site

app = typer.Typer()

DRAIN_SECONDS = 40
ANSWER_SECONDS = 30
"""How long answers under way may take when the site is told to stop."""
WAITING = 4096
"""Connections that may wait to be taken when thousands come at once; the system may hold it to fewer."""


@app.command()
def init(context: typer.Context) -> None:
    """Prepare the database, the folders and the site's secret; safe to repeat."""
    with opened(context) as site:
        site.migrate()
        meet_search(context, site)
        words = voice(context)
        words.say("Đã chuẩn bị xong.", "The site is prepared.")
        words.give({"database": site.settings.database_url.partition("@")[2] or site.settings.database_url}, "")


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the database to this version."""
    with opened(context) as site:
        site.migrate()
        words = voice(context)
        words.say("Cơ sở dữ liệu đã ở phiên bản này.", "The database is at this version.")
        words.give({"migrated": True}, "")


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Number of web processes.")] = 1,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Run a pipeline worker beside.")] = False,
) -> None:
    """Serve the portal and the APIs until Ctrl-C; answers under way are finished first, for at most 30 seconds."""
    import uvicorn

    from api.wiring import share_meters

    _see_port(context, host, port, "--port")
    with opened(context) as site:
        _write_down(site)
        site.prepare(threading.Event())
        meet_search(context, site, patient=True)
        shared = share_meters(site.settings) if with_worker or workers > 1 else None
    beside = WorkerBeside(start_worker) if with_worker else None
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it has shut down: we go on to the end
    voice(context).say(f"Đang phục vụ tại http://{host}:{port}", f"Serving at http://{host}:{port}")
    try:
        uvicorn.run(
            "api.cli.site:make_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=True,
            backlog=WAITING,
            timeout_graceful_shutdown=ANSWER_SECONDS,
        )
    finally:
        if beside is not None:
            beside.stop()
        if shared is not None:
            shutil.rmtree(shared, ignore_errors=True)


def _see_port(context: typer.Context, host: str, port: int, option: str) -> None:
    """Leave with a sentence where nobody can listen: another program does, or the address is not this machine's."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        voice(context).say(
            f"Không mở được {host}:{port} ({why}): hãy chọn cổng khác bằng {option}, hoặc dừng chương trình ở đó.",
            f"{host}:{port} cannot be listened at ({why}): choose another by {option}, or stop the program that does.",
        )
        raise typer.Exit(EXIT_DOWN) from None


def _write_down(site: Site, meters: Meters | None = None) -> None:
    """Let this process write its log as the settings say, and count the errors in it."""
    from api.watch.logs import set_up

    set_up(form=site.settings.log_format, count=meters.logged if meters else None)


def make_app() -> Any:
    """Make the application of the settings' site: what each web process starts with."""
    from api.cli import COLLECT_EVERY
    from api.wiring.memory import thrifty, welcoming

    gc.set_threshold(COLLECT_EVERY)  # a web process of several does not come through ``main``
    thrifty()
    welcoming()
    from api.app import create_app
    from api.watch.meters import Meters
    from api.wiring import open_site, shared_counters

    meters = Meters()
    site = open_site(meters=meters)
    _write_down(site, meters)
    settings = site.settings
    site.shelf.keep()
    app = create_app(
        site.catalog,
        site.files,
        site_url=settings.site_url,
        language=settings.language,
        environment=settings.environment,
        upload_limit=settings.upload_limit,
        search_wait=settings.search_refresh == "wait",
        rate_limits=settings.rate_limited,
        counters=shared_counters(),
        ckan_options=parse(settings.ckan_options),
        extras={"mcp": settings.mcp == "on", "engines": site.engines},
        meters=meters,
        rooms=site.rooms,
        shelf=site.shelf,
        fetcher=site.fetcher(),
    )
    gc.freeze()  # what is there now stays: it is not looked through again
    return app


def start_worker() -> subprocess.Popen[bytes]:
    """Start a worker process that ends when this one does."""
    return subprocess.Popen([sys.executable, "-m", "api.cli", "work", "--parent", str(os.getpid())])  # noqa: S603


class WorkerBeside:
    """A worker process beside the web process: one that dies is started anew, since nobody else would.

    A worker that dies again and again is started more and more rarely, at least every ``longest`` seconds.
    """

    def __init__(
        self, start: Callable[[], subprocess.Popen[bytes]], *, pause: float = 1.0, longest: float = 60.0
    ) -> None:
        self._start = start
        self._pause = pause
        self._longest = longest
        self._stopping = threading.Event()
        self.process = start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _keep(self) -> None:
        pause = self._pause
        begun = time.monotonic()
        while True:
            self.process.wait()
            pause = self._pause if time.monotonic() - begun > self._longest else min(pause * 2, self._longest)
            if self._stopping.wait(pause):
                return
            begun = time.monotonic()
            self.process = self._start()
            if self._stopping.is_set():  # it was told to stop while the new one started
                self.process.terminate()

    def stop(self) -> None:
        """Let the worker finish its steps, but not for ever: what is cut off is taken up at the next start."""
        self._stopping.set()
        self.process.terminate()
        self._keeper.join(DRAIN_SECONDS)
        if self._keeper.is_alive():
            self.process.kill()
            self._keeper.join()


@app.command()
def work(
    context: typer.Context,
    slot: Annotated[int, typer.Option(min=0, max=64, help="Take this slot; 0 takes the first that is free.")] = 0,
    metrics_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Tell Prometheus at this port what the worker counts; 0: nowhere.")
    ] = 0,
    metrics_host: Annotated[str, typer.Option(help="Address of the port for metrics.")] = "127.0.0.1",
    parent: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    """Run a pipeline worker until Ctrl-C or SIGTERM; what is under way then goes on at the next start."""
    from api.watch.meters import Meters
    from api.wiring import Away
    from catalog.errors import Unavailable
    from pipelines.patience import told_to_stop

    stop = told_to_stop()
    if metrics_port:
        _see_port(context, metrics_host, metrics_port, "--metrics-port")
    if parent:
        threading.Thread(target=_leave_with, args=(parent, stop), daemon=True).start()
    meters = Meters()
    with opened(context, writer=True, meters=meters) as site:
        _write_down(site, meters)
        if metrics_port:
            meters.serve(metrics_host, metrics_port)
        try:
            site.prepare(stop)
            meet_search(context, site, patient=True)
            worker = site.worker()
            gc.freeze()
            worker.run(stop, slot or None)
        except (Away, Unavailable):
            if not stop.is_set():
                raise
    sys.stderr.flush()
    os._exit(EXIT_DONE)  # a step that has not ended by now goes on at the next start: do not wait for its thread


def _leave_with(parent: int, stop: threading.Event) -> None:
    """Stop when the process that started us is gone."""
    while os.getppid() == parent and not stop.wait(1.0):
        pass
    stop.set()


@app.command()
def reset(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Really empty the site.")] = False,
) -> None:
    """Empty the site, its first administrator and her token kept; only in environment test."""
    words = voice(context)
    with opened(context) as site:
        if site.settings.environment != "test":
            words.say("Chỉ dùng được khi DATAMO_ENVIRONMENT=test.", "Only where DATAMO_ENVIRONMENT=test.")
            raise typer.Exit(EXIT_REFUSED)
        if not yes:
            words.say("Thêm --yes để xóa mọi thứ.", "Add --yes to empty the site.")
            raise typer.Exit(EXIT_REFUSED)
        site.migrate()
        site.catalog.reset()
        words.give({"reset": True}, "")
