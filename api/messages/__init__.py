"""Sentences in the reader's language: one module per kind of sentence; here is what they share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LANGUAGES = ("vi", "en")
"""The languages that every sentence of ours has, the default one first."""

Sentences = Mapping[str, Mapping[str, str]]
"""Code → language → ``str.format`` template over the code's parameters."""


_QUOTE = re.compile(
    r'(?:,? (?:ví dụ|such as)|:) [“"]?\{(cell|pairs|values)\}[”"]?| \(\{(cell|pairs|values)\}\)',
)


class _Blanks(dict[str, Any]):
    """Parameters of a sentence; one that is not there leaves an ellipsis and breaks nothing."""

    def __missing__(self, key: str) -> str:
        return "…"


def fill(template: str, params: Mapping[str, Any]) -> str:
    """Put the parameters into a template; a parameter that is missing or odd never raises.

    What a sentence quotes at its end is left out with the words that lead to it where there is nothing to quote: beside
    personal data it is not told what cells say.
    """
    template = _QUOTE.sub(lambda found: found[0] if params.get(found[1] or found[2]) else "", template)
    try:
        return template.format_map(_Blanks(params))
    except (ValueError, TypeError, AttributeError, IndexError):
        return template


def pick(text: Mapping[str, str], language: str) -> str:
    """Choose the wording in one language, else in Vietnamese, English or whatever there is."""
    for tag in (language, *LANGUAGES):
        if text.get(tag):
            return text[tag]
    return next(iter(text.values()), "")


def say(sentences: Sentences, code: str, params: Mapping[str, Any], language: str) -> str:
    """Make the sentence of a code; "" for a code that the collection does not know."""
    wording = sentences.get(code)
    return fill(pick(wording, language), params) if wording else ""
