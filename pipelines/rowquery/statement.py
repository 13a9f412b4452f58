"""A tree becomes DuckDB's words: what a reader typed is always a parameter, names of columns are the table's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pipelines.rowquery import (
    AGGREGATES,
    PARTS_OF_TIME,
    AllOf,
    AnyOf,
    Between,
    Call,
    Column,
    Compare,
    Condition,
    Expression,
    In,
    Kind,
    Like,
    Missing,
    Not,
    Output,
    Query,
    Search,
    Value,
    Within,
)
from pipelines.rowquery.folding import MOST_COLUMNS, in_any, in_one, joined, quoted
from pipelines.rowquery.read import refuse
from pipelines.rowquery.values import MOMENTS, NUMBERS, TYPES, Sql, read_as, written
from standards.text import nfc

ID: Final = "_id"
SUMMED: Final = frozenset({"sum", "avg", "stddev"})
EARTH_METRES: Final = 6_371_008.8
"""Mean radius of the earth (IUGG)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of the order, ready to be compared with what the page before ended with."""

    sql: str
    values: tuple[Any, ...]
    kind: Kind
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A SELECT without its table, and the parameters of its parts.

    ``columns`` are the names and kinds of the answer; ``keys`` end with ``_id`` where rows stand for themselves, so
    that no two rows have the same; the values of the keys come behind the columns in each row.
    """

    columns: tuple[tuple[str, Kind], ...]
    select: str
    selected: tuple[Any, ...]
    where: str
    conditions: tuple[Any, ...]
    group_by: str = ""
    grouping: tuple[Any, ...] = ()
    having: str = ""
    having_values: tuple[Any, ...] = ()
    keys: tuple[Key, ...] = ()
    grouped: bool = False


def statement(query: Query, known: Mapping[str, Kind], *, folded: Mapping[str, str] | None = None) -> Statement:
    """Make the statement for a table with these columns. Raises Invalid('query') for what does not fit them.

    ``folded`` names the columns beside them that hold their texts folded, where the file has such.
    """
    asked = _Asked(known, folded or {})
    outputs = query.select or tuple(Output(Column(name), name) for name in known if name != ID)
    if query.grouped:
        outputs = query.select or tuple(Output(one, _name_of(one)) for one in query.group_by)
        _refuse_loose(outputs, query)
    elif query.having is not None:
        refuse("having", "having-without-groups")
    aliases = {one.name: one.item for one in outputs if one.name not in known}
    where = asked.condition(query.where, "where") if query.where is not None else Sql("true", "boolean")
    if query.where is not None and _has_aggregate(query.where):
        refuse("where", "aggregate-in-where")
    groups = [asked.expression(aliases.get(one.name, one) if isinstance(one, Column) else one, "group_by")
              for one in query.group_by]
    columns = [asked.expression(one.item, "select") for one in outputs]
    having = asked.condition(_unnamed(query.having, aliases), "having") if query.having is not None else None
    keys = tuple(_keys(query, outputs, aliases, asked))
    return Statement(
        columns=tuple((output.name, one.kind) for output, one in zip(outputs, columns, strict=True)),
        select=", ".join([one.text for one in columns] + [one.sql for one in keys]),
        selected=(*_values(columns), *(value for one in keys for value in one.values)),
        where=where.text, conditions=where.values,
        group_by=", ".join(one.text for one in groups), grouping=_values(groups),
        having=having.text if having else "", having_values=having.values if having else (),
        keys=keys, grouped=query.grouped,
    )


def _refuse_loose(outputs: Sequence[Output], query: Query) -> None:
    """Every column of the answer is a group or an aggregate: anything else has no single value."""
    names = {each.name for each in query.group_by if isinstance(each, Column)}
    named = {one.item for one in outputs if one.name in names}
    for one in outputs:
        if one.item not in query.group_by and one.item not in named and not _is_aggregate(one.item):
            refuse("select", "not-grouped", column=one.name)


def _is_aggregate(item: Expression) -> bool:
    return isinstance(item, Call) and item.name in AGGREGATES


def _has_aggregate(condition: Condition) -> bool:
    match condition:
        case AllOf(items) | AnyOf(items):
            return any(map(_has_aggregate, items))
        case Not(item):
            return _has_aggregate(item)
        case Compare(_, left, right):
            return _is_aggregate(left) or _is_aggregate(right)
        case In(item) | Between(item) | Like(item) | Missing(item):
            return _is_aggregate(item)
        case _:
            return False


def _keys(query: Query, outputs: Sequence[Output], aliases: Mapping[str, Expression], asked: _Asked) -> list[Key]:
    wanted = [(aliases.get(one.item.name, one.item) if isinstance(one.item, Column) else one.item, one.descending)
              for one in query.order_by]
    if query.grouped:
        groups = [aliases.get(one.name, one) if isinstance(one, Column) else one for one in query.group_by]
        wanted += [(one.item, False) for one in outputs if not _is_aggregate(one.item)]
        wanted += [(one, False) for one in groups if one not in [item for item, _ in wanted]]  # two may look alike
        named = [*groups, *(one.item for one in outputs)]
        loose = [item for item, _ in wanted if item not in named and not _is_aggregate(item)]
        if loose:
            refuse("order_by", "not-grouped", column=_name_of(loose[0]))
    else:
        wanted.append((Column(ID), False))
    made = [(_steady(item, asked.expression(item, "order_by")), descending) for item, descending in wanted]
    return [Key(sql=one.text, values=one.values, kind=one.kind, descending=descending) for one, descending in made]


