"""JSON tables: an array of objects (or of arrays), an object that holds one such array, or an object of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines import records
from pipelines.format import ReadOptions, Table, Unreadable

NAME = "json"
MEDIA_TYPES = ("application/json",)
EXTENSIONS = (".json",)
SAMPLE = '[{"mã": "00004", "tên": "Ba Đình", "dân số": 65023}, {"mã": "00008", "tên": "Ngọc Hà"}]'.encode()


def matches(head: bytes, name: str) -> bool:
    """Take what is called JSON, and what begins like an array of objects."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return name.lower().endswith(EXTENSIONS) or (start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"["))


def sheets(path: Path, options: ReadOptions) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Name the one table inside."""
    return ("",)


def open(path: Path, options: ReadOptions) -> Table:  # noqa: A001 - the shape's verb
    """Read the records twice: for their members, then for their cells."""
    with records.open_text(path) as file:
        first = records.Reader(file).peek()
    if first == "[":
        return records.table(lambda: _items(path, ""), options, NAME, {})
    if first != "{":
        raise Unreadable("not-json" if first else "empty-file")
    arrays = _arrays(path)
    tables = [name for name, inner in arrays.items() if inner in ("{", "[")]
    if len(tables) == 1:
        return records.table(lambda: _items(path, tables[0]), options, NAME, {})
    if arrays and not tables:
        return records.table(lambda: _columns(path), options, NAME, {})
    raise Unreadable("several-tables" if tables else "no-table", names=", ".join(tables)[:200])


def unseen(path: Path) -> Sequence[str]:
    """Name the members beside the table, which readers of the table do not see."""
    with records.open_text(path) as file:
        reader = records.Reader(file)
        if reader.peek() != "{":
            return ()
        names = []
        for name in reader.members():
            names.append(name)
            reader.value() if reader.peek() != "[" else _skip(reader)
    return ("other-members",) if len(names) > 1 else ()


def _skip(reader: records.Reader) -> None:
    for _ in reader.items():
        pass


def _arrays(path: Path) -> Mapping[str, str]:
    """Give the members that are arrays, with what each holds: objects, arrays or (""), plain values."""
    found: dict[str, str] = {}
    with records.open_text(path) as file:
        reader = records.Reader(file)
        for name in reader.members():
            if reader.peek() != "[":
                reader.value()
                continue
            if found.get(name):
                raise Unreadable("several-tables", names=f"{name}, {name}"[:200])
            holds = {"{" if isinstance(one, dict) else "[" if isinstance(one, list) else "" for one in reader.items()}
            found[name] = holds.pop() if len(holds) == 1 else ""
    return found


def _items(path: Path, member: str) -> Iterator[Mapping[str, Any]]:
    with records.open_text(path) as file:
        reader = records.Reader(file)
        if not member:
            yield from records.objects(reader.items())
            if reader.peek():
                raise Unreadable("not-json")
            return
        for name in reader.members():
            if name == member:
                yield from records.objects(reader.items())
            else:
                reader.value()


def _columns(path: Path) -> Iterator[Mapping[str, Any]]:
    """Give the rows of an object of columns; columns of unequal length are no table."""
    if path.stat().st_size > records.MAX_ITEM:
        raise Unreadable("too-heavy", cause="memory")
    with records.open_text(path) as file:
        reader = records.Reader(file)
        columns = [(name, reader.value()) for name in reader.members()]
    lists = {name: one for name, one in columns if isinstance(one, list)}
    twice = [name for name, times in Counter(name for name, _ in columns).items() if times > 1]
    if len({len(one) for one in lists.values()}) != 1:
        raise Unreadable("no-table")
    for number, row in enumerate(zip(*lists.values(), strict=True)):
        yield records.Repeating(zip(lists, row, strict=True), () if number else twice)
