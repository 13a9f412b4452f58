"""How the words of a question meet those of a dataset: bags, least match, marks, spellings; alike in every engine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import chain
from math import ceil
from typing import Final, NamedTuple

from catalog.indexed import Shown
from catalog.question import Document, clean_text
from standards.record import Text
from standards.text import fold, has_cjk, nfc, runs, spaced, syllables, syllables_and_pairs, words

TEXT_LIMIT: Final = 1000
"""Characters of a question's text that are looked at; the doors refuse longer ones."""

TERMS_LIMIT: Final = 40
WORD_LIMIT: Final = 80
"""Characters of a word; longer ones (hashes, addresses) are neither stored nor asked for."""

TITLE_BONUS: Final = 0.1
"""Weight of the title beside the whole text: on 2,212 catalogue records larger ones made ranking worse."""

FULL_SHARE: Final = 0.75
SHORT: Final = 2
"""Questions of so many words need all of them; longer ones three quarters, before they are relaxed."""

RELAXED: Final = 3
"""Ways to relax: 0 the least match as it should be, 1 half of the words, 2 any word."""


@dataclass(frozen=True, slots=True)
class Bag:
    """The words of a dataset, ready to be indexed as they are (split at spaces, nothing else).

    ``words`` bear their marks; ``folded`` are syllables without, CJK as bigrams; ``pairs`` are neighbours
    (``ngan_sach``) that restore what folding loses; ``title`` are the title's folded syllables.
    """

    words: tuple[str, ...]
    folded: tuple[str, ...]
    pairs: tuple[str, ...]
    title: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a question, each once. ``words`` are there only where the reader typed marks: then they count."""

    words: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    said: int | None = None

    def least(self, relaxed: int = 0) -> int:
        """Of how many folded words a dataset must hold at least one each; what was ``said`` is never relaxed."""
        total = len(self.folded)
        if self.said is not None:
            return min(total, max(1, self.said))
        if relaxed == 0:
            return total if total <= SHORT else ceil(total * FULL_SHARE)
        return ceil(total / 2) if relaxed == 1 else min(total, 1)


def bag(document: Document) -> Bag:
    """Put all that a dataset says of itself into one bag: it ranks better than a sum over many fields."""
    title = [_words_of(text) for text in document.title.values()]
    often = (*document.tags, *document.columns, *document.places)
    rest = (*document.org_title.values(), *document.description.values(), document.slug.replace("-", " "))
    every = [*title, *map(_kept, often), *map(_words_of, rest)]
    return Bag(
        words=_short(chain.from_iterable(one[0] for one in every)),
        folded=_short(chain.from_iterable(one[1] for one in every)),
        pairs=_short(chain.from_iterable(one[2] for one in every)),
        title=_short(chain.from_iterable(one[1] for one in title)),
    )


def _words_of(text: str) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Give the words, syllables and pairs of one text; pairs do not reach from one text into the next."""
    alone, pairs = syllables_and_pairs(text)
    return alone if text.isascii() else words(text), alone, pairs


@lru_cache(maxsize=4096)
def _kept(text: str) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Keep the words of texts that many datasets share: tags, names of columns, places."""
    return _words_of(text)


def terms(text: str, least: int | None = None) -> Terms:
    """Cut a question's text into terms; never read as a language of operators, so that nothing typed can be wrong."""
    text = clean_text(text)[:TEXT_LIMIT]
    folded, pairs = syllables_and_pairs(text)
    marked = nfc(text).lower()
    return Terms(
        words=_once(_short(words(text))) if fold(marked) != marked else (),
        folded=_once(_short(folded)),
        pairs=_once(_short(pairs)),
        said=least,
    )


def _short(every: Iterable[str]) -> tuple[str, ...]:
    every = tuple(every)
    if max(map(len, every), default=0) <= WORD_LIMIT:
        return every
    return tuple([word for word in every if len(word) <= WORD_LIMIT])


def _once(every: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(every))[:TERMS_LIMIT]


# --- passages ---------------------------------------------------------------------------------------------------------

PASSAGE: Final = 240
"""Characters of a description around the found words."""