def _steady(item: Expression, made: Sql) -> Sql:
    """Give what an aggregate is put in order by: a float that is summed up twice differs in its last digits."""
    if not (isinstance(item, Call) and item.name in SUMMED and made.kind == "number"):
        return made
    rounded = f"CAST(printf('%.11e', CAST({made.text} AS DOUBLE)) AS DOUBLE)"
    text = f"(CASE WHEN typeof({made.text}) = 'DOUBLE' THEN {rounded} ELSE {made.text} END)"
    return Sql(text, made.kind, (*made.values, *made.values, *made.values))


def _unnamed(condition: Condition, aliases: Mapping[str, Expression]) -> Condition:  # noqa: PLR0911 - one shape a line
    """Put what a name of the answer stands for in its place: ``having n > 5`` for ``count(*) as n``."""
    def of(item: Expression) -> Expression:
        return aliases.get(item.name, item) if isinstance(item, Column) else item

    match condition:
        case AllOf(items):
            return AllOf(tuple(_unnamed(one, aliases) for one in items))
        case AnyOf(items):
            return AnyOf(tuple(_unnamed(one, aliases) for one in items))
        case Not(item):
            return Not(_unnamed(item, aliases))
        case Compare(op, left, right):
            return Compare(op, of(left), of(right))
        case In(item, values):
            return In(of(item), values)
        case Between(item, low, high):
            return Between(of(item), low, high)
        case Like(item, pattern, any_case):
            return Like(of(item), pattern, any_case)
        case Missing(item):
            return Missing(of(item))
        case _:
            return condition


def _name_of(item: Expression) -> str:
    match item:
        case Column(name):
            return name
        case Value(value):
            return str(value)
        case Call(name, arguments):
            return f"{name}({','.join(map(_name_of, arguments))})"


