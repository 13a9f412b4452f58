"""Columns in which nothing personal can be: told by a look at their texts, many times quicker than by counting.

What is said here is only ever *no*: a column that is not harmless is counted as all are (``personal``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from standards.screening import says
from standards.trait import NEVER, Form, Trait

GATES: Mapping[Form, re.Pattern[str]] = MappingProxyType({
    "code": re.compile("(?:[0-9０-９][^0-9０-９]{0,3}){6}"),
    "mail": re.compile("[@＠﹫]|[ (\\[{][aA][tT][ )\\]}]|[cC]òng|CÒNG"),
    "words": re.compile("[^0-9 ][ \t\xa0]+[^0-9 ]"),
})  # fmt: skip
"""A column in which no cell matches holds nothing of the form, and its cells need not be prepared."""

NEEDED: Final[Mapping[Form, Sequence[str]]] = MappingProxyType({
    "code": ("",), "mail": ("@", "＠", "﹫", "at", "aT", "At", "AT", "òng", "ÒNG"), "words": (" ", "\t", "\xa0"),
})  # fmt: skip
"""Of these a text holds one in which a gate finds anything: to look for them is many times quicker."""

APART: Final = "\n" * 4
"""Between texts that are looked at in one go: no gate reaches across."""

_PLAIN: Final = "[ -/:-~\u00c0-\u024f\u1e00-\u1eff]"
"""Signs that become no digit in any form: ASCII's and the letters of European and Vietnamese alphabets."""
_FEW: Final = f"{_PLAIN}*(?:[0-9]{_PLAIN}*){{0,5}}"
_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}[0-9:.]*)?"
_DECIMAL: Final = "(?:0|[1-9][0-9]*)[.][0-9]*[1-9][0-9]*"

HARMLESS: Final[Mapping[Form, re.Pattern[str]]] = MappingProxyType({
    "code": re.compile(f"{_FEW}|[0-9]{{1,8}}|{_DAY}|{_DECIMAL}|-[ -~]*"),
    "mail": re.compile(NEVER),
    "words": re.compile("(?s:.*[A-Za-z].*[0-9].*)"),
})
"""Cells that pass no trait of the form unless a header names it.

Of codes: fewer than six digits (a number plate has six), up to eight and nothing else (an identity card's number has
nine), a day, a true decimal, a negative number. Of words: a digit behind a letter, which is in no name.
"""


def harmless(label: str, texts: Collection[str], traits: Sequence[Trait]) -> bool:
    """Tell whether a column of these (different) texts passes for certain: no header names it, no cell could speak."""
    if any(says(label, trait.named) for trait in traits):
        return False
    joined = APART.join(texts)
    return not any(_may_speak(form, texts, joined) for form in GATES)


def _may_speak(form: Form, texts: Collection[str], joined: str) -> bool:
    if not any(one in joined for one in NEEDED[form]) or all(map(HARMLESS[form].fullmatch, texts)):
        return False
    return bool(GATES[form].search(joined))
