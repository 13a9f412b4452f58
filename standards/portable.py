"""Our frozen dataclasses as plain JSON and back, so that a value may cross a process, a queue or a database."""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any, TypeVar

T = TypeVar("T")

Reader = Callable[[Any], Any]
"""Makes a value of one kind from plain JSON."""

Exact = frozenset[type]
"""Kinds of plain JSON that are values already: to look a kind up takes a third of calling a reader."""


class _Twice(Exception):
    """The key that was looked for."""


def said_twice(text: bytes | str) -> str:
    """Give a key that an object in JSON text says more than once, which readers take in two ways; "" for none."""
    try:
        json.loads(text, object_pairs_hook=_once)
    except _Twice as found:
        return str(found)[:200]
    except (ValueError, RecursionError):  # whoever reads it says so
        return ""
    return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for at, name in enumerate(names) if name in names[:at]))
    return members


class NotPortable(ValueError):
    """A value that has no plain JSON form, or JSON that is not a value of the wanted type; the text says where."""


def to_json(value: Any) -> Any:
    """Give the plain JSON form of a value: dataclasses and mappings as objects, tuples as lists, dates as ISO 8601."""
    kind: Any = type(value)
    if kind in _AS_THEY_ARE:  # exact kinds first: to ask of every cell what it is an instance of takes longer
        return value
    if kind is tuple or kind is list:
        return [to_json(one) for one in value]
    if names := _names(kind):
        return {name: to_json(getattr(value, name)) for name in names}
    return _other(value)


_AS_THEY_ARE: frozenset[type] = frozenset({str, bool, int, float, type(None)})


