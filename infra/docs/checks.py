"""docs/checks.md, from the checks themselves and the sentences of their findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.messages import frictionless, gaps
from standards.registry import CHECKS, TABLES

HEAD = """# Checks

What Datamo looks for in a table beyond Table Schema, check by check. A finding of severity *error* blocks publication; a
*warning* asks for attention. A repair marked safe can be applied without a decision; the replacement of a code never is.
Frictionless's own verdict comes with them, its types are listed at the end.

Printed from `standards/checks/` and `api/messages/frictionless.py` by `make docs`.

| check | severity | looks at | title |
|---|---|---|---|
"""


def page() -> str:
    """Give the page."""
    rows = [
        f"| [`{one.CODE}`](#{one.CODE}) | {one.SEVERITY} | {one.SCOPE} | {one.TITLE['en']} · {one.TITLE['vi']} |\n"
        for one in CHECKS
    ]
    return HEAD + "".join(rows) + "".join(_check(one) for one in CHECKS) + _gaps() + _frictionless()


def _gaps() -> str:
    """Say what is judged of Table Schema 2 beside Frictionless."""
    parts = [f"\n### {code}\n\n{_sentences(said)}" for code, said in gaps.SENTENCES.items()]
    return (
        "\n## Beyond Frictionless\n\nWhat Table Schema 2 asks for and Frictionless 5.21 passes over or refuses: "
        "`categories`, `groupChar` of integers, `jsonSchema`, bounds on durations, `uniqueKeys`. They are errors (a "
        "reference that could not be checked is a warning), found where the uploader's own schema asks for them; Frictionless's report stays as it is.\n" + "".join(parts)
    )


def _check(one: Any) -> str:
    basis = f"\n\nBasis: {one.BASIS}." if one.BASIS else ""
    basis += f" Level {one.LEVEL} of machine readability." if getattr(one, "LEVEL", 0) else ""
    users = sorted({table.id for table in TABLES.values() for _, use in table.uses() if use.code == one.CODE})
    used = f"\n\nUsed by {len(users)} standards: {', '.join(users)}." if users else ""
    about = (one.__doc__ or "").strip().removeprefix("Check: ").split("\n")[0]
    return (
        f"\n## {one.CODE}\n\n{about[:1].upper()}{about[1:]}{basis}{used}\n\n{_sentences(one.SENTENCES)}{_examples(one)}"
    )


def _sentences(variants: Mapping[str, Mapping[str, str]]) -> str:
    lines = [
        f"| {variant or '–'} | {said['en']} | {said['vi']} |\n".replace("\n|", " |")
        for variant, said in variants.items()
    ]
    return "| variant | English | Tiếng Việt |\n|---|---|---|\n" + "".join(lines)


def _examples(one: Any) -> str:
    if one.SCOPE == "sheet":
        return f"\n```text\n{one.PICTURE['en']}\n```\n\n```text\n{one.PICTURE['vi']}\n```\n"
    shown = [("passes", example) for example in one.GOOD[:2]] + [("found", example) for example in one.BAD[:3]]
    rows = [f"| {verdict} | {_cells(example.cells)} | {_cells(example.args)} |\n" for verdict, example in shown]
    return "\n| example | cells | arguments |\n|---|---|---|\n" + "".join(rows)


def _cells(cells: Mapping[str, Any]) -> str:
    """Write cells so that what cannot be seen in them is seen."""
    words = (f"{name}=`{ascii(value) if _hidden(value) else value or '(blank)'}`" for name, value in cells.items())
    return ", ".join(words).replace("|", "\\|") or "–"


def _hidden(value: Any) -> bool:
    text = str(value)
    return text != text.strip() or not text.isprintable() or any(char in text for char in "\u0300\u0302\u0323\u3099")


def _frictionless() -> str:
    rows = [
        f"| `{code}` | {frictionless.TITLES[code]['en']} | {frictionless.TITLES[code]['vi']} |\n"
        for code in frictionless.SENTENCES
    ]
    head = "\n## Frictionless\n\n| type | English | Tiếng Việt |\n|---|---|---|\n"
    return head + "".join(rows)
