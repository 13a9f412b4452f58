"""package_search and its relatives: Solr's parameters become one Question, and the answer gets CKAN's shape."""

from __future__ import annotations

import glob
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Final

from api.dialects.ckan import counting, dismax, document, orders, unlisted
from api.dialects.ckan.action import Action, Call, Refused, Wrong
from api.dialects.ckan.answers import sentence
from api.dialects.ckan.kept import kept_of
from api.dialects.ckan.shown import Anyone, Shown
from api.watch.tally import in_vain
from catalog import lucene
from catalog.errors import Invalid, NotFound, Unavailable
from catalog.model import NOBODY, Caller, Entry
from catalog.question import (
    TEXTS,
    AllOf,
    Answer,
    AnyOf,
    Between,
    Condition,
    Not,
    Pattern,
    Question,
    Values,
    Weight,
    Wild,
    Words,
    clean_text,
)
from standards.metadata import ckan
from standards.text import syllables
from standards.vocabulary import THEMES

ROWS: Final = 10
ROWS_MOST: Final = 1000
ROWS_MAX: Final = "ckan.search.rows_max"
DEEP: Final = 10_000
LONGEST_NAME: Final = 200
WILD_MOST: Final = 10
"""How much a pattern of names may hold."""
PARSERS: Final = ("", "dismax", "edismax", "lucene")
DEFAULT_SORT: Final = "score desc, metadata_modified desc"

FIELDS: Final[Mapping[str, str]] = {
    "text": "text", "notes": "text", "author": "text", "maintainer": "text", "res_name": "text",
    "res_description": "text", "name_ngram": "title", "title_ngram": "title", "title": "title",
    "title_string": "headline", "id": "id", "name": "name", "organization": "org", "owner_org": "org",
    "groups": "theme", "tags": "tag",
    "res_format": "format", "metadata_modified": "modified", "metadata_created": "issued",
    "standard": "standard", "year": "year", "state": "=active", "capacity": "=public", "private": "=false",
    "site_id": "*",
}
"""Solr's fields and ours; ``=value`` is the only value that every dataset in the index has."""

PARAMETERS: Final[Mapping[str, str]] = {
    "q": "words (`\"a phrase\"`, `+needed`, `-left out`), or Lucene's syntax as soon as there is a field and a colon "
         "(`title:ngan*`)",
    "fq": "a filter in Lucene's syntax", "fq_list": "several filters, all of which hold",
    "sort": "`metadata_modified desc`, `title_string asc`, `metadata_created asc`, `score desc`; several with commas",
    "rows": "so many datasets, 10 unless said; more than 1000 count as 1000", "start": "behind so many",
    "facet": "false for no facets",
    "facet.field": "a list of organization, groups, tags, res_format, license_id, dataset_type, `vocab_<name>`",
    "facet.limit": "values of each facet, 50 unless said; negative for all",
    "facet.mincount": "values with fewer are left out, 1 unless said; with 0 those come too that nothing found has",
    "fl": "only these members, as CKAN's index has them: `extras_<key>`, `res_url`, names of tags and groups",
    "include_private": "also what the caller's agencies keep to themselves",
    "include_drafts": "taken, drafts are not searched", "include_deleted": "taken, what is deleted is not searched",
    "use_default_schema": "taken, there is one schema", "extras": "taken and left",
    "qf": "fields in which plain words are looked for, with boosts (`title^4 tags notes`); unknown ones are left",
    "bf": "taken and left", "boost": "taken and left", "tie": "taken and left",
    "defType": "`lucene` reads `q` in Lucene's syntax without a field too; `dismax` and `edismax` change nothing",
    "mm": "how many of the plain words must be there: `2`, `-1`, `75%`, `2<-1 5<80%`", "wt": "taken and left",
    "df": "the field of words without one in Lucene's syntax, `text` unless said",
}


def dialect(call: Call) -> lucene.Dialect:
    """Give Solr's fields with their values as ours."""

    def value(field: str, text: str) -> str:
        if field == "org":
            return _agency(call, text)
        if field == "id":
            return _dataset(call, text)
        return (ckan.theme_of(text) or text) if field == "theme" else text

    def pattern(field: str, parts: tuple[str | Wild, ...]) -> Condition:
        if len(parts) > 2 * WILD_MOST or sum(1 if isinstance(one, Wild) else len(one) for one in parts) > LONGEST_NAME:
            raise Refused(409, "Search Error", sentence("query-too-long", {"limit": LONGEST_NAME}))
        return AnyOf((Pattern(field, parts), Values(field, called))) if (called := _called(call, field, parts)) else (
            Pattern(field, parts))

    return lucene.Dialect(fields=FIELDS, now=call.now, value=value, pattern=pattern, between=partial(_between, call),
                          member=partial(unlisted.key, call))


def _agency(call: Call, key: str) -> str:
    try:
        return call.site.catalog.organisation(NOBODY, key).public_id
    except NotFound:
        return key


