"""Our frozen dataclasses as plain JSON and back, so that a value may cross a process, a queue or a database."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any, TypeVar

T = TypeVar("T")

Reader = Callable[[Any, Any], Any]


class NotPortable(ValueError):
    """A value that has no plain JSON form, or JSON that is not a value of the wanted type; the text says where."""


def to_json(value: Any) -> Any:
    """Give the plain JSON form of a value: dataclasses and mappings as objects, tuples as lists, dates as ISO 8601."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_json(getattr(value, one.name)) for one in dataclasses.fields(value)}
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
    return typing.cast("T", _read(kind, data))


def _read(kind: Any, data: Any) -> Any:
    if kind is Any or kind is object:
        return _plain(data)
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(kind, data)
    if origin is typing.Literal:
        return _checked(data, data in typing.get_args(kind), kind)
    if origin is not None:
        return _container(origin, typing.get_args(kind), data)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass(kind, data)
    return _scalar(kind, data)


def _checked(value: Any, right: bool, kind: Any) -> Any:
    if not right:
        raise NotPortable(f"{type(value).__name__} where {kind} is wanted")
    return value


def _plain(data: Any) -> Any:
    """Pass free JSON on as it is, but give tuples for lists: what we keep is never changed."""
    if isinstance(data, dict):
        return {str(key): _plain(one) for key, one in data.items()}
    if isinstance(data, list | tuple):
        return tuple(_plain(one) for one in data)
    return _checked(data, data is None or isinstance(data, str | bool | int | float), "JSON")


def _union(kind: Any, data: Any) -> Any:
    options = typing.get_args(kind)
    if data is None:
        return _checked(data, type(None) in options, kind)
    wanted = [one for one in options if one is not type(None)]
    for one in wanted:
        try:
            return _read(one, data)
        except NotPortable:
            if len(wanted) == 1:
                raise
    raise NotPortable(f"{type(data).__name__} where {kind} is wanted")


def _container(origin: Any, args: tuple[Any, ...], data: Any) -> Any:
    if isinstance(origin, type) and issubclass(origin, Mapping):
        _checked(data, isinstance(data, Mapping), "object")
        inner = args[1] if len(args) > 1 else Any
        return {str(key): _read(inner, one) for key, one in data.items()}
    _checked(data, isinstance(data, list | tuple), "list")
    if origin is tuple and not (len(args) == 2 and args[1] is Ellipsis):  # noqa: PLR2004 - a pair tuple[X, ...]
        _checked(data, len(data) == len(args), f"tuple of {len(args)}")
        return tuple(_read(inner, one) for inner, one in zip(args, data, strict=True))
    inner = args[0] if args else Any
    values = (_read(inner, one) for one in data)
    if origin is list:
        return list(values)
    return frozenset(values) if origin in (set, frozenset) else tuple(values)


@functools.lru_cache(maxsize=256)
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _dataclass(kind: type, data: Any) -> Any:
    _checked(data, isinstance(data, Mapping), kind.__name__)
    hints = _hints(kind)
    known = {one.name for one in dataclasses.fields(kind) if one.init}
    values = {}
    for name, one in data.items():
        if name in known:
            try:
                values[name] = _read(hints[name], one)
            except NotPortable as wrong:
                raise NotPortable(f"{kind.__name__}.{name}: {wrong}") from wrong
    try:
        return kind(**values)
    except TypeError as wrong:
        raise NotPortable(str(wrong)) from wrong


def _parsed(parse: Callable[[str], Any]) -> Reader:
    def read(data: Any, kind: Any) -> Any:
        _checked(data, isinstance(data, str), kind)
        try:
            return parse(data)
        except ValueError as wrong:
            raise NotPortable(str(wrong)) from wrong

    return read


def _number(data: Any, kind: Any) -> Any:
    """Take a whole number where a float is wanted (JSON writes 1.0 as 1 in some hands), never a boolean."""
    right = isinstance(data, int | float if kind is float else kind) and (kind is bool or not isinstance(data, bool))
    return kind(_checked(data, right, kind))


_SCALARS: Mapping[Any, Reader] = {
    str: lambda data, kind: _checked(data, isinstance(data, str), kind),
    bool: _number,
    int: _number,
    float: _number,
    type(None): lambda data, kind: _checked(data, data is None, kind),
    datetime: _parsed(datetime.fromisoformat),
    date: _parsed(date.fromisoformat),
    Path: _parsed(Path),
    dict: lambda data, kind: _plain(_checked(data, isinstance(data, Mapping), kind)),
    list: lambda data, kind: list(_plain(_checked(data, isinstance(data, list | tuple), kind))),
    tuple: lambda data, kind: _plain(_checked(data, isinstance(data, list | tuple), kind)),
}


def _scalar(kind: Any, data: Any) -> Any:
    reader = _SCALARS.get(kind)
    if reader is None:
        raise NotPortable(f"{kind} cannot be read from JSON")
    return reader(data, kind)
