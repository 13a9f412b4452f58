"""Which adapter an address chooses: databases, stores of files, search; and what is said of one that cannot be used."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api.settings import REMEDIES, Away, Settings, WrongSetting
from catalog.errors import Unavailable
from catalog.ports import Files, Index, Records, Tables
from pipelines.flow import QUEUES, start_of

STORES: Mapping[str, tuple[str, str]] = {
    "storage-denied": ("names a store that refuses our keys",
                       "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys that may do everything there"),
    "storage-no-bucket": ("names a bucket that is not there", "make the bucket first, or name another"),
    "storage-public": ("names a bucket that anybody may read", "block public access to it, for drafts lie in it too"),
    "storage-full": ("names a store that is full", "make room there"),
    "storage-clock": ("names a store whose clock differs from ours by a quarter of an hour or more",
                      "set the clock of this machine right (chrony, ntpd), or that of the store"),
    "storage-down": ("names a store that cannot be used", "see that it runs, can be reached from here and written to"),
}
"""What a store that cannot be used is said to be, and what to do."""

DATABASES: Mapping[str, tuple[type[WrongSetting], str, str]] = {
    "database-down": (Away, "names a database that does not answer", "see that it runs and can be reached from here"),
    "database-denied": (WrongSetting, "names a database that does not let us in or is not there",
                        "see that the name, the password and the database are right"),
    "database-newer": (WrongSetting, "names a database that belongs to a newer Datamo",
                       "run that version, or restore a backup from before the upgrade"),
    "database-read-only": (WrongSetting, "names a database that takes no changes",
                           "name the primary server, not a standby, or let this user write to the file and its folder"),
    "database-no-rights": (WrongSetting, "names a database in which its user may not make tables",
                           "let that user own the database, or grant it CREATE on the database and on schema public"),
    "database-encoding": (WrongSetting, "names a database that does not keep letters in UTF-8",
                          "make another one: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"),
    "database-empty": (WrongSetting, "names a database that was never prepared", "run datamo init first"),
}
"""What a database that cannot be used is said to be, and what to do."""

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


def jobs_of(url: str) -> Any:
    """Give the queue of jobs in a database."""
    from catalog.adapters.sql.jobs import SqlJobs, jobs_engine

    return SqlJobs(jobs_engine(url), start_of, QUEUES)


def tables_of(url: str) -> Tables:
    """Rows that change lie beside the records: in files of their own, or in a schema of the same server."""
    if url.startswith("sqlite"):
        from catalog.adapters.tables_sqlite import SqliteTables

        path = Path(url.removeprefix("sqlite:///"))
        return SqliteTables(path.with_name(f"{path.stem}-tables"))
    from catalog.adapters.tables_postgres import PostgresTables

    return PostgresTables(url.replace("postgresql+psycopg://", "postgresql://", 1))


def records_of(url: str, jobs: Any) -> Records:
    """Give the records in a database; what they enqueue is written with them."""
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


def prove_folder(setting: str, path: Path) -> None:
    """Make a folder if need be and see that a file can be made in it. Raises WrongSetting, which names the setting."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as probe:
            probe.write(b"datamo")
    except OSError as wrong:
        full = wrong.errno in {errno.ENOSPC, errno.EDQUOT}
        said = "lies on a disk that is full" if full else "names a folder that cannot be written to"
        raise WrongSetting(setting, said, "make room there" if full else REMEDIES[setting]) from None


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

def open_folder(folder: Path) -> Files:
    """Give a folder of this machine as a store of objects, for a backup."""
    from catalog.adapters.files_local import LocalFiles

    return LocalFiles(folder.absolute())

FILES: Mapping[str, Callable[..., Any]] = {"file": _local_files, "s3": _s3_files}
INDEXES: Mapping[str, Callable[..., Any]] = {"tantivy": _tantivy, "http": _elastic, "https": _elastic}


def chosen(
    settings: Settings, name: str, table: Mapping[str, Callable[..., Any]], *, writer: bool, **more: Any
) -> Any:
    """Make the adapter that the address's scheme names."""
    scheme, colon, rest = str(getattr(settings, name)).partition(":")
    if not colon or not rest or scheme not in table:
        raise WrongSetting(name, f"names nothing that this version knows ({', '.join(table)})", REMEDIES[name])
    return table[scheme](rest, settings, writer=writer, **more)