_OPEN: Final = "\0"
_CLOSE: Final = "\udfff"
"""Signs that no cleaned text holds: where marks begin and end until the rest of a passage is escaped, all at once."""

_KEPT_TEXT: Final = 1000
"""Characters of a text up to which its folded form is kept; all that are kept take some megabytes."""

_LEAD: Final = 60
_LOOKED_AT: Final = 200
_Span = tuple[int, int]


def marked(document: Document | Shown, asked: Terms) -> dict[str, str]:
    """Mark the found words in what is shown of a dataset: escaped HTML with ``<mark>``, by the keys of Hit.marked."""
    wanted = frozenset(asked.folded)
    if not wanted:
        return {}
    found = {f"title.{tag}": mark(text, wanted) for tag, text in document.title.items()}
    found |= {f"org.{tag}": mark(text, wanted) for tag, text in document.org_title.items()}
    found |= {"tags": mark(", ".join(document.tags), wanted)}
    found |= {"columns": mark(", ".join(document.columns), wanted, PASSAGE)}
    found |= {f"description.{tag}": mark(text, wanted, PASSAGE) for tag, text in document.description.items()}
    return {key: text for key, text in found.items() if text}


def mark(text: str, wanted: frozenset[str], length: int | None = None) -> str:
    """Mark the words of a text whose folded form is wanted; "" when there is none.

    With a ``length`` only the passage with most different found words is given, cut at words, with an ellipsis.
    """
    if not text:
        return ""
    prepared = _prepared(text) if len(text) <= _KEPT_TEXT else _in_place(text)
    text = prepared.text
    spans = _joined(text, _spans(prepared, wanted))
    if not spans:
        return ""
    whole = length is None or len(text) <= length
    start, end = (0, len(text)) if whole else _passage(prepared, spans, length or 0)
    parts = ["…"] if start else []
    at = start
    for first, last in spans:
        if start <= first and last <= end:
            parts += [text[at:first], _OPEN, text[first:last], _CLOSE]
            at = last
    shown = escape("".join([*parts, text[at:end], "…" if end < len(text) else ""]))
    return shown.replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")


class _Prepared(NamedTuple):
    """A text composed; folded so that each character keeps its place; and its runs with a space before and behind each.

    The last is "" where the folded text is not ASCII: its runs are looked for by their letters.
    """

    text: str
    folded: str
    runs: str


def _in_place(text: str) -> _Prepared:
    """Prepare a text for looking for words; a character that folds to several is lost."""
    text = nfc(clean_text(text))
    folded = fold(text)
    if len(folded) != len(text):
        folded = "".join(one if len(one) == 1 else " " for one in map(fold, text))
    return _Prepared(text, folded, f" {spaced(folded)} " if folded.isascii() else "")


@lru_cache(maxsize=4096)
def _prepared(text: str) -> _Prepared:
    """Keep what is shown of datasets that many readers find: folding takes half of the time of marking."""
    return _in_place(text)


def _spans(prepared: _Prepared, wanted: frozenset[str]) -> list[_Span]:
    """Where the wanted words stand in folded text, in order."""
    folded = prepared.folded
    if prepared.runs:
        return _spans_in_ascii(prepared.runs, wanted)
    if has_cjk(folded):
        return list(_spans_by_runs(folded, [word for word in wanted if word in folded]))
    found = (one.span() for one in _any_of(wanted).finditer(folded))
    return [(first, last) for first, last in found if not (first and folded[first - 1].isalnum())]


def _spans_in_ascii(every: str, wanted: frozenset[str]) -> list[_Span]:
    """Look for each word with its spaces: several times quicker than a pattern that looks at every character."""
    found: list[_Span] = []
    for word in wanted:
        sought = f" {word} "
        at = every.find(sought)
        while at >= 0:  # the space in front makes up for the one before the text
            found.append((at, at + len(word)))
            at = every.find(sought, at + len(word) + 1)
    found.sort()
    return found


