"""The only place that chooses: addresses go in, a Catalog on real adapters (and, if wanted, a worker) comes out."""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from api.described import package_of
from api.settings import REMEDIES, Away, Settings, WrongSetting, read_settings
from catalog.catalog import Catalog
from catalog.errors import Unavailable
from catalog.ports import Files, Index, Records, Tables
from pipelines.carrying.house import House
from pipelines.fetch import Fetcher, Guard
from pipelines.flow import QUEUES, Workshop, start_of
from pipelines.sandbox import Spawn
from pipelines.serving.shelf import Shelf, with_shelf

if TYPE_CHECKING:  # what counts looks at the environment when it is imported: not before ``share_meters``
    from api.watch.meters import Meters

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""Dates of validity are dates in Viet Nam."""

STORES: Mapping[str, tuple[str, str]] = {
    "storage-denied": ("names a store that refuses our keys",
                       "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys that may do everything there"),
    "storage-no-bucket": ("names a bucket that is not there", "make the bucket first, or name another"),
    "storage-public": ("names a bucket that anybody may read", "block public access to it, for drafts lie in it too"),
    "storage-full": ("names a store that is full", "make room there"),
    "storage-down": ("names a store that cannot be used", "see that it runs, can be reached from here and written to"),
}
"""What a store that cannot be used is said to be, and what to do."""

DATABASES: Mapping[str, tuple[type[WrongSetting], str, str]] = {
    "database-down": (Away, "names a database that does not answer", "see that it runs and can be reached from here"),
    "database-denied": (WrongSetting, "names a database that does not let us in or is not there",
                        "see that the name, the password and the database are right"),
    "database-newer": (WrongSetting, "names a database that belongs to a newer Datamo",
                       "run that version, or restore a backup from before the upgrade"),
    "database-empty": (WrongSetting, "names a database that was never prepared", "run datamo init first"),
}
"""What a database that cannot be used is said to be, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site, wired: its settings, its catalogue and the adapters behind it."""

    settings: Settings
    catalog: Catalog
    records: Records
    files: Files
    index: Index
    jobs: Any
    secret: str
    shelf: Shelf
    tables: Tables | None = None
    writer: bool = False
    meters: Meters | None = None

    def migrate(self) -> None:
        """Bring the records and the queue to this version; safe to repeat, also by several processes at once.

        Raises WrongSetting when the store of files or the database cannot be used as it is set; Away when one of them
        does not answer.
        """
        self._prove_files()
        with self.naming_settings():
            self.records.migrate()
            self.jobs.prepare()

    def _prove_files(self) -> None:
        try:
            self.files.check()
        except Unavailable as refused:
            raise self._wrong_store(refused.code) from refused

    def _wrong_store(self, code: str) -> WrongSetting:
        said, remedy = STORES.get(code, STORES["storage-down"])
        away = code == "storage-down" and self.settings.files_url.startswith("s3:")
        return (Away if away else WrongSetting)("files_url", said, remedy)

    def prove(self, *, files: bool = True) -> None:
        """See that the store can be used, and the database is there and prepared. Raises WrongSetting."""
        if files:
            self._prove_files()
        with self.naming_settings(), self.records.read() as unit:
            revision = unit.revision()
            if not revision or not unit.knows(revision):
                raise Unavailable("database-newer" if revision else "database-empty")

    @contextlib.contextmanager
    def naming_settings(self) -> Iterator[None]:
        """Say which setting names the engine that is not as it should be, and what to do. Raises WrongSetting."""
        try:
            yield
        except Unavailable as refused:
            if refused.code in DATABASES:
                kind, said, remedy = DATABASES[refused.code]
                raise kind("database_url", said, remedy) from refused
            if refused.code in STORES and refused.code != "storage-full":  # which of them is full is not known here
                raise self._wrong_store(refused.code) from refused
            raise

    def workshop(self) -> Workshop:
        """Give what the flows work with."""
        from pipelines.check import examine
        from pipelines.lists import Bookcase
        from pipelines.nursery import Nursery

        nursery: Spawn = Nursery()
        if self.meters is not None:
            from api.watch.ports import watched_children

            nursery = watched_children(nursery, self.meters)
        return Workshop(
            catalog=self.catalog, records=self.records,
            files=self.files,
            index=self.index,
            work=self.settings.work_dir.absolute(),
            today=lambda: datetime.now(VIETNAM).date(),
            examine=functools.partial(examine, start=nursery),
            start=nursery,
            jobs=self.jobs,
            bookcase=Bookcase(self.catalog, self.files), fetcher=self.fetcher(), keys=self.settings.harvest_key,
            package=functools.partial(package_of, self.catalog, self.settings.site_url),
        )

    def fetcher(self) -> Fetcher:
        """Give the one client that asks the network, held to what the operator allows."""
        return Fetcher(Guard.of(*self.settings.reach), agent=f"Datamo (+{self.settings.site_url})")

    def erase_now(self) -> int | None:
        """Finish the erasures that were confirmed, unless a worker is at it (None): it does so within seconds."""
        from catalog.adapters.sql.jobs import jobs_engine
        from catalog.adapters.sql.locks import Locks
        from pipelines.flow import erasures
        from pipelines.worker import FOLLOWERS_LOCK

        engine = jobs_engine(database_url(self.settings))
        locks = Locks(engine)
        try:
            return erasures(self.workshop()) if locks.take(FOLLOWERS_LOCK) else None
        finally:
            locks.release_all()
            engine.dispose()

    def house(self) -> House:
        """Give what backing up, restoring and moving work with."""
        return House(catalog=self.catalog, records=self.records, files=self.files, index=self.index, jobs=self.jobs,
                     tables=self.tables)

    def prepare(self, stop: threading.Event) -> None:
        """Do as ``migrate`` does, but wait some minutes for a store or a database that is away, or until ``stop``."""
        from pipelines.patience import patiently

        patiently(self.migrate, stop, what="start", passing=lambda problem: isinstance(problem, Away))

    def worker(self, **wishes: Any) -> Any:
        """Give a worker for this site (``pipelines.worker.Worker``) that is prepared; one process holds one."""
        from catalog.adapters.sql.jobs import jobs_engine, worker_config
        from catalog.adapters.sql.locks import Locks
        from pipelines.worker import Worker

        here = self if self.writer else open_site(self.settings, writer=True, meters=self.meters)
        engine = jobs_engine(database_url(self.settings))
        return Worker(
            here.workshop(),
            config=lambda slot: worker_config(engine, slot),
            bench=here.jobs,
            locks=Locks(engine),
            **{"at_once": self.settings.checks_at_once, "watch": self.meters, **wishes},
        )

    @property
    def rooms(self) -> dict[str, Path]:
        """Give the folders of this machine whose disk may fill up."""
        settings = self.settings
        found = {"work": settings.work_dir, "copies": settings.copies_dir}
        if settings.files_url.startswith("file:"):
            found["files"] = Path(settings.files_url.removeprefix("file:").removeprefix("//"))
        if settings.search_url.startswith("tantivy:"):
            found["search"] = Path(settings.search_url.removeprefix("tantivy:").removeprefix("//"))
        if settings.database_url.startswith("sqlite"):
            found["database"] = Path(database_url(settings).removeprefix("sqlite:///")).parent
        return {name: path.absolute() for name, path in found.items()}

    def close(self) -> None:
        """Let go of everything."""
        self.index.close()
        self.records.close()
        self.jobs.close()
        if self.tables is not None:
            self.tables.close()


def open_site(
    settings: Settings | None = None, *, writer: bool = False, meters: Meters | None = None, **overrides: Any
) -> Site:
    """Wire a site from its settings. Raises WrongSetting for an address that is not understood.

    ``writer`` is for the processes that may write the search index (the worker, ``datamo reindex``); they never wait
    for search themselves. ``meters`` count what the store of files, the index and the sandbox are asked.
    """
    settings = settings or read_settings(**overrides)
    url = database_url(settings)
    jobs = _jobs(url)
    tables = _tables(url)
    records = _records(url, jobs)
    store = _choose(settings, "files_url", FILES, writer=writer)
    files, shelf = with_shelf(store, settings.copies_dir.absolute() / "serving", settings.copies_limit)
    secret = settings.secret or _kept_secret(settings)
    index = _choose(settings, "search_url", INDEXES, writer=writer, secret=secret)
    if meters is not None:
        from api.watch.ports import watched_files, watched_index

        files, index = watched_files(files, meters), watched_index(index, meters)
    catalog = Catalog(
        records=records, files=files, index=index, jobs=jobs, tables=tables,
        now=lambda: datetime.now(UTC),
        upload_limit=settings.upload_limit, review_default=settings.review_default,
        search_wait=settings.search_refresh == "wait" and not writer,
        declaration=settings.declaration, read_only=settings.read_only, backup_days=settings.backup_days,
        guarded=not writer,
    )
    return Site(
        settings=settings, catalog=catalog, records=records, files=files, index=index, jobs=jobs,
        secret=secret, shelf=shelf, tables=tables, writer=writer, meters=meters,
    )


def open_folder(folder: Path) -> Files:
    """Give a folder of this machine as a store of objects, for a backup."""
    from catalog.adapters.files_local import LocalFiles

    return LocalFiles(folder.absolute())


def database_url(settings: Settings) -> str:
    """Give the database's address as SQLAlchemy wants it: an absolute path, or the psycopg driver named."""
    scheme, _, rest = settings.database_url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest != "/":
        path = Path(rest[1:]).absolute()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            said = "lies in a folder that cannot be made"
            raise WrongSetting("database_url", said, REMEDIES["database_url"]) from None
        return f"sqlite:///{path}"
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"} and rest and _has_sane_port(settings.database_url):
        return f"postgresql+psycopg://{rest}"
    raise WrongSetting("database_url", "is not an address of a database", REMEDIES["database_url"])


