"""Step: find out what a file is: ask each format in order, open its tables, or keep it as an attachment."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.model import Artefact, Options
from pipelines.format import Format, ReadOptions, Unreadable
from pipelines.registry import FORMATS
from pipelines.step import Opened, Parcel
from standards.reading import BadOption, overrides

HEAD = 1 << 16
BLOCK = 1 << 20
NAME_BYTES = 120
SLUG = 80
ALL = "all"

# What an attachment is, by its first bytes: media type and the ending that names it.
MARKS: Sequence[tuple[bytes, str, str]] = (
    (b"%PDF", "application/pdf", "pdf"),
    (b"PK\x03\x04", "application/zip", "zip"),
    (b"\x89PNG", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF8", "image/gif", "gif"),
    (b"II*\x00", "image/tiff", "tif"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage", "ole"),
    (b"\x1f\x8b", "application/gzip", "gz"),
    (b"7z\xbc\xaf", "application/x-7z-compressed", "7z"),
    (b"Rar!", "application/vnd.rar", "rar"),
    (b"<?xml", "application/xml", "xml"),
    (b"{", "application/json", "json"),
)
_OFFICE = {
    ".docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "vnd.oasis.opendocument.text",
}
_UNSAFE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u061c")


def inspect(parcel: Parcel) -> Parcel:
    """Recognise the file and open its tables; raises Unreadable when it is no file of the kind it says it is."""
    digest, size = _hash(parcel.path)
    if size == 0:
        raise Unreadable("empty-file")
    with parcel.path.open("rb") as file:
        head = file.read(HEAD)
    facts = {"name": clean_name(parcel.name), "bytes": size, "sha256": digest}
    form = next((one for one in FORMATS if one.matches(head, parcel.name)), None)
    if form is None:
        return _attached(parcel, head, facts)
    read = _read_options(parcel.options)
    names = form.sheets(parcel.path, read)
    if not names:
        raise Unreadable("empty-file")
    chosen = names if read.sheet == ALL else (read.sheet or names[0],)
    opened = tuple(_open(form, parcel, dataclasses.replace(read, sheet=one), len(chosen) > 1) for one in chosen)
    first = opened[0].table
    unseen = list(form.unseen(parcel.path)) + (["other-sheets"] if set(names) - set(chosen) else [])
    described = {
        **facts,
        "format": form.NAME,
        "encoding": first.encoding,
        "dialect": dict(first.dialect),
        "sheet": first.sheet,
        "sheets": [one for one in names if one],
        "unseen": unseen,
    }
    return dataclasses.replace(
        parcel,
        format=form.NAME,
        file=described,
        tables=_distinct(opened),
        original=_artefact(parcel, facts, opened[0].resource, form.MEDIA_TYPES[0], public=not unseen),
    )


run = inspect


def looks_like(parcel: Parcel) -> dict[str, Any]:
    """Say of a file that could not be read what is known of it: name, size, hash and the format it seems to have."""
    digest, size = _hash(parcel.path)
    with parcel.path.open("rb") as file:
        head = file.read(HEAD)
    form = next((one.NAME for one in FORMATS if size and one.matches(head, parcel.name)), None)
    return {"name": clean_name(parcel.name), "bytes": size, "sha256": digest, "format": form}


def _open(form: Format, parcel: Parcel, read: ReadOptions, several: bool) -> Opened:
    table = form.open(parcel.path, read)
    name = slug(table.sheet or "") if several else ""
    return Opened(resource=name or _resource(parcel), table=table)


def _resource(parcel: Parcel) -> str:
    return parcel.options.resource or parcel.dataset_slug or slug(Path(parcel.name).stem) or "data"


def _distinct(opened: Sequence[Opened]) -> tuple[Opened, ...]:
    """Number sheets whose names become the same slug."""
    seen: dict[str, int] = {}
    found = []
    for one in opened:
        seen[one.resource] = seen.get(one.resource, 0) + 1
        count = seen[one.resource]
        found.append(one if count == 1 else dataclasses.replace(one, resource=f"{one.resource}-{count}"))
    return tuple(found)


def _read_options(options: Options) -> ReadOptions:
    """Take the publisher's overrides; one that does not exist or cannot be is a reason not to read at all."""
    try:
        said = overrides(options.read)
    except BadOption as wrong:
        raise Unreadable("bad-option", name=wrong.name) from None
    return ReadOptions(
        encoding=said.encoding,
        delimiter=said.delimiter,
        quote=said.quote,
        escape=said.escape,
        comment=said.comment,
        header_row=said.header_row,
        header_rows=said.header_rows,
        skip_footer=said.skip_footer,
        sheet=options.sheet,
    )


def _attached(parcel: Parcel, head: bytes, facts: Mapping[str, Any]) -> Parcel:
    """Keep a file of another kind as it is: sniffed for its media type, not opened."""
    media, form = next(((media, form) for mark, media, form in MARKS if head.startswith(mark)), ("", ""))
    ending = Path(parcel.name).suffix.lower()
    if form == "zip" and ending in _OFFICE:
        media, form = f"application/{_OFFICE[ending]}", ending[1:]
    media = media or "application/octet-stream"
    kept = _artefact(parcel, facts, _resource(parcel), media, public=True)
    return dataclasses.replace(parcel, format=form, file={**facts, "format": form}, attachment=kept)


def _artefact(parcel: Parcel, facts: Mapping[str, Any], resource: str, media: str, *, public: bool) -> Artefact:
    return Artefact(
        resource=resource,
        name=str(facts["name"]),
        role="original",
        media_type=media,
        path=str(parcel.path),
        bytes=int(facts["bytes"]),
        sha256=str(facts["sha256"]),
        public=public,
    )


def _hash(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(BLOCK):
            digest.update(data)
            size += len(data)
    return digest.hexdigest(), size


def clean_name(name: str) -> str:
    """Clean a client's file name: NFC, no separators, control or direction marks, at most 120 bytes, ending kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in _UNSAFE)
    kept = re.sub(r"\s+", " ", kept).strip(" .") or "file"
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending.encode()) > 20 or not stem:  # noqa: PLR2004 - no ending is that long
        stem, ending = kept, ""
    tail = f".{ending}" if ending else ""
    return stem.encode()[: NAME_BYTES - len(tail.encode())].decode(errors="ignore").rstrip(" .") + tail


def slug(text: str) -> str:
    """Make a word for addresses out of a name: no marks, small ASCII letters and digits joined by hyphens."""
    bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    ascii_ = "".join(one for one in bare if not unicodedata.combining(one)).lower()
    words = re.findall(r"[a-z0-9]+", ascii_)
    return "-".join(words)[:SLUG].strip("-")