def _values(pieces: Sequence[Sql]) -> tuple[Any, ...]:
    return tuple(value for one in pieces for value in one.values)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The columns that there are, and what is made of expressions and conditions on them."""

    known: Mapping[str, Kind]
    folded: Mapping[str, str]

    def expression(self, item: Expression, part: str) -> Sql:
        """Make an expression."""
        match item:
            case Column(name):
                return self._column(name, part)
            case Value(value):
                return written(value)
            case Call():
                return self._call(item, part)

    def _column(self, name: str, part: str) -> Sql:
        if name not in self.known:
            refuse(part, "unknown-column", column=name)
        return Sql(quoted(name), self.known[name])

    def _call(self, call: Call, part: str) -> Sql:
        if call.name == "date_trunc":
            return self._truncated(call, part)
        made = [self.expression(one, part) for one in call.arguments]
        if any(isinstance(one, Call) and one.name in AGGREGATES for one in call.arguments):
            refuse(part, "aggregate-in-aggregate")
        if call.name == "count":
            inner = ("DISTINCT " if call.distinct else "") + made[0].text if made else "*"
            return Sql(f"count({inner})", "integer", _values(made))
        if call.name == "percentile":
            return self._percentile(call, part)
        if len(made) != 1:
            refuse(part, "wrong-arguments", function=call.name)
        return self._of_one(call.name, made[0], part)

    def _of_one(self, name: str, one: Sql, part: str) -> Sql:
        if name in ("min", "max"):
            return Sql(f"{name}({one.text})", one.kind, one.values)
        if name in ("sum", "avg", "median", "stddev"):
            _needs(one, NUMBERS, part, name)
            kind = "integer" if name == "sum" and one.kind == "integer" else "number"
            made = f"sum({one.text})" if name == "sum" else f"{name}(CAST({one.text} AS DOUBLE))"
            return Sql(made, kind, one.values)
        if name in ("lower", "upper"):
            _needs(one, frozenset({"string"}), part, name)
            return Sql(f"{name}({one.text})", "string", one.values)
        if name == "length":
            return Sql(f"length(CAST({one.text} AS VARCHAR))", "integer", one.values)
        _needs(one, MOMENTS, part, name)
        return Sql(f"{name}({one.text})", "integer", one.values)

    def _truncated(self, call: Call, part: str) -> Sql:
        match call.arguments:
            case (Value(str(unit)), item) if unit in PARTS_OF_TIME:
                one = self.expression(item, part)
            case _:
                refuse(part, "wrong-arguments", function=call.name)
        _needs(one, MOMENTS, part, call.name)
        return Sql(f"CAST(date_trunc('{unit}', {one.text}) AS {TYPES[one.kind]})", one.kind, one.values)

    def _percentile(self, call: Call, part: str) -> Sql:
        match call.arguments:
            case (item, Value(Decimal() as share)) if 0 <= share <= 1:
                one = self.expression(item, part)
            case _:
                refuse(part, "wrong-arguments", function=call.name)
        _needs(one, NUMBERS, part, call.name)
        return Sql(f"quantile_cont(CAST({one.text} AS DOUBLE), {float(share)!r})", "number", one.values)

    # -- conditions -------------------------------------------------------------------------------------------

    def condition(self, condition: Condition, part: str) -> Sql:  # noqa: C901, PLR0911 - one shape a line
        """Make a condition."""
        match condition:
            case AllOf(items):
                return joined([self.condition(one, part) for one in items], " AND ")
            case AnyOf(items):
                return joined([self.condition(one, part) for one in items], " OR ")
            case Not(item):
                made = self.condition(item, part)
                return Sql(f"(NOT {made.text})", "boolean", made.values)
            case Missing(item):
                made = self.expression(item, part)
                return Sql(f"({made.text} IS NULL)", "boolean", made.values)
            case Compare(op, left, right):
                return self._compared(op, left, right, part)
            case In(item, values):
                return self._in(item, values, part)
            case Between(item, low, high):
                one = self.expression(item, part)
                ends = [read_as(one.kind, low.value, part, _name_of(item)) for low in (low, high)]
                return Sql(f"({one.text} BETWEEN {ends[0].text} AND {ends[1].text})", "boolean",
                            (*one.values, *_values(ends)))
            case Like():
                return self._like(condition, part)
            case Search(words, column):
                return self._search(words, column, part)
            case Within():
                return self._within(condition, part)

    def _compared(self, op: str, left: Expression, right: Expression, part: str) -> Sql:
        if isinstance(left, Value) and not isinstance(right, Value):
            turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
            return self._compared(turned, right, left, part)
        one = self.expression(left, part)
        if isinstance(right, Value):
            other = read_as(one.kind, right.value, part, _name_of(left))
        else:
            other = self.expression(right, part)
        alike = {one.kind, other.kind} <= NUMBERS or {one.kind, other.kind} <= MOMENTS or one.kind == other.kind
        if not alike:
            refuse(part, "not-comparable", column=_name_of(left), other=_name_of(right))
        return Sql(f"({one.text} {op} {other.text})", "boolean", (*one.values, *other.values))

    def _in(self, item: Expression, values: Sequence[Value], part: str) -> Sql:
        one = self.expression(item, part)
        made = [read_as(one.kind, value.value, part, _name_of(item)) for value in values]
        listed = ", ".join(each.text for each in made)
        return Sql(f"({one.text} IN ({listed}))", "boolean", (*one.values, *_values(made)))

    def _like(self, asked: Like, part: str) -> Sql:
        one = self.expression(asked.item, part)
        word = "ILIKE" if asked.any_case else "LIKE"
        return Sql(f"(CAST({one.text} AS VARCHAR) {word} ?)", "boolean", (*one.values, nfc(asked.pattern)))

    def _search(self, words: Sequence[str], column: Column | None, part: str) -> Sql:
        """Every word in the column, or in any text of the row; unmarked words find marked ones."""
        names = [column.name] if column else [name for name, kind in self.known.items() if kind == "string"]
        found = [(self._column(name, part), self.folded.get(name, "")) for name in names[:MOST_COLUMNS]]
        cells = [(one.text if one.kind == "string" else f"CAST({one.text} AS VARCHAR)", one.kind, made)
                 for one, made in found]
        if not cells:
            return Sql("false", "boolean")
        if column is not None:
            return joined([in_one(*cells[0], word) for word in words], " AND ")
        return joined([in_any(cells, word) for word in words], " AND ")

    def _within(self, asked: Within, part: str) -> Sql:
        lat, lon = (self._column(one.name, part) for one in (asked.latitude, asked.longitude))
        _needs(lat, NUMBERS, part, "within")
        _needs(lon, NUMBERS, part, "within")
        y, x = (f"CAST({one.text} AS DOUBLE)" for one in (lat, lon))
        numbers = [float(one) for one in asked.numbers]
        if asked.shape == "box":
            south, west, north, east = numbers
            return Sql(f"({y} BETWEEN ? AND ? AND {x} BETWEEN ? AND ?)", "boolean", (south, north, west, east))
        here_lat, here_lon, metres = numbers
        half = (f"power(sin(radians({y} - ?) / 2), 2) + cos(radians(?)) * cos(radians({y})) "
                f"* power(sin(radians({x} - ?) / 2), 2)")
        return Sql(f"(2 * {EARTH_METRES} * asin(sqrt(least(1.0, {half}))) <= ?)", "boolean",
                    (here_lat, here_lat, here_lon, metres))


def _needs(one: Sql, kinds: frozenset[Kind], part: str, function: str) -> None:
    if one.kind not in kinds:
        refuse(part, "wrong-kind", function=function, kind=one.kind)