def _has_sane_port(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def _jobs(url: str) -> Any:
    from catalog.adapters.sql.jobs import SqlJobs, jobs_engine

    return SqlJobs(jobs_engine(url), start_of, QUEUES)


def _tables(url: str) -> Tables:
    """Rows that change lie beside the records: in files of their own, or in a schema of the same server."""
    if url.startswith("sqlite"):
        from catalog.adapters.tables_sqlite import SqliteTables

        path = Path(url.removeprefix("sqlite:///"))
        return SqliteTables(path.with_name(f"{path.stem}-tables"))
    from catalog.adapters.tables_postgres import PostgresTables

    return PostgresTables(url.replace("postgresql+psycopg://", "postgresql://", 1))


def _records(url: str, jobs: Any) -> Records:
    from catalog.adapters.sql import SqlRecords

    return SqlRecords(url, enqueue=jobs.enqueue)


def _local_files(address: str, _settings: Settings, **_: Any) -> Files:
    from catalog.adapters.files_local import LocalFiles

    try:
        return LocalFiles(_folder(address, "files_url"))
    except Unavailable as refused:
        said, remedy = STORES.get(refused.code, STORES["storage-down"])
        raise WrongSetting("files_url", said, remedy) from refused


def _folder(address: str, setting: str) -> Path:
    """Give the folder of an address, made if need be. Raises WrongSetting where it cannot be one."""
    path = Path(address.removeprefix("//")).absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        said = "names a folder that cannot be made"
        raise WrongSetting(setting, said, "name a folder that we may write to, or let us") from None
    return path


def _s3_files(address: str, settings: Settings, **_: Any) -> Files:
    from catalog.adapters.files_s3 import S3Files, address_of

    try:
        where = address_of(address)
    except ValueError:
        said = "is not the address of a bucket"
        raise WrongSetting("files_url", said, REMEDIES["files_url"]) from None
    return S3Files(where, settings.copies_dir.absolute(), room=settings.copies_limit)


def _tantivy(address: str, _settings: Settings, *, writer: bool, **_: Any) -> Index:
    from catalog.adapters.index_tantivy import TantivyIndex

    return TantivyIndex(_folder(address, "search_url"), writer=writer)


def _elastic(_address: str, settings: Settings, *, writer: bool, secret: str) -> Index:
    from catalog.adapters.index_elastic import ElasticIndex
    from catalog.adapters.index_elastic.address import WrongAddress, read

    try:
        address = read(settings.search_url, settings.search_key)
    except WrongAddress as wrong:
        raise WrongSetting("search_url", str(wrong), REMEDIES["search_url"]) from None
    return ElasticIndex(address, secret, writer=writer)


FILES: Mapping[str, Callable[..., Any]] = {"file": _local_files, "s3": _s3_files}
INDEXES: Mapping[str, Callable[..., Any]] = {"tantivy": _tantivy, "http": _elastic, "https": _elastic}


def _choose(
    settings: Settings, name: str, table: Mapping[str, Callable[..., Any]], *, writer: bool, **more: Any
) -> Any:
    """Make the adapter that the address's scheme names."""
    scheme, colon, rest = str(getattr(settings, name)).partition(":")
    if not colon or not rest or scheme not in table:
        raise WrongSetting(name, f"names nothing that this version knows ({', '.join(table)})", REMEDIES[name])
    return table[scheme](rest, settings, writer=writer, **more)


def _kept_secret(settings: Settings) -> str:
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
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def language_of_environment() -> str:
    """Find the language for a person when the settings themselves may be wrong."""
    return "en" if os.environ.get("DATAMO_LANGUAGE") == "en" else "vi"


__all__ = ["Away", "Settings", "Site", "WrongSetting", "database_url", "language_of_environment", "open_folder",
           "open_site", "read_settings", "share_meters"]