@functools.lru_cache(maxsize=256)
def _names(kind: Any) -> tuple[str, ...]:
    """Name the members of a dataclass; none of anything else."""
    return tuple(one.name for one in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def _other(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {}
    if isinstance(value, Mapping):
        return {str(key): to_json(one) for key, one in value.items()}
    if isinstance(value, date | datetime):
        # UTC is written as RFC 3339 writes it at the doors: with Z.
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray | memoryview):
        return [to_json(one) for one in value]
    raise NotPortable(f"{type(value).__name__} has no JSON form")


def from_json(kind: type[T], data: Any) -> T:
    """Make a value of ``kind`` from what ``to_json`` gave; raises NotPortable on anything else.

    Members that ``kind`` does not know are left out and members that are missing take their default, so that what an
    older or newer version stored can still be read.
    """
    return typing.cast("T", _reader(kind)(data))


def _reader(kind: Any) -> Reader:
    """Make what reads values of a kind; the types are looked at once, not with every value.

    Only dataclasses are kept: two unions of the same kinds in another order are equal, and read differently.
    """
    if kind is Any or kind is object:
        return _plain
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(kind)
    if origin is typing.Literal:
        return _literal(kind)
    if origin is not None:
        return _container(origin, typing.get_args(kind))
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return functools.partial(_dataclass, kind)
    return _scalar(kind)


def _read_as(kind: Any) -> tuple[Reader, Exact]:
    """Give the reader of a kind, and what it would pass on as it is."""
    return _reader(kind), _exact(kind)


def _exact(kind: Any) -> Exact:
    if kind is Any or kind is object:
        return _AS_THEY_ARE
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        options = typing.get_args(kind)
        some = [one for one in options if one is not type(None)]
        nothing: Exact = frozenset([type(None)] if len(some) < len(options) else [])
        return nothing | _exact(some[0]) if len(some) == 1 else nothing
    return frozenset({kind}) if isinstance(kind, type) and kind in _AS_THEY_ARE else frozenset()


def _not(data: Any, wanted: object) -> NotPortable:
    return NotPortable(f"{type(data).__name__} where {wanted} is wanted")


def _plain(data: Any) -> Any:
    """Pass free JSON on as it is, but give tuples for lists: what we keep is never changed."""
    if isinstance(data, dict):
        return {str(key): _plain(one) for key, one in data.items()}
    if isinstance(data, list | tuple):
        return tuple(map(_plain, data))
    if data is None or isinstance(data, str | bool | int | float):
        return data
    raise _not(data, "JSON")


def _literal(kind: Any) -> Reader:
    options = typing.get_args(kind)

    def read(data: Any) -> Any:
        if data in options:
            return data
        raise _not(data, kind)

    return read


def _union(kind: Any) -> Reader:
    options = typing.get_args(kind)
    empty = type(None) in options
    readers = [_reader(one) for one in options if one is not type(None)]
    if len(readers) == 1 and empty:
        only = readers[0]
        return lambda data: None if data is None else only(data)

    def read(data: Any) -> Any:
        if data is None:
            if empty:
                return None
            raise _not(data, kind)
        for one in readers:
            try:
                return one(data)
            except NotPortable:
                if len(readers) == 1:
                    raise
        raise _not(data, kind)

    return read


def _container(origin: Any, args: tuple[Any, ...]) -> Reader:
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(*_read_as(args[1] if len(args) > 1 else Any))
    if origin is tuple and not (len(args) == 2 and args[1] is Ellipsis):  # noqa: PLR2004 - a pair tuple[X, ...]
        return _fixed([_reader(one) for one in args])
    inner, exact = _read_as(args[0] if args else Any)
    make: Callable[[Any], Any] = list if origin is list else frozenset if origin in (set, frozenset) else tuple

    empty = make(())

    def read(data: Any) -> Any:
        if type(data) is not list and not isinstance(data, (list, tuple)):
            raise _not(data, "list")
        if not data and make is not list:  # most members that may hold several hold none
            return empty
        return make([one if type(one) in exact else inner(one) for one in data])

    return read


def _mapping(inner: Reader, exact: Exact) -> Reader:
    def read(data: Any) -> Any:
        if type(data) is not dict and not isinstance(data, Mapping):  # to ask an abstract class takes longer
            raise _not(data, "object")
        if not data:
            return {}
        return {key if type(key) is str else str(key): one if type(one) in exact else inner(one)
                for key, one in data.items()}

    return read


def _fixed(inner: Sequence[Reader]) -> Reader:
    def read(data: Any) -> Any:
        if not isinstance(data, list | tuple):
            raise _not(data, "list")
        if len(data) != len(inner):
            raise _not(data, f"tuple of {len(inner)}")
        return tuple(one(part) for one, part in zip(inner, data, strict=True))

    return read


@functools.lru_cache(maxsize=256)
def _members(kind: type) -> Mapping[str, tuple[Exact, Reader]]:
    """Give the readers of a dataclass's members; made when first needed, so that kinds may hold each other."""
    hints = typing.get_type_hints(kind)
    names = [one.name for one in dataclasses.fields(kind) if one.init]
    return {name: (_exact(hints[name]), _reader(hints[name])) for name in names}


def _dataclass(kind: type, data: Any) -> Any:
    if type(data) is not dict and not isinstance(data, Mapping):
        raise _not(data, kind.__name__)
    members, values = _members(kind), {}
    try:
        for name, one in data.items():
            if name in members:
                exact, reader = members[name]
                values[name] = one if type(one) in exact else reader(one)
    except NotPortable:
        raise _in_member(kind, members, data) from None
    try:
        return kind(**values)
    except TypeError as wrong:
        raise NotPortable(str(wrong)) from wrong


def _in_member(kind: type, members: Mapping[str, tuple[Exact, Reader]], data: Mapping[str, Any]) -> NotPortable:
    """Say in which member the fault is: looked for only once there is one."""
    for name, one in data.items():
        try:
            if name in members:
                members[name][1](one)
        except NotPortable as wrong:
            return NotPortable(f"{kind.__name__}.{name}: {wrong}")
    return _not(data, kind.__name__)


def _text(data: Any) -> Any:
    if isinstance(data, str):
        return data
    raise _not(data, str)


def _parsed(kind: Any, parse: Callable[[str], Any]) -> Reader:
    def read(data: Any) -> Any:
        if not isinstance(data, str):
            raise _not(data, kind)
        try:
            return parse(data)
        except ValueError as wrong:
            raise NotPortable(str(wrong)) from wrong

    return read


def _number(kind: Any) -> Reader:
    """Take a whole number where a float is wanted (JSON writes 1.0 as 1 in some hands), never a boolean."""
    wanted = (int, float) if kind is float else kind

    def read(data: Any) -> Any:
        if isinstance(data, wanted) and (kind is bool or not isinstance(data, bool)):
            return kind(data)
        raise _not(data, kind)

    return read


def _free(kind: Any, shape: Any, make: Callable[[Any], Any]) -> Reader:
    def read(data: Any) -> Any:
        if not isinstance(data, shape):
            raise _not(data, kind)
        return make(_plain(data))

    return read


def _nothing(data: Any) -> Any:
    if data is not None:
        raise _not(data, type(None))


_SCALARS: Mapping[Any, Reader] = {
    str: _text,
    bool: _number(bool),
    int: _number(int),
    float: _number(float),
    type(None): _nothing,
    datetime: _parsed(datetime, datetime.fromisoformat),
    date: _parsed(date, date.fromisoformat),
    Path: _parsed(Path, Path),
    dict: _free(dict, Mapping, dict),
    list: _free(list, (list, tuple), list),
    tuple: _free(tuple, (list, tuple), tuple),
}


def _scalar(kind: Any) -> Reader:
    reader = _SCALARS.get(kind)
    if reader is None:
        raise NotPortable(f"{kind} cannot be read from JSON")
    return reader
