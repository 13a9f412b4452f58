"""The words of an address become a tree: ``select``, ``where``, ``group_by``, ``having``, ``order_by``.

The words are SQL's, as far as they go: names stand bare or in double quotes (``"mã xã"``), texts in single quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NoReturn, TypeVar, cast

from catalog.errors import Invalid, Problem
from pipelines.rowquery import (
    AGGREGATES,
    FUNCTIONS,
    AllOf,
    AnyOf,
    Between,
    Call,
    Column,
    Compare,
    Comparison,
    Condition,
    Expression,
    In,
    Like,
    Missing,
    Not,
    Order,
    Output,
    Query,
    Search,
    Value,
    Within,
)

Item = TypeVar("Item")

LONGEST: Final = 8000
"""Signs of one part of a query."""
DEEPEST: Final = 40
MOST_TOKENS: Final = 2000
MOST_WORDS: Final = 10
PARTS: Final = ("select", "where", "group_by", "having", "order_by")
SIGNS: Final = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})
BOX_NUMBERS, CIRCLE_NUMBERS = 4, 3

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)|(?P<name>[^\W\d]\w*)|(?P<quoted>"(?:[^"]|"")*"|`[^`]*`)"""
    r"""|(?P<text>'(?:[^']|'')*')|(?P<sign><>|!=|<=|>=|[=<>(),*+\-]))"""
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the query: what it is, what it says, where it stands (from 1)."""

    kind: str
    text: str
    place: int


def read(parts: Mapping[str, str]) -> Query:
    """Read the parts that are there. Raises Invalid('query') with the part and the place of what is not understood."""
    unknown = [Problem(f"#/{name}", "unknown-member", {"name": name}) for name in parts if name not in PARTS]
    if unknown:
        raise Invalid("query", problems=unknown)
    readers = {name: Reader(name, parts.get(name, "")) for name in PARTS}
    return Query(
        select=readers["select"].outputs(),
        where=readers["where"].whole(),
        group_by=readers["group_by"].expressions(),
        having=readers["having"].whole(),
        order_by=readers["order_by"].orders(),
    )


def refuse(part: str, code: str, **params: object) -> NoReturn:
    """Refuse a part of the query."""
    raise Invalid("query", problems=[Problem(f"#/{part}", code, params)])


class Reader:
    """Reads one part, word by word."""

    def __init__(self, part: str, text: str) -> None:
        self.part = part
        self.tokens = self._tokens(text)
        self.at = 0
        self.depth = 0

    def _tokens(self, text: str) -> list[Token]:
        if len(text) > LONGEST:
            refuse(self.part, "query-part-long", limit=LONGEST)
        found: list[Token] = []
        place, end = 0, len(text.rstrip())
        while place < end:
            match = _TOKEN.match(text, place)
            if match is None or match.lastgroup is None:
                place += len(text[place:]) - len(text[place:].lstrip())
                refuse(self.part, "query-syntax", place=place + 1, found=text[place : place + 20])
            found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
            place = match.end()
            if len(found) > MOST_TOKENS:
                refuse(self.part, "query-part-long", limit=MOST_TOKENS)
        return found

    # -- single words -----------------------------------------------------------------------------------------

    @property
    def here(self) -> Token:
        """The word at which reading stands; one of kind ``end`` behind the last."""
        if self.at < len(self.tokens):
            return self.tokens[self.at]
        last = self.tokens[-1] if self.tokens else Token("end", "", 0)
        return Token("end", "", last.place + len(last.text))

    def stuck(self) -> NoReturn:
        """Refuse at this word."""
        refuse(self.part, "query-syntax", place=self.here.place, found=self.here.text[:20])

    def step(self) -> Token:
        """Take the word."""
        token = self.here
        self.at += 1
        return token

    def sees(self, *words: str) -> bool:
        """Whether one of these bare words or signs stands here."""
        return self.here.kind in ("name", "sign") and self.here.text.lower() in words

    def takes(self, *words: str) -> bool:
        """Take one of the words, if it stands here."""
        found = self.sees(*words)
        self.at += found
        return found

    def needs(self, word: str) -> None:
        """Take the word, or refuse."""
        if not self.takes(word):
            self.stuck()

    # -- lists ------------------------------------------------------------------------------------------------

    def several(self, one: Callable[[], Item]) -> tuple[Item, ...]:
        """Read things with commas between them to the end; nothing for an empty part."""
        if not self.tokens:
            return ()
        found = [one()]
        while self.takes(","):
            found.append(one())
        if self.here.kind != "end":
            self.stuck()
        return tuple(found)

    def outputs(self) -> tuple[Output, ...]:
        """Read ``select``: a star is every column."""
        if [one.text for one in self.tokens] == ["*"]:
            return ()
        found = self.several(self._output)
        names = [one.name for one in found]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            refuse(self.part, "column-twice", column=twice)
        return found

    def _output(self) -> Output:
        begun = self.at
        item = self.expression()
        said = "".join(_bare(one) for one in self.tokens[begun : self.at])
        return Output(item, self._name() if self.takes("as") else said)

    def expressions(self) -> tuple[Expression, ...]:
        """Read ``group_by``."""
        return self.several(self.expression)

    def orders(self) -> tuple[Order, ...]:
        """Read ``order_by``: a minus before a name, or ``desc`` behind it, turns it round."""
        return self.several(self._order)

    def _order(self) -> Order:
        minus = self.takes("-")
        item = self.expression()
        descending = self.takes("desc")
        if not descending:
            self.takes("asc")
        return Order(item, descending != minus)

    # -- conditions -------------------------------------------------------------------------------------------

    def whole(self) -> Condition | None:
        """Read a condition to the end; None for an empty part."""
        if not self.tokens:
            return None
        found = self.either()
        if self.here.kind != "end":
            self.stuck()
        return found

    def either(self) -> Condition:
        """Read conditions with ``or`` between them."""
        self.depth += 1
        if self.depth > DEEPEST:
            refuse(self.part, "query-deep", limit=DEEPEST)
        found = [self._both()]
        while self.takes("or"):
            found.append(self._both())
        self.depth -= 1
        return found[0] if len(found) == 1 else AnyOf(tuple(found))

    def _both(self) -> Condition:
        found = [self._one()]
        while self.takes("and"):
            found.append(self._one())
        return found[0] if len(found) == 1 else AllOf(tuple(found))

    def _one(self) -> Condition:
        turned = False
        while self.takes("not"):
            turned = not turned
        if self.takes("("):
            found = self.either()
            self.needs(")")
        else:
            found = self._predicate()
        return Not(found) if turned else found

    def _predicate(self) -> Condition:
        if self._calls("search"):
            return self._search()
        if self._calls("within_box"):
            return self._within("box", BOX_NUMBERS)
        if self._calls("within_distance"):
            return self._within("circle", CIRCLE_NUMBERS)
        item = self.expression()
        turned = self.takes("not")
        found = self._relation(item) or (self._comparison(item) if not turned else None)
        if found is None:
            self.stuck()
        return Not(found) if turned else found

    def _calls(self, name: str) -> bool:
        """Whether a call of this function begins here; its name and the bracket are taken then."""
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if not self.sees(name) or following is None or following.text != "(":
            return False
        self.at += 2
        return True

    def _relation(self, item: Expression) -> Condition | None:
        if self.takes("in"):
            return In(item, self._bracketed())
        if self.takes("between"):
            low = self._value()
            self.needs("and")
            return Between(item, low, self._value())
        if self.sees("like", "ilike"):
            any_case = self.step().text.lower() == "ilike"
            return Like(item, self._text(), any_case)
        if self.takes("is"):
            turned = self.takes("not")
            self.needs("null")
            return Not(Missing(item)) if turned else Missing(item)
        return None

    def _comparison(self, item: Expression) -> Condition | None:
        if self.here.kind != "sign" or self.here.text not in SIGNS:
            return None
        op = self.step().text
        return Compare(cast("Comparison", "!=" if op == "<>" else op), item, self.expression())

    def _search(self) -> Search:
        column = None
        if self.here.kind in ("name", "quoted"):
            column = Column(self._name())
            self.needs(",")
        words = tuple(self._text().split())
        self.needs(")")
        if not words or len(words) > MOST_WORDS:
            refuse(self.part, "search-words", limit=MOST_WORDS)
        return Search(words, column)

    def _within(self, shape: str, count: int) -> Within:
        """``within_box(lat, lon, south, west, north, east)``, ``within_distance(lat, lon, lat, lon, metres)``."""
        columns = []
        for _ in range(2):
            columns.append(Column(self._name()))
            self.needs(",")
        numbers = [self._number()]
        while self.takes(","):
            numbers.append(self._number())
        self.needs(")")
        if len(numbers) != count:
            self.stuck()
        return Within(columns[0], columns[1], "box" if shape == "box" else "circle", tuple(numbers))

    # -- expressions ------------------------------------------------------------------------------------------

    def expression(self) -> Expression:
        """Read a column, a function of one, or something written down."""
        token = self.here
        if token.kind == "name" and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].text == "(":
            return self._call()
        if token.kind in ("text", "number") or self.sees("true", "false", "-", "+"):
            return self._value()
        return Column(self._name())

    def _call(self) -> Call:
        name = self.here.text.lower()
        if name not in AGGREGATES | FUNCTIONS:
            refuse(self.part, "unknown-function", function=self.here.text)
        self.at += 2
        self.depth += 1
        if self.depth > DEEPEST:
            refuse(self.part, "query-deep", limit=DEEPEST)
        if name == "count" and self.takes("*"):
            found = Call(name)
        else:
            distinct = name == "count" and self.takes("distinct")
            arguments = [self.expression()]
            while self.takes(","):
                arguments.append(self.expression())
            found = Call(name, tuple(arguments), distinct)
        self.needs(")")
        self.depth -= 1
        return found

    def _bracketed(self) -> tuple[Value, ...]:
        self.needs("(")
        found = [self._value()]
        while self.takes(","):
            found.append(self._value())
        self.needs(")")
        return tuple(found)

    def _value(self) -> Value:
        if self.sees("true", "false"):
            return Value(self.step().text.lower() == "true")
        if self.here.kind == "text":
            return Value(self._text())
        return Value(self._number())

    def _number(self) -> Decimal:
        minus = self.takes("-")
        if not minus:
            self.takes("+")
        if self.here.kind != "number":
            self.stuck()
        number = Decimal(self.step().text)
        return -number if minus else number

    def _text(self) -> str:
        if self.here.kind != "text":
            self.stuck()
        return self.step().text[1:-1].replace("''", "'")

    def _name(self) -> str:
        if self.here.kind not in ("name", "quoted"):
            self.stuck()
        return _bare(self.step())


def _bare(token: Token) -> str:
    if token.kind != "quoted":
        return f"{token.text} " if token.text.lower() == "distinct" else token.text
    return token.text[1:-1].replace('""', '"') if token.text[0] == '"' else token.text[1:-1]
