"""The calls of the API that give what a page shows: its addresses, and lines of code that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from api.dialects.html.view import Reader
from catalog.model import Entry, Resource, Version

LIMIT = "100"
FORMATS: Mapping[str, str] = {"xlsx": "XLSX", "csv": "CSV", "ndjson": "JSON", "parquet": "Parquet"}
FILES: Mapping[str, str] = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a version as the API addresses it; ``pinned`` where the address is to name the version."""

    site: str
    slug: str
    version: int
    resource: str
    first: bool
    roles: frozenset[str]
    pinned: bool

    @property
    def about(self) -> str:
        """The description of the dataset, or of the version."""
        base = f"{self.site}/api/v1/datasets/{quote(self.slug)}"
        return f"{base}/versions/{self.version}" if self.pinned else base

    def rows(self, parts: Mapping[str, str], **more: str) -> str:
        """The address of rows: ``parts`` are the query's, ``more`` says how many and in which format."""
        base = f"{self.site}/api/v1/datasets/{quote(self.slug)}"
        path = base + ("/rows" if self.first else f"/resources/{quote(self.resource)}/rows")
        pinned = {"version": str(self.version)} if self.pinned else {}
        return f"{path}?{urlencode({**pinned, **parts, **more}, quote_via=quote)}"

    def file(self, role: str) -> str:
        """The address of the whole table in a format."""
        return f"{self.about}/files/{quote(self.resource)}.{role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What the API section shows; ``codes`` are (language, lines) pairs, ``exports`` and ``files`` (name, address)."""

    about: str
    rows: str
    files: Sequence[tuple[str, str]]
    exports: Sequence[tuple[str, str]]
    codes: Sequence[tuple[str, str]]


def table(site: str, entry: Entry, version: Version, shown: Resource, *, pinned: bool) -> Table:
    """The table that a page shows."""
    return Table(
        site=site, slug=entry.slug, version=version.number, resource=shown.name, first=shown is version.first_table,
        roles=frozenset(one.role for one in shown.files), pinned=pinned,
    )


def calls(reader: Reader, one: Table, parts: Mapping[str, str], sql: str) -> Calls:
    """What gives the rows that the page shows: ``parts`` as the rows API takes them, ``sql`` as DuckDB does."""
    asked = one.rows(parts, limit=LIMIT) if "parquet" in one.roles else ""
    exports = [(name, one.rows(parts, format=form, limit="all")) for form, name in FORMATS.items()] if asked else []
    whole = one.rows(parts, format="csv", limit="all") if parts and asked else one.file("csv")
    files = [(name, one.file(role)) for role, name in FILES.items() if role in one.roles]
    return Calls(about=one.about, rows=asked, files=files, exports=exports,
                 codes=_codes(reader, one, asked, whole, sql))


def _codes(reader: Reader, one: Table, asked: str, whole: str, sql: str) -> list[tuple[str, str]]:
    zeros = reader.say("giữ số 0 ở đầu mã")
    name = quote(one.resource)
    found = [
        ("curl", (f'curl "{asked}"\n' if asked else "") + f'curl -o {name}.csv "{whole}"'),
        ("Python", f'import pandas as pd\ndf = pd.read_csv("{whole}", dtype=str)  # {zeros}'),
        ("R", f'df <- read.csv("{whole}", colClasses = "character")  # {zeros}'),
    ]
    if asked:
        script = f'const answer = await fetch("{asked}");\nconst {{ items, total, next }} = await answer.json();'
        lines = f"SELECT * FROM '{one.file('parquet')}'{sql or ' LIMIT 10'};"  # noqa: S608 - shown, never asked by us
        found += [("JavaScript", script), ("DuckDB", lines)]
    return found
