"""The step at the door: an upload's bytes go into staging, hashed and counted, and are recorded before we say yes."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from catalog.catalog import Catalog
from catalog.errors import Invalid, Problem
from catalog.model import Caller, Entry, Options, Staged, Submission
from catalog.ports import Files
from pipelines.continued import standard_of, target_of
from pipelines.validation.patterns import Unsupported
from pipelines.validation.schema import NotSchema
from pipelines.validation.taken import taken

NAME_BYTES = 120
"""The longest cleaned name, in bytes of UTF-8 (CONTRACT.md §6, Files)."""

_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of control and direction marks, surrogates and line separators."""

_EXTENSION_BYTES = 16


def receive(  # noqa: PLR0917 - by keyword at every call
    catalog: Catalog,
    files: Files,
    caller: Caller,
    key: str,
    stream: BinaryIO,
    name: str,
    options: Options,
    *,
    limit: int,
    media_type: str = "",
) -> Submission:
    """Take one upload for dataset ``key``; after it returns, the upload is never lost.

    Raises NotFound or NotAllowed before the first byte is taken and TooLarge beyond ``limit`` bytes; a stream that
    breaks off raises what it raises. In each of these cases nothing is left behind.
    """
    catalog.may_submit(caller, key)
    staged_key, count, sha256 = files.stage(stream, limit)
    staged = Staged(key=staged_key, name=clean_name(name), bytes=count, sha256=sha256, media_type=media_type)
    try:
        return catalog.attach(caller, key, staged, options)
    except BaseException:
        files.drop_staged(staged_key)
        raise


def take_over(catalog: Catalog, caller: Caller, key: str, upload: str, options: Options, *,
              once: tuple[str, str] = ("", "")) -> Submission:
    """Take an upload that came in piece by piece for dataset ``key``; then it is a submission like any other.

    Raises what ``Catalog.finish_upload`` and ``Catalog.attach`` raise; the upload stays, unless it is damaged.
    """
    catalog.may_submit(caller, key)
    return catalog.attach(caller, key, catalog.finish_upload(caller, upload), options, upload=upload, once=once)


def schema_of(content: str) -> dict[str, Any] | None:
    """A publisher's own Table Schema (JSON), None for none; Invalid names the member that cannot be used."""
    if not content:
        return None
    try:
        return taken(content)
    except NotSchema as wrong:
        where = wrong.pointer.removeprefix("#")
        problem = Problem(f"#/schema{where}", "schema-unusable", {"pointer": wrong.pointer})
        raise Invalid("schema-unusable", problems=[problem], pointer=wrong.pointer) from None
    except Unsupported as wrong:
        params = {"pattern": str(wrong)[:200]}
        problem = Problem("#/schema", "pattern-unsupported", params)
        raise Invalid("pattern-unsupported", problems=[problem], **params) from None


def refuse_beside_standard(catalog: Catalog, options: Options, entry: Entry) -> None:
    """Refuse a schema of the publisher's own where a standard holds: only one of them can say what is right."""
    if options.schema is None:
        return
    _, newest = catalog.newest_published(entry.id)
    standard = options.standard or standard_of(entry.about.standard, newest, target_of(newest, options))
    if standard:
        problem = Problem("#/schema", "schema-beside-standard", {"standard": standard})
        raise Invalid("schema-beside-standard", problems=[problem], standard=standard)


def clean_name(name: str) -> str:
    """Give a file name fit to be shown and offered: the last part, NFC, no control or direction marks, ≤ 120 bytes."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(one for one in last if unicodedata.category(one) not in _UNWANTED).strip(" .")
    kept = re.sub(r'[<>:"|?*]', "_", kept)
    return _shortened(kept) or "file"


def _shortened(name: str) -> str:
    if len(name.encode()) <= NAME_BYTES:
        return name
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix.encode()) <= _EXTENSION_BYTES else ""
    stem = name[: len(name) - len(suffix)].encode()[: NAME_BYTES - len(suffix.encode())]
    return stem.decode("utf-8", errors="ignore").rstrip(" .") + suffix
