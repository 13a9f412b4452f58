"""A site, wired: addresses go in, a Catalog on real adapters (and, if wanted, a worker) comes out."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from api.described import package_of
from api.messages import notices
from api.settings import REMEDIES, Away, Settings, WrongSetting, read_settings
from api.wiring.engines import (
    DATABASES,
    FILES,
    INDEXES,
    STORES,
    chosen,
    database_url,
    jobs_of,
    prove_folder,
    records_of,
    tables_of,
)
from api.wiring.shared import kept_secret
from catalog.catalog import Catalog
from catalog.errors import Unavailable
from catalog.model import NOBODY, Entry
from catalog.notice import Mail
from catalog.ports import Files, Index, Records, Tables
from pipelines.carrying.house import House
from pipelines.fetch import Fetcher, Guard
from pipelines.flow import Workshop
from pipelines.sandbox import Spawn
from pipelines.serving.shelf import Shelf, with_shelf

if TYPE_CHECKING:  # what counts looks at the environment when it is imported: not before ``share_meters``
    from api.watch.meters import Meters

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""Dates of validity are dates in Viet Nam."""

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

        Raises WrongSetting when the store of files, the database or a folder cannot be used as it is set; Away when
        one of them does not answer.
        """
        self._prove_rooms()
        self._prove_files()
        with self.naming_settings():
            self.records.migrate()
            self.jobs.prepare()

    def _prove_rooms(self) -> None:
        for name in ("work_dir", "copies_dir"):
            prove_folder(name, getattr(self.settings, name).absolute())

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
            site_url=self.settings.site_url, mail=self.mail(), language=self.settings.language,
            letter=functools.partial(notices.letter, self.settings.site_url.rstrip("/")),
            document=self.document,
        )

    def document(self, entry: Entry) -> Mapping[str, Any] | None:
        """Give a public dataset as the native API shows it; raises NotFound, Gone."""
        from api.dialects.v1.render import dataset

        version = self.catalog.version(NOBODY, entry.id)
        organisation = self.catalog.organisation(NOBODY, entry.organisation)
        today = datetime.now(VIETNAM).date()
        return dataset(entry, version, organisation, self.settings.site_url.rstrip("/"), today)

    def mail(self) -> Mail | None:
        """Give what sends letters, None where no server is set. Raises WrongSetting."""
        if not self.settings.smtp_url:
            return None
        from catalog.adapters.mail_smtp import SmtpMail

        try:
            return SmtpMail(self.settings.smtp_url, self.settings.mail_from)
        except ValueError as wrong:
            raise WrongSetting("smtp_url", "is not understood", REMEDIES["smtp_url"]) from wrong

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

    @property
    def engines(self) -> dict[str, str]:
        """Name the engines behind the site, as its operators know them."""
        settings = self.settings
        return {
            "database": "SQLite" if settings.database_url.startswith("sqlite") else "PostgreSQL",
            "search": "tantivy" if settings.search_url.startswith("tantivy:") else "Elasticsearch",
            "files": "S3" if settings.files_url.startswith("s3:") else "file",
        }

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
    jobs = jobs_of(url)
    tables = tables_of(url)
    records = records_of(url, jobs)
    store = chosen(settings, "files_url", FILES, writer=writer)
    files, shelf = with_shelf(store, settings.copies_dir.absolute() / "serving", settings.copies_limit)
    secret = settings.secret or kept_secret(settings)
    index = chosen(settings, "search_url", INDEXES, writer=writer, secret=secret)
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