def _dataset(call: Call, key: str) -> str:
    try:
        return call.site.catalog.dataset(call.caller, key).id
    except NotFound:
        return key


def _names(call: Call, field: str) -> dict[str, str]:
    """Give the values of a field by their names at CKAN, where they have others."""
    if field == "org":
        return {slug: key for key, (slug, _) in kept_of(call.site).agencies(call.site, call.words).items()}
    return {ckan.group_name(key): key for key in THEMES} if field == "theme" else {}


def _called(call: Call, field: str, parts: tuple[str | Wild, ...]) -> tuple[str, ...]:
    """Agencies, or themes, whose names at CKAN fit a pattern: search knows them otherwise."""
    names = _names(call, field)
    wanted = "".join(one.value if isinstance(one, Wild) else glob.escape(one.lower()) for one in parts)
    return tuple(key for name, key in names.items() if fnmatchcase(name, wanted))


def _in_field(call: Call) -> dismax.InField:
    """Give what says that a field has a word; agencies are looked for by their names at CKAN."""
    agencies: dict[str, str] = {}
    known: dict[str, Callable[[str], str]] = {
        "org": lambda text: agencies.get(text.lower(), text), "theme": ckan.theme_of,
        "format": str.lower, "name": str.lower,
    }

    def said(field: str, text: str, phrase: bool) -> Condition:
        if field in TEXTS:
            return Words(field, text, phrase)
        if field == "org" and not agencies:
            agencies.update(_names(call, field))
        return Values(field, ((known[field](text) or text) if field in known else text,))

    return said


def _between(call: Call, wanted: Between) -> Condition:
    """Agencies and themes by their names at CKAN: search knows them otherwise."""
    names = _names(call, wanted.field)
    if not names:
        return wanted
    keys = tuple(key for name, key in names.items() if wanted.holds(name))
    if wanted.field == "org":
        return Values("org", keys)
    return AnyOf((Values("theme", keys), AllOf((wanted, Not(Values("theme", tuple(THEMES)))))))


def condition(call: Call, queries: Sequence[str], plain: str = "") -> tuple[Condition | None, tuple[Weight, ...]]:
    """Read queries of Lucene's syntax, all of which hold, and what in them weighs. Raises Refused.

    ``plain`` is the field of bare words.
    """
    spoken = replace(dialect(call), plain=FIELDS[plain] if FIELDS.get(plain) in TEXTS else "text")
    try:
        read = [lucene.weighed(text, spoken) for text in queries if text.strip()]
    except Invalid as wrong:
        problem = wrong.problems[0] if wrong.problems else None
        raise Refused(409, "Search Error", sentence(wrong.code, (problem.params if problem else None) or {})) from None
    held = [None if one is None else unlisted.settled(one) for one, _ in read]
    weights = (replace(each, condition=unlisted.settled(each.condition)) for _, some in read for each in some)
    return joined(held), tuple(weights)


def joined(parts: Sequence[Condition | None]) -> Condition | None:
    """Give one condition: all that are any hold."""
    held = tuple(one for one in parts if one is not None)
    return None if not held else held[0] if len(held) == 1 else AllOf(held)


def package_search(call: Call) -> dict[str, Any]:
    """Answer ``package_search``."""
    unknown = [name for name in call.given if name not in PARAMETERS and not name.startswith("ext_")]
    if unknown:
        raise Refused(400, "Search Query Error", f"Invalid search parameters: {unknown}")
    question, keys, order = asked(call)
    caller = call.caller if call.flag("include_private") else NOBODY
    wanted = document.wanted(call, counting.NAMES_MOST)
    shown: list[Any]
    if caller is NOBODY and not wanted and len(keys) == 1:
        answer, _ = paged(call, caller, question, reverse=keys[0].turned, known=Anyone())
        shown = list(Shown(call).public([hit.id for hit in answer.hits]))
    else:
        answer, entries = paged(call, caller, question, reverse=keys[0].turned)
        entries = orders.untied(entries, question, keys,
                                lambda one: paged(call, caller, one, reverse=keys[0].turned)[1])
        shown = Shown(call).packages(caller, entries)
    if answer.degraded:
        call.passing.append("search is away or behind")
    if question.where is None and not question.start and in_vain(question.text, answer):
        call.missed.append(question.text)
        call.passing.append("each reader who asks in vain is counted")
    if wanted:
        shown = [document.cut(one, wanted) for one in shown]
    facets = counting.counted(call, caller, question, answer)
    return {
        "count": answer.total, "results": shown, "sort": order,
        **counting.told(facets),
    }


