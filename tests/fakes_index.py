"""The Index port in memory: every answer by looking at every document, so that engines can be held against it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from catalog.errors import Unavailable
from catalog.indexed import headline
from catalog.question import (
    TEXTS,
    AllOf,
    Answer,
    AnyOf,
    Between,
    Condition,
    Cursor,
    Document,
    During,
    FacetValue,
    Hit,
    Known,
    Near,
    Not,
    Pattern,
    Question,
    Values,
    Wild,
    Words,
)
from catalog.wording import RELAXED, Bag, Terms, as_typed, as_written, bag, marked, spellings, splits, terms, texts_of
from standards.text import collation_key, fold, runs, syllables


def facet_values(document: Document, name: str) -> set[str]:
    values = {
        "org": [document.org], "theme": document.themes, "tag": document.tags, "format": document.formats,
        "licence": [document.licence], "standard": [document.standard], "year": [str(year) for year in document.years],
    }
    return {value for value in values[name] if value}


def holds(condition: Condition, one: Document, have: Bag) -> bool:  # noqa: C901, PLR0911 - one answer for each kind
    """Whether a condition holds for a dataset, by looking."""
    match condition:
        case AllOf(parts):
            return all(holds(part, one, have) for part in parts)
        case AnyOf(parts, least):
            return bool(parts) and sum(holds(part, one, have) for part in parts) >= max(1, least)
        case Not(part):
            return not holds(part, one, have)
        case Words(field, text, phrase):
            asked = terms(text)
            return set(asked.folded) <= set(words_of(field, one, have)) and not (phrase and set(asked.pairs) - set(have.pairs))
        case Values(field, values):
            return bool(set(words_of(field, one, have)) & set(values))
        case Pattern(field, parts):
            signs = {Wild.MANY: ".*", Wild.ONE: "."}
            wanted = re.compile("".join(signs[part] if isinstance(part, Wild) else re.escape(part) for part in parts), re.DOTALL)
            return any(wanted.fullmatch(word) for word in words_of(field, one, have))
        case Between(field):
            return any(condition.holds(word) for word in words_of(field, one, have))
        case Near(field, word, slips):
            return any(distance(word, other) <= slips for other in words_of(field, one, have))
        case During(field, start, end):
            key = f"{one.modified if field == 'modified' else one.issued}\x01{one.id}"
            return not (start and key < start.isoformat()[:19]) and not (end and key >= end.isoformat()[:19])
        case Known(field):
            return bool(words_of(field, one, have))


def words_of(field: str, one: Document, have: Bag) -> Iterable[str]:
    if field in TEXTS:
        return have.folded if field == "text" else have.title
    named = {"id": one.id, "name": one.slug, "headline": headline(one.title)}
    if field == "extra":
        return one.extras
    return {named[field]} if field in named else facet_values(one, field)


def distance(left: str, right: str) -> int:
    """Slips between two words: a letter too few, too many, wrong, or two neighbours swapped."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        rows.append([i])
        for j, b in enumerate(right, 1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


class FakeIndex:
    """Index. ``broken`` makes it answer as a damaged one does."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[int, Document | None]] = {}
        self.shown: dict[str, Document] = {}
        self.bags: dict[str, Bag] = {}
        self.broken = False

    # -- writing

    def put(self, documents: Iterable[Document]) -> None:
        for one in documents:
            self._change(one.id, one.sequence, one)

    def drop(self, ids: Iterable[tuple[str, int]]) -> None:
        for dataset, sequence in ids:
            self._change(dataset, sequence, None)

    def rebuild(self, documents: Iterable[Document]) -> int:
        before, floor = self.held, max((sequence for sequence, _ in self.held.values()), default=-1)
        built = {one.id: (one.sequence, one) for one in documents}
        late = {key: held for key, held in before.items() if held[0] > floor}
        self.held, self.broken = {**built, **late}, False
        for _, one in built.values():
            self._keep(one)
        return len(built)

    def _change(self, dataset: str, sequence: int, document: Document | None) -> None:
        if self.broken:
            raise Unavailable("search-damaged")
        if sequence >= self.held.get(dataset, (sequence, None))[0]:
            self.held[dataset] = (sequence, document)
            if document:
                self._keep(document)

    def _keep(self, document: Document) -> None:
        self.shown[document.id] = document
        self.bags[document.id] = bag(document)

    # -- asking

    def ask(self, question: Question) -> Answer:
        cursor = Cursor.read(question) if question.after else None
        asked = terms(question.text, question.least)
        if self.broken:
            return Answer(degraded=True)
        if question.text.strip() and not asked.folded:
            return Answer(facets=dict.fromkeys(question.facets, ()))
        relaxed = cursor.relaxed if cursor else 0
        while not (found := self._found(question, asked, relaxed)) and not cursor and relaxed + 1 < RELAXED:
            relaxed += 1
        found.sort(key=lambda one: self._key(question, asked, one))
        start = self._start(question, asked, found, cursor)
        page = found[start : start + question.limit]
        unknown = [word for word in asked.folded if not any(word in self.bags[one.id].folded for one in self._sight(question))]
        strict = len(found) if relaxed == 0 and len(found) > 3 else 0
        return Answer(
            total=len(found),
            hits=[Hit(id=one.id, marked=marked(one, asked) if question.marks else {}) for one in page],
            facets={name: self._facet(question, asked, relaxed, name) for name in question.facets},
            next=Cursor(start + len(page), page[-1].id, "", relaxed).write(question) if len(found) > start + len(page) and page else "",
            suggestion=self._suggestion(question, unknown, strict) if unknown and not cursor else "",
            dropped=tuple(as_typed(question.text, unknown)) if not cursor else (),
        )

    def suggest(self, text: str, limit: int = 8) -> Sequence[str]:
        typed = syllables(text)
        if not typed or self.broken:
            return []
        titles = [title for one in self._sight(Question()) for title in one.title.values()]
        every = {title: syllables(title) for title in titles}
        fit = [title for title, words in every.items()
               if set(typed[:-1]) <= set(words) and any(word.startswith(typed[-1]) for word in words)]
        return sorted(fit, key=lambda title: (not " ".join(every[title]).startswith(" ".join(typed)), len(title)))[:limit]

    def count(self) -> int:
        return sum(1 for _, one in self.held.values() if one)

    def sequences(self) -> Iterator[tuple[str, int]]:
        if self.broken:
            raise Unavailable("search-damaged")
        return iter([(key, sequence) for key, (sequence, one) in self.held.items() if one])

    def check(self) -> None:
        if self.broken:
            raise Unavailable("search-damaged")

    def close(self) -> None:
        pass

    # -- how

    def _sight(self, question: Question) -> list[Document]:
        return [one for _, one in self.held.values() if one and set(one.audience) & set(question.audience)]

    def _found(self, question: Question, asked: Terms, relaxed: int, without: str = "") -> list[Document]:
        return [one for one in self._sight(question) if self._fits(question, one, without)
                and len(set(asked.folded) & set(self.bags[one.id].folded)) >= asked.least(relaxed)]

    def _fits(self, question: Question, one: Document, without: str) -> bool:
        chosen = {name: values for name, values in question.filters.items() if values and name != without}
        if any(not facet_values(one, name) & set(values) for name, values in chosen.items()):
            return False
        if question.where is not None and not holds(question.where, one, self.bags[one.id]):
            return False
        if not (question.since or question.until):
            return True
        return bool(one.since or one.until) and not (
            (question.since and one.until and one.until < question.since) or (question.until and one.since and one.since > question.until))

    def _facet(self, question: Question, asked: Terms, relaxed: int, name: str) -> list[FacetValue]:
        counts = Counter(value for one in self._found(question, asked, relaxed, name) for value in facet_values(one, name))
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[: question.facet_size]
        chosen = [value for value in question.filters.get(name, ()) if value not in dict(ranked)]
        return [FacetValue(value=value, count=counts[value]) for value in [*dict(ranked), *chosen]]

    def _key(self, question: Question, asked: Terms, one: Document) -> tuple:
        if question.sort == "title":
            return (collation_key(one.title.get("vi") or next(iter(one.title.values()), "")), one.id)
        if question.sort == "relevance" and question.weighs:
            have = self.bags[one.id]
            raised = sum(each.boost for each in question.weights if holds(each.condition, one, have))
            score = sum(len(set(a) & set(b)) for a, b in ((asked.folded, have.folded), (asked.pairs, have.pairs), (asked.words, have.words)))
            return (-score - raised - len(set(asked.folded) & set(have.title)) / 10, len(have.folded),
                    _descending(one.modified + "\x01" + one.id))
        return _descending((one.issued if question.sort == "issued" else one.modified) + "\x01" + one.id)

    def _start(self, question: Question, asked: Terms, found: list[Document], cursor: Cursor | None) -> int:
        if not cursor:
            return question.start
        ids = [one.id for one in found]
        if cursor.id in ids:
            return ids.index(cursor.id) + 1
        last = self._key(question, asked, self.shown[cursor.id])
        return sum(1 for one in found if self._key(question, asked, one) < last)

    def _suggestion(self, question: Question, unknown: Sequence[str], strict: int) -> str:
        sight = self._sight(question)
        known = Counter(word for one in sight for word in set(self.bags[one.id].folded))
        pairs = {pair for one in sight for pair in self.bags[one.id].pairs}
        better = []
        for word in runs(fold(question.text)):
            apart = [f"{a} {b}" for a, b in splits(word) if f"{a}_{b}" in pairs]
            near = sorted((one for one in spellings(word) if known[one]),
                          key=lambda one: (one[0] != word[0], sorted(one) != sorted(word), -known[one]))
            better.append(([*apart, *near] or [""])[0] if word in unknown else word)
        if not all(better):
            return ""
        words = " ".join(better).split()
        texts = [text for one in sight for text in texts_of(one)]
        written = as_written(words, texts) or " ".join(as_written([word], texts) or word for word in words)
        return written if len(self._found(question, terms(written), 0)) > strict else ""


def _descending(text: str) -> tuple[int, ...]:
    return (*(-ord(char) for char in text), 1)