@lru_cache(maxsize=256)
def _any_of(wanted: frozenset[str]) -> re.Pattern[str]:
    """Find wanted words where runs end; what stands before them is looked at afterwards, which is quicker."""
    return re.compile(f"(?:{'|'.join(map(re.escape, sorted(wanted)))})(?![^\\W_])")


def _spans_by_runs(folded: str, wanted: Sequence[str]) -> Iterator[_Span]:
    """Look at every run; of a CJK run only the characters of wanted pairs count."""
    at = 0
    for run in runs(folded):
        at = folded.index(run, at)
        parts = [run] if run.isascii() else syllables(run)
        if len(parts) == 1 and parts[0] in wanted:
            yield at, at + len(run)
        elif len(parts) > 1:
            yield from ((at + step, at + step + 2) for step, part in enumerate(parts) if part in wanted)
        at += len(run)


def _joined(text: str, spans: list[_Span]) -> list[_Span]:
    """Join found words that touch or have one space between them, so that a phrase gets one mark."""
    joined: list[_Span] = []
    for first, last in spans:
        if joined and text[joined[-1][1] : first] in {"", " "}:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _passage(prepared: _Prepared, spans: list[_Span], length: int) -> _Span:
    """Start and end of the passage that shows most of what was found; spans come and go as it moves to the right."""
    text, folded = prepared.text, prepared.folded
    inside: Counter[str] = Counter()
    best, most, left, right = 0, -1, 0, 0
    for first, _ in spans[:_LOOKED_AT]:
        start = max(0, first - _LEAD)
        while right < len(spans) and spans[right][1] <= start + length:
            inside.update(folded[slice(*spans[right])].split())
            right += 1
        while left < right and spans[left][0] < start:
            inside.subtract(folded[slice(*spans[left])].split())
            left += 1
        shown = sum(1 for count in inside.values() if count)
        if shown > most:
            best, most = start, shown
    return _at_word(text, best, forward=True), _at_word(text, min(len(text), best + length), forward=False)


def _at_word(text: str, at: int, *, forward: bool) -> int:
    """Move a cut to the next space, not farther than 20 characters (CJK text has none)."""
    if at in {0, len(text)}:
        return at
    near = text.find(" ", at, at + 20) + 1 if forward else text.rfind(" ", at - 20, at)
    return near if near > 0 else at


# --- spellings --------------------------------------------------------------------------------------------------------

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_CORRECTABLE: Final = re.compile(r"[a-z]{2,20}", re.ASCII)


def spellings(word: str) -> Iterator[str]:
    """Every spelling one slip away from a folded word: a letter too few, too many, wrong, or two swapped."""
    if not _CORRECTABLE.fullmatch(word):
        return
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    every = [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
    every += [left + right[1:] for left, right in cuts if right]
    every += [left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS]
    every += [left + letter + right for left, right in cuts for letter in _LETTERS]
    yield from (one for one in dict.fromkeys(every) if one and one != word)


def splits(word: str) -> Iterator[tuple[str, str]]:
    """Every way to read a word as two that were typed without a space (``ngansach``)."""
    if _CORRECTABLE.fullmatch(word):
        yield from ((word[:at], word[at:]) for at in range(1, len(word)))


def as_typed(text: str, folded: Sequence[str]) -> list[str]:
    """Give folded words as the reader typed them."""
    typed = {syllable: run for run in reversed(runs(nfc(text))) for syllable in syllables(run)}
    return [typed.get(word, word) for word in folded]


def as_written(wanted: Sequence[str], texts: Iterable[str]) -> str:
    """Find folded words, in a row, in texts and give them as they are written there, marks included; "" when absent."""
    for text in texts:
        every = runs(nfc(text))
        folded = [fold(run) for run in every]
        for at in range(len(every) - len(wanted) + 1):
            if folded[at : at + len(wanted)] == list(wanted):
                return " ".join(every[at : at + len(wanted)]).lower()
    return ""


def texts_of(document: Document) -> list[str]:
    """List what is shown of a dataset, title first: where words are looked up as they are written."""
    every: list[Text | Mapping[str, str]] = [document.title, document.org_title, document.description]
    return [text for one in every for text in one.values()] + [*document.tags, *document.columns]
