"""The numbering of a form's rows (A, I, 1, 1.1, a), -) as a hierarchy: level, code and upper row of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from standards.page import Column, Page, is_total
from standards.text import fold

_ROMAN = re.compile(r"^[IVXL]+$")
_TOKEN = re.compile(r"^\s*\(?\s*([IVXL]+|[A-ZĐ]|[a-zđ]|\d{1,3}(?:\.\d{1,3})*|[IVXL]+(?:\.\d{1,3})+)\s*[.)/]?\s*$")
_BULLET = re.compile(r"^\s*([-–+*•])\s+(?=\S)|^\s*([-–+•])(?=[^\W\d])")
_LABEL = re.compile(r"^(s?tt|so tt|so thu tu|no|muc|ma muc|item)\.?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row's place: ``code`` like I.1.1 is its own in the table, ``above`` the row that it is part of."""

    row: int
    level: int
    code: str
    above: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The column that numbers the rows, and each row's place."""

    column: int
    marks: Mapping[int, Mark]


def marks_of(page: Page) -> Marks | None:
    """Find a numbering of more than one level; None where rows are not numbered or only counted 1, 2, 3."""
    column = next((one for one in page.columns[:2] if _is_numbering(one)), None)
    if column is None:
        return None
    tokens = {row: token for row, text, _ in column.cells if (token := _token(text))}
    styles = _styles(tokens)
    names = _names(page, column)
    bullets = {row for row, name in names.items() if row not in tokens and _BULLET.match(name)}
    if len(set(styles.values())) < 2 and not bullets:  # noqa: PLR2004 - one style is a count of rows
        return None
    return Marks(column=column.index, marks=_hierarchy(page, tokens, styles, names))


def unbulleted(text: str) -> str:
    """Leave out the dash or plus before a name."""
    return _BULLET.sub("", text)


def _token(text: str) -> str:
    found = _TOKEN.match(text)
    return found[1] if found else ""


def _is_numbering(column: Column) -> bool:
    said = column.said
    hits = sum(1 for _, text, _ in said if _TOKEN.match(text))
    named = bool(_LABEL.match(fold(column.label).strip()))
    return len(said) > 1 and hits >= (0.7 if named else 0.95) * len(said)


def _styles(tokens: Mapping[int, str]) -> dict[int, str]:
    """Name the style of each token: Roman, capital, small, or digits of so many parts; I after H is a capital."""
    found: dict[int, str] = {}
    last = ""
    for row, token in tokens.items():
        if token[0].isdigit():
            found[row] = f"digits{token.count('.')}"
            continue
        if "." in token:
            found[row] = f"roman{token.count('.')}"
            continue
        follows = len(token) == 1 and len(last) == 1 and ord(token) == ord(last) + 1
        counts_on = follows and "capital" in found.values()
        if token.islower():
            found[row] = "small"
        elif _ROMAN.match(token) and token != "L" and not counts_on:  # noqa: S105 - no password
            found[row], last = "roman", token
        else:
            found[row], last = "capital", token
    return found


def _names(page: Page, numbering: Column) -> dict[int, str]:
    """Give what each row is called: its first describing cell beside the numbering."""
    beside = next((one for one in page.columns if one.index != numbering.index and one.said and not one.figures), None)
    beside = beside or next((one for one in page.columns if one.index > numbering.index), None)
    return {row: text.strip() for row, text, _ in beside.said} if beside else {}


def _hierarchy(
    page: Page, tokens: Mapping[int, str], styles: Mapping[int, str], names: Mapping[int, str]
) -> dict[int, Mark]:
    stack: list[tuple[str, Mark]] = []
    found: dict[int, Mark] = {}
    counts: dict[tuple[int | None, str], int] = {}
    for row in range(*page.body):
        if row not in tokens and row not in names:
            continue
        style = styles.get(row) or _unnumbered(names.get(row, ""))
        if style == "total":
            found[row] = Mark(row=row, level=0, code="")
            stack = []
            continue
        while any(one == style for one, _ in stack) and stack[-1][0] != style:
            stack.pop()
        if stack and stack[-1][0] == style:
            stack.pop()
        _trim(stack, style, tokens.get(row, ""))
        above = stack[-1][1] if stack else None
        key = (above.row if above else None, style)
        counts[key] = counts.get(key, 0) + 1
        mark = Mark(
            row=row,
            level=len(stack) + 1,
            code=_code(above, tokens.get(row, ""), counts[key]),
            above=above.row if above else None,
        )
        found[row] = mark
        stack.append((style, mark))
    return found


def _trim(stack: list[tuple[str, Mark]], style: str, token: str) -> None:
    """Let 1.1 stand under 1: rows of other styles that came between are no part of its way up."""
    if not style.startswith("digits") or "." not in token:
        return
    upper = f"digits{token.count('.') - 1}"
    while any(one == upper for one, _ in stack) and stack[-1][0] != upper:
        stack.pop()


def _unnumbered(name: str) -> str:
    bullet = _BULLET.match(name)
    if bullet:
        return "bullet" + (bullet[1] or bullet[2])
    return "total" if is_total(name) else "plain"


def _code(above: Mark | None, token: str, count: int) -> str:
    last = token.rpartition(".")[2] if token else f"({count})"
    return f"{above.code}.{last}" if above and above.code else (token or last)


def levels(marks: Mapping[int, Mark]) -> Sequence[int]:
    """List the levels that occur, in order."""
    return sorted({one.level for one in marks.values()})
