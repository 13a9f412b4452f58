"""A plain list of datasets as CSV: a row for each, or for each of its files; for the sandbox."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from catalog.harvest import Found
from catalog.members import TITLE_LIMIT
from pipelines.format import Unreadable
from pipelines.harvest import words
from pipelines.harvest.shape import Asked, Parsed
from standards.record import Dataset
from standards.text import fold

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "identifier", "ma", "ma bo du lieu", "ma du lieu"),
    "title": ("title", "name", "ten", "ten bo du lieu", "ten du lieu", "tieu de"),
    "description": ("description", "notes", "mo ta"),
    "url": ("url", "link", "address", "duong dan", "dia chi", "lien ket", "download url", "access url"),
    "format": ("format", "dinh dang"),
    "licence": ("license", "licence", "license id", "giay phep"),
    "tags": ("tags", "keywords", "tu khoa"),
    "publisher": ("publisher", "organization", "organisation", "co quan", "don vi", "co quan cong bo", "nguon"),
    "email": ("email", "contact", "lien he", "thu dien tu"),
    "theme": ("theme", "themes", "group", "linh vuc", "chu de"),
    "resource": ("resource", "file", "tep", "ten tep", "resource name"),
    "modified": ("modified", "updated", "ngay cap nhat", "cap nhat"),
}
"""What columns are called, folded: no marks, small letters."""

MOST_ROWS = 200_000
ENCODINGS = ("utf-8-sig", "utf-16", "cp1258")


def read(asked: Asked) -> Parsed:
    """Read the list; rows with one id are files of one dataset. Raises Unreadable where it has no titles."""
    said = _text(asked.pages[0].path.read_bytes())
    try:
        delimiter = csv.Sniffer().sniff(said[:20_000].partition("\n")[0], ",;\t|").delimiter
    except csv.Error:
        delimiter = ","
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(said), delimiter=delimiter)
    try:
        columns = _columns(next(reader, []))
        rows = [dict(zip(columns, row, strict=False)) for _, row in zip(range(MOST_ROWS), reader, strict=False) if row]
    except csv.Error as wrong:
        raise Unreadable("not-csv") from wrong
    if "title" not in columns:
        raise Unreadable("no-titles")
    grouped: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        key = (row.get("id") or row.get("title") or "").strip()
        if key:
            grouped.setdefault(key, []).append(row)
    found = tuple(_found(key, some, asked.language) for key, some in grouped.items())
    return Parsed(found=found, rows=len(rows))


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding-unknown")


def _columns(head: Iterable[str]) -> list[str]:
    made = []
    for one in head:
        folded = " ".join(fold(one).replace("_", " ").replace("-", " ").split())
        made.append(next((name for name, known in NAMES.items() if folded in known), folded))
    return made


def _found(key: str, rows: list[Mapping[str, str]], language: str) -> Found:
    one = rows[0]
    about = Dataset(
        title=words.text({language: one.get("title", "")}, TITLE_LIMIT),
        description=words.text({language: one.get("description", "")}), language=(language,),
        licence=words.licence([one.get("licence")]),
        tags=words.tags((one.get("tags") or "").replace(";", ",").split(",")),
        themes=words.themes((one.get("theme") or "").replace(";", ",").split(",")),
        contact=words.contact("", one.get("email")),
    )
    about = words.publisher(about, {language: words.plain(one.get("publisher"), TITLE_LIMIT)})
    taken: set[str] = set()
    made = []
    for row in rows:
        url = words.address(row.get("url"))
        name = row.get("resource") or ""
        link = words.link(taken, url, {language: name}, name=name, format_=words.kind(row.get("format"), "", url))
        made += [link] if link is not None else []
    return words.complete(Found(
        remote=words.plain(key, 1000), about=about, resources=tuple(made), modified=words.moment(one.get("modified")),
        guesses=words.guessed(
            licence_unknown=(one.get("licence"), about.licence), themes_unknown=(one.get("theme"), about.themes),
            email_dropped=(one.get("email"), about.contact and about.contact.email),
            date_dropped=(one.get("modified"), words.moment(one.get("modified"))),
            links_dropped=(sum(bool(row.get("url")) for row in rows) > len(made), False)),
    ), language)