def asked(call: Call) -> tuple[Question, Sequence[orders.Key], str]:
    """Give the question of a search, the keys of its order, and the order as CKAN says it."""
    words = clean_text(call.text("q")).strip()
    fq = call.given.get("fq")
    filters = [str(one) for one in (*(fq if isinstance(fq, list) else [fq]), *counting.listed(call, "fq_list")) if one]
    parser = call.text("defType")
    if parser not in PARSERS:
        raise Refused(409, "Search Error", f"Unknown query parser {parser[:LONGEST_NAME]!r}.")
    structured = ":" in words or parser == "lucene"
    order = call.text("sort")
    order = DEFAULT_SORT if order in ("", "rank") else order
    plain = "" if structured or words == "*" else words
    if len(plain) > lucene.LENGTH_LIMIT:
        raise Refused(409, "Search Error", sentence("query-too-long", {"limit": lucene.LENGTH_LIMIT}))
    said = dismax.read(plain, call.text("qf"), call.text("mm"), FIELDS, _in_field(call)) if plain else dismax.Plain()
    needed, weights = condition(call, [words], call.text("df")) if structured else (None, said.weights)
    where = joined([needed, condition(call, filters)[0], *said.conditions])
    keys = orders.keys_of(order, weighed=bool(said.text or weights))
    rows = call.number("rows", ROWS)
    question = Question(
        text=said.text, least=said.least, where=where, sort=keys[0].sort,
        weights=weights if keys[0].sort == "relevance" else (), marks=False, start=call.number("start", 0) or 0,
        limit=min(ROWS if rows is None else rows, call.most(ROWS_MAX)), facets=counting.asked(call),
        facet_size=counting.most(call),
    )
    return question, keys, order


def paged(call: Call, caller: Caller, question: Question, *, reverse: bool,
          known: Container[str] = ()) -> tuple[Answer, Sequence[Entry]]:
    """Ask for a page, also one far behind or from the other end; entries of those ``known`` are not looked up.

    Raises Unavailable while search is away: nothing in CKAN's answer could say that it is a guess, and a harvester
    would take what is not in it for withdrawn.
    """
    if not reverse and question.start < DEEP:
        return _found(call, caller, question, known)
    answer, _ = _found(call, caller, replace(question, start=0, limit=0))
    if question.start >= answer.total or not question.limit:
        return answer, []
    if not reverse:
        return _found(call, caller, question, known)
    rows = min(question.limit, answer.total - question.start)
    first = answer.total - question.start - rows
    turned, entries = _found(call, caller, replace(question, start=first, limit=rows, facets=()), known)
    return replace(turned, facets=answer.facets, hits=list(reversed(turned.hits))), list(reversed(entries))


def _found(call: Call, caller: Caller, question: Question,
           known: Container[str] = ()) -> tuple[Answer, Sequence[Entry]]:
    answer, entries = call.site.catalog.search(caller, question, known)
    if answer.guessed:
        raise Unavailable("search-down")
    return answer, entries


def current(call: Call) -> list[dict[str, Any]]:
    """Answer ``current_package_list_with_resources``: newest first."""
    given = call.number("limit")
    limit, page = min(ROWS_MOST if given is None else given, ROWS_MOST), call.number("page", 1)
    if page == 0:
        raise Wrong({"page": ["Must be a positive integer"]})
    start = call.number("offset") if "offset" in call.given else ((page or 1) - 1) * limit
    _, entries = paged(call, NOBODY, Question(sort="modified", limit=limit, start=start or 0, facets=(), marks=False),
                       reverse=False)
    return Shown(call).packages(NOBODY, entries)


def autocomplete(call: Call) -> list[dict[str, Any]]:
    """Answer ``package_autocomplete``: datasets whose name holds what was typed, or a title goes on so."""
    typed = call.typed()
    words = [one for one in ("".join(syllables(word)) for word in typed.split()[:20]) if one]
    if not words:
        return []
    parts: list[Condition] = [Words("title", word) for word in words[:-1]]
    title: Condition = AllOf((*parts, Pattern("title", (words[-1], Wild.MANY))))
    named = typed.strip().lower()
    where = AnyOf((title, Pattern("name", (Wild.MANY, named[:LONGEST_NAME], Wild.MANY))))
    limit = min(call.number("limit", ROWS) or ROWS, 100)
    _, entries = call.site.catalog.search(call.caller, Question(where=where, limit=limit, facets=(), marks=False))
    return [_matched(call, one, named) for one in entries]


def _matched(call: Call, one: Entry, typed: str) -> dict[str, Any]:
    """Say by what a dataset was found: its name comes first, as at CKAN."""
    title = call.words(one.about.title) or one.slug
    by_name = typed in one.slug
    return {"name": one.slug, "title": title, "match_field": "name" if by_name else "title",
            "match_displayed": one.slug if by_name else f"{title} ({one.slug})"}


ACTIONS: Final = (
    Action(name="package_search", summary="Find datasets.", run=package_search, parameters=PARAMETERS),
    Action(name="current_package_list_with_resources", summary="Give datasets with their resources, newest first.",
           run=current, parameters={"limit": "so many", "offset": "behind so many", "page": "or the page, from 1"}),
    Action(name="package_autocomplete", summary="Give datasets whose names or titles go on like what was typed.",
           run=autocomplete, parameters={"q": "what was typed", "limit": "so many"}),
)
