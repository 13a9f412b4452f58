"""How `datamo check` shows on the terminal what was found, to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.messages import findings, lookalike
from api.messages.document import WORDS, score, summary, verdict_word

SHOWN_ROWS = 20
MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "info": ("·", "cyan")}
WAYS = ("safe", "decide", "hand", "note")
"""Who repairs: `--fix` by itself, a person's decision, a person's hand, nobody."""

Key = tuple[str, str, str | None]


def show(told: Mapping[str, Any], language: str, decisions: Sequence[tuple[str, str, int]] = ()) -> None:
    """Print the report for a person. ``decisions`` are repairs that she may accept: kind, what it is, how many."""
    from rich.console import Console
    from rich.text import Text

    words = WORDS[language]
    console = Console(highlight=False)
    console.print(
        Text.assemble(_verdict(told, words), " ", (told["file"]["name"], "bold"), "  ", summary(told, words))
    )
    if told.get("reason"):
        console.print(Text("  " + (told["reason"]["detail"] or told["reason"]["code"])))
    for line in _mended(told, words, language):
        console.print(Text("  " + _calm(line), style="green"))
    for one in told.get("tables", [told]):
        for line in guessed(one, words):
            console.print(Text("  " + _calm(line), style="dim"))
        for mark, tint, line in told_of(one, words, language):
            gap = "  " if mark.strip() else ""
            console.print(Text.assemble((mark, tint), gap, (_calm(line), "" if gap else tint)))
        if said := score(one["stats"], words):
            console.print(Text("  " + said, style="dim"))
    for kind, title, count in decisions:
        console.print(Text("  " + words["accept"].format(kind=kind, title=title, n=f"{count:,}"), style="dim"))


def told_of(
    table: Mapping[str, Any], words: Mapping[str, str], language: str
) -> Iterator[tuple[str, str, str]]:
    """Say what was found by who repairs it: by itself, after a decision, by hand; (mark, colour, line) each.

    Every kind is named with its count and first places; single sentences are shown while there is room, and how many
    are not is said.
    """
    held: dict[str, list[Mapping[str, Any]]] = {way: [] for way in WAYS}
    by_kind: dict[Key, list[Mapping[str, Any]]] = {}
    for finding in table["findings"]:
        by_kind.setdefault((finding["code"], finding["severity"], finding["place"]["field"]), []).append(finding)
    for group in table["groups"]:
        held[_way(group, by_kind.get(_key(group), ()))].append(group)
    each = max(SHOWN_ROWS // max(len(table["groups"]), 1), 1)
    room = SHOWN_ROWS
    for way, groups in held.items():
        if not groups:
            continue
        yield "", "bold", words[way].format(n=f"{sum(one['count'] for one in groups):,}")
        for group in sorted(groups, key=lambda one: (list(MARKS).index(one["severity"]), -one["count"])):
            yield *MARKS[group["severity"]], _kind(group, words, language)
            shown = by_kind.get(_key(group), [])[: min(each, room)]
            room -= len(shown)
            for finding in shown:
                yield "   ", "dim", _said(finding)
    hidden = sum(group["count"] for group in table["groups"]) - (SHOWN_ROWS - room)
    if hidden > 0:
        yield "", "dim", words["more"].format(n=f"{hidden:,}")


def _key(group: Mapping[str, Any]) -> Key:
    return group["code"], group["severity"], group["field"]


def _way(group: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    """Say who repairs a kind of finding: the most careful of what its findings need, as far as they are told."""
    fixes = [one["fix"] for one in findings]
    if not any(fixes):
        return "note" if group["severity"] == "info" else "hand"
    if None in fixes or group["fixable"] < group["count"]:
        return "decide"
    return "safe" if all(one["safe"] for one in fixes) else "decide"


def _said(finding: Mapping[str, Any]) -> str:
    after = (finding["fix"] or {}).get("after")
    return str(finding["message"]) + (f" → {_short(after)}" if after is not None else "")


def _kind(group: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    """Say one kind of finding in a column: how many, and where the first ones are."""
    field = f" ({words['field']} {group['field']})" if group["field"] else ""
    rows = ", ".join(str(row) for row in group["examples"])
    place = f"; {words['row']} {rows}{', …' if group['count'] > len(group['examples']) else ''}" if rows else ""
    return f"{group['count']:,} × {findings.title(group['code'], language)}{field}{place}"


def guessed(table: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    """Say how the table was read where it could have been read otherwise, or was on request."""
    for one in table["understood"]:
        if one["sure"] == "certain" and not one["overridden"]:
            continue
        name = f"{one['title']} ({one['field']})" if one["field"] else one["title"]
        hint = f" (--{one['option'].replace('_', '-')})" if one["option"] else ""
        yield f"{words['read']} {name}: {one['shown']}. {one['detail']}{'' if one['overridden'] else hint}"


def _mended(told: Mapping[str, Any], words: Mapping[str, str], language: str) -> Iterator[str]:
    """Say what was repaired, kind by kind, and where the repaired file is."""
    for one in told.get("fixes", ()):
        changed = next((each for each in one["examples"] if each["before"] != each["after"]), None)
        shown = f": {_short(changed['before'])} → {_short(changed['after'])}" if changed else ""
        apart = lookalike.said(language, changed["before"], changed["after"]) if changed else ""
        yield f"{words['repaired']} {one['count']:,} × {one['title']}{shown}{apart and f' ({apart})'}"
    for path in told.get("written", ()):
        yield words["written"].format(path=path)


def _verdict(told: Mapping[str, Any], words: Mapping[str, str]) -> Any:
    word = verdict_word(told)
    return words[word], "bold green" if word == "valid" else "bold red"


def _calm(text: str | None) -> str:
    """Take out what would speak to the terminal."""
    lines = (text or "").replace("\r\n", "\n").replace("\n", "⏎")
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in lines)


def _short(cell: str | None) -> str:
    """Cut a cell for the terminal."""
    text = _calm(cell)
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - what fits beside the sentence
