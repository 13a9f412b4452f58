"""What a call of datastore_search gives, read into a question: filters, words, order, columns; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from api.dialects.ckan.action import Call, Wrong
from catalog.rows import (
    ID,
    OPS,
    All,
    Ask,
    Condition,
    Either,
    Every,
    Is,
    Order,
    Some,
    Text,
    Wanted,
    Without,
    Word,
    family,
    native,
)
from catalog.rows.cells import Wrong as WrongCell
from catalog.rows.cells import cell
from standards.text import nfc

MOST_ROWS: Final = 32_000
DEEPEST: Final = 10
MOST_OPS: Final = 100
MOST_WORDS: Final = 50
_KEY: Final = re.compile(
    r'\s*("(?:[^"]|"")+"|.+?)(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?\s*', re.IGNORECASE | re.DOTALL
)
_PARTS: Final = re.compile(r'(?:"(?:[^"]|"")*"|[^,"])+')
_TOKENS: Final = re.compile(r"[()|&!]|[^\W_]+(?::\*)?")
_WORDS: Final = re.compile(r"[^\W_]+")


def question(call: Call, types: Mapping[str, str]) -> Ask:
    """Read a call. Raises Wrong as CKAN's validation does."""
    columns = named(call, types)
    texts = _texts(call, types)
    distinct = call.flag("distinct")
    sort = call.given.get("sort")
    order = orders(",".join(map(str, sort)) if isinstance(sort, list) else call.text("sort"), types)
    if distinct:
        for one in order:
            if columns and one.column not in columns:
                raise Wrong({"sort": [f'"{one.column}" has to be one of the fields when rows are distinct']})
    return Ask(
        columns=columns, where=conditions(call.given.get("filters"), types), texts=texts, order=order,
        distinct=distinct, limit=limit(call), offset=call.number("offset", 0) or 0,
        total=call.flag("include_total", default=True),
    )


def limit(call: Call) -> int:
    """Give how many rows are wanted, by the site's options where the call does not say and where it says too many."""
    wanted = call.number("limit")
    most = min(call.most("ckan.datastore.search.rows_max"), MOST_ROWS)
    return min(call.most("ckan.datastore.search.rows_default") if wanted is None else wanted, most)


def named(call: Call, types: Mapping[str, str]) -> tuple[str, ...]:
    """Give the columns that are asked for, none for all."""
    given = call.given.get("fields")
    names = [str(one) for one in given] if isinstance(given, list) else call.names("fields")
    for name in names:
        if name not in types:
            raise Wrong({"fields": [f'invalid value "{name}"']})
    return tuple(dict.fromkeys(names))


# --- filters ----------------------------------------------------------------------------------------------------------


def conditions(given: Any, types: Mapping[str, str]) -> Condition:
    """Read filters: a dictionary of columns, a list of them (any of which), as JSON or its text. Raises Wrong."""
    if isinstance(given, str) and given.strip():
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            raise _wrong("Could not parse as valid JSON") from None
    if given in (None, "", {}, []):
        return All(())
    reader = _Filters(types)
    if isinstance(given, list):
        return reader.several(given, "$or", 0)
    if not isinstance(given, dict):
        raise _wrong("Filters must be defined as a dict or a list of dicts")
    return reader.members(given, 0)


def _wrong(words: str) -> Wrong:
    return Wrong({"filters": [words]})


class _Filters:
    def __init__(self, types: Mapping[str, str]) -> None:
        self._types, self._many = types, 0

    def members(self, given: Mapping[str, Any], depth: int) -> Condition:
        """Read a dictionary: everything in it has to hold."""
        found = []
        for name, value in given.items():
            if name.startswith("$") and not name.startswith("$$"):
                if name not in ("$or", "$and"):
                    raise _wrong(f"Unknown operators (must be one of $or, $and): {name}")
                found.append(self.several(value, name, depth + 1))
            else:
                found.append(self._column(name[1:] if name.startswith("$$") else name, value))
        return found[0] if len(found) == 1 else All(tuple(found))

    def several(self, given: Any, sign: str, depth: int) -> Condition:
        """Read a list of dictionaries, of which any or every one has to hold."""
        if depth >= DEEPEST:
            raise _wrong("Maximum nesting depth for filter operations reached")
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise _wrong(f"Filter operations must be defined as a list of dicts: {given}"[:500])
        self._count()
        found = tuple(self.members(one, depth) for one in given)
        return Either(found) if sign == "$or" else All(found)

    def _column(self, name: str, value: Any) -> Condition:
        if name not in self._types:
            raise _wrong(f"Unknown field: {name}")
        if isinstance(value, dict):
            every = tuple(self._compared(name, op, each) for op, each in value.items())
            return every[0] if len(every) == 1 else All(every)
        if isinstance(value, list):
            listed = [one for one in value if not isinstance(one, dict)]
            found = tuple(self._column(name, one) for one in value if isinstance(one, dict))
            if listed or not value:
                found = (*found, self._compared(name, "in", listed))
            return found[0] if len(found) == 1 else Either(found)
        return self._compared(name, "eq", value)

    def _compared(self, name: str, op: str, value: Any) -> Is:
        self._count()
        if op not in OPS:
            raise _wrong(f"Unknown operator: {op}")
        kind = self._types[name]
        try:
            if op == "in":
                listed = value if isinstance(value, list) else [value]
                return Is(name, "in", tuple(cell(kind, one) for one in listed if not _beside(kind, one)))
            if _beside(kind, value):
                return _near(name, op, value, _most(kind))
            return Is(name, op, cell(kind, value))  # type: ignore[arg-type]  # one of OPS
        except WrongCell as wrong:
            raise Wrong({"query": ["Invalid query"], "info": {"orig": [wrong.message]}}) from None

    def _count(self) -> None:
        self._many += 1
        if self._many > MOST_OPS:
            raise _wrong("Maximum number of filter operations exceeded")


def _beside(kind: str, value: Any) -> bool:
    """Whether a number is none that a column of whole numbers holds: 1.5, or one that is too large."""
    if family(kind) != "int" or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value != value // 1 or not -_most(kind) <= value < _most(kind)


def _most(kind: str) -> int:
    return 2**31 if native(kind) == "int4" else 2**63


def _near(name: str, op: str, value: float, most: int) -> Is:
    """Compare whole numbers with such a number: with the next one below it, or the last that there is."""
    if op == "eq":
        return Is(name, "in", ())
    floor = max(-most, min(int(value // 1), most - 1))
    return Is(name, "gt" if op in ("gt", "gte") else "lte", floor)


# --- order ------------------------------------------------------------------------------------------------------------


def orders(given: str, types: Mapping[str, str]) -> tuple[Order, ...]:
    """Read ``a, "b c" desc nulls last``; missing values come last, or first when descending. Raises Wrong."""
    found = []
    for part in _PARTS.findall(given):
        if not part.strip():
            continue
        read = _KEY.fullmatch(part)
        name = _bare(read[1]) if read else part.strip()
        if read is None or name not in types:
            raise Wrong({"sort": [f'invalid value "{part.strip()}"']})
        descending = (read[2] or "").lower() == "desc"
        found.append(Order(name, descending, (read[3] or "").lower() == "first" if read[3] else descending))
    return tuple(found)


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.strip()


# --- words ------------------------------------------------------------------------------------------------------------


def _texts(call: Call, types: Mapping[str, str]) -> tuple[Text, ...]:
    """Read ``q`` (words, or words by column) and ``full_text``. Raises Wrong."""
    simple = call.flag("plain", default=True)
    given = call.given.get("q")
    if isinstance(given, str) and given.strip().startswith("{"):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            given = str(given)
    found = []
    if isinstance(given, dict):
        for name, words in given.items():
            if name not in types or not isinstance(words, str):
                raise Wrong({"q": [f'invalid value "{name}"']})
            found.append(Text(_wanted(words, simple=simple), name))
    elif isinstance(given, list):
        raise Wrong({"q": ['invalid value "list"']})
    elif given not in (None, ""):
        found.append(Text(_wanted(str(given), simple=simple)))
    if call.text("full_text").strip():
        found.append(Text(_wanted(call.text("full_text"), simple=simple)))
    return tuple(found)


def ranks(call: Call, texts: Sequence[Text]) -> list[str]:
    """Give the names of the columns that say how well a row fits."""
    del call
    return [f"rank {one.column}" if one.column else "rank" for one in texts]


def _wanted(text: str, *, simple: bool) -> Wanted:
    text = nfc(text).lower()
    if simple:
        words = _WORDS.findall(text)
        _few(words)
        return Every(tuple(Word(one) for one in words))
    signs = _TOKENS.findall(text)
    _few(signs)
    found, rest = _either(signs, 0)
    if rest:
        raise Wrong({"query": [f'syntax error in tsquery: "{text[:200]}"']})
    return found


def _few(words: Sequence[str]) -> None:
    if len(words) > MOST_WORDS:
        raise Wrong({"q": ["Too many words"]})


def _either(signs: Sequence[str], depth: int) -> tuple[Wanted, Sequence[str]]:
    """Read words as tsquery has them: ``a & !b | c:*`` and parentheses; words side by side are all wanted."""
    ways: list[Wanted] = []
    every: list[Wanted] = []
    refuse = False
    while signs and signs[0] != ")":
        sign, signs = signs[0], signs[1:]
        if sign == "|":
            ways.append(Every(tuple(every)))
            every = []
        elif sign == "!":
            refuse = not refuse
        elif sign != "&":
            if sign == "(":
                if depth > DEEPEST:
                    raise Wrong({"query": ["syntax error in tsquery: too deep"]})
                inner, signs = _either(signs, depth + 1)
                signs = signs[1:]
            else:
                inner = Word(sign.removesuffix(":*"), begins=sign.endswith(":*"))
            every.append(Without(inner) if refuse else inner)
            refuse = False
    ways.append(every[0] if len(every) == 1 else Every(tuple(every)))
    return (ways[0] if len(ways) == 1 else Some(tuple(ways))), signs


def next_page(ask: Ask, rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> dict[str, Any] | None:
    """Say which filter the next page has, where pages go by ``_id``."""
    if ask.order or ask.texts or ask.distinct or ID not in columns or not rows or len(rows) < (ask.limit or 0):
        return None
    return {ID: {"gt": rows[-1][list(columns).index(ID)]}}
