"""Sitemaps and the schema.org datasets in their pages read; for the sandbox. Contexts are not looked at, only words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from catalog.harvest import Found, Institution
from catalog.members import TITLE_LIMIT
from catalog.model import Resource
from pipelines.format import Unreadable
from pipelines.harvest import words
from pipelines.harvest.shape import Asked, Page, Parsed
from standards.record import Contact, Dataset, Period

MOST_ADDRESSES = 50_000
DEEPEST = 40


def read(asked: Asked) -> Parsed:
    """Read a sitemap (``map``), or pages with datasets in them."""
    if asked.what == "map":
        return _map(asked.pages[0])
    found, institutions, problems = [], {}, []
    for page in asked.pages:
        try:
            datasets = list(_datasets(page))
        except Unreadable as problem:
            problems.append({"remote": words.plain(page.modified or page.url, 200), "code": problem.code})
            continue
        for number, said in enumerate(datasets):
            made = _found(said, page, asked.language, number)
            publisher = _agent(said)
            if made.agency:
                title = words.text({asked.language: words.plain(publisher.get("name"), TITLE_LIMIT)}, TITLE_LIMIT)
                institutions[made.agency] = Institution(remote=made.agency, name="", title=title)
            found.append(made)
    return Parsed(found=tuple(found), institutions=tuple(institutions.values()), problems=tuple(problems),
                  rows=len(found))


def _map(page: Page) -> Parsed:
    content = page.path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable("xml-entities")
    try:
        root = ET.fromstring(content)  # noqa: S314 - without a document type there is nothing to expand
    except (ET.ParseError, ValueError) as wrong:
        raise Unreadable("not-a-sitemap") from wrong
    kind = root.tag.rpartition("}")[2]
    if kind not in {"urlset", "sitemapindex"}:
        raise Unreadable("not-a-sitemap")
    listed = []
    for one in list(root)[:MOST_ADDRESSES]:
        said = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in one}
        if said.get("loc"):
            listed.append((words.plain(said["loc"], 2000), words.moment(said.get("lastmod"))))
    if kind == "sitemapindex":
        return Parsed(maps=tuple(url for url, _ in listed), rows=len(listed))
    return Parsed(addresses=tuple(listed), rows=len(listed))


class _Scripts(HTMLParser):
    """Gathers what stands in scripts of JSON-LD."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and dict(attrs).get("type", "") == "application/ld+json":
            self._within = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._within:
            self.found[-1] += data


def _datasets(page: Page) -> Iterator[dict[str, Any]]:
    content = page.path.read_bytes().decode("utf-8", "replace")
    if content.lstrip().startswith(("{", "[")):
        scripts = [content]
    else:
        parser = _Scripts()
        parser.feed(content)
        scripts = parser.found
    for script in scripts:
        try:
            said = json.loads(script)
        except (ValueError, RecursionError):
            continue
        yield from _within(said, 0)


def _within(said: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Give the datasets of a document, not those inside of others."""
    if depth > DEEPEST:
        raise Unreadable("too-deep")
    if isinstance(said, list):
        for one in said:
            yield from _within(one, depth + 1)
    elif isinstance(said, dict):
        if "Dataset" in {_bare(one) for one in _list(said.get("@type"))}:
            yield said
        else:
            for name in ("@graph", "mainEntity", "dataset", "itemListElement", "item"):
                yield from _within(said.get(name), depth + 1)


def _bare(said: Any) -> str:
    return str(said).rpartition("/")[2].rpartition(":")[2]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    found = _list(value)[:1]
    return found[0] if found else None


def _text(value: Any, language: str) -> dict[str, str]:
    """Read a text: plain, or with its language."""
    made: dict[str, str] = {}
    for one in _list(value):
        if isinstance(one, Mapping):
            made.setdefault(str(one.get("@language") or language), words.plain(one.get("@value")))
        else:
            made.setdefault(language, words.plain(one))
    return words.text(made)


def _agent(said: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in ("publisher", "creator", "provider"):
        one = _first(said.get(name))
        if isinstance(one, Mapping):
            return one
        if isinstance(one, str):
            return {"name": one}
    return {}


def _found(said: Mapping[str, Any], page: Page, language: str, number: int) -> Found:
    agent = _agent(said)
    keywords = said.get("keywords")
    tags = keywords.split(",") if isinstance(keywords, str) else [
        one.get("name") if isinstance(one, Mapping) else one for one in _list(keywords)]
    licence = _first(said.get("license"))
    about = Dataset(
        title={tag: words.plain(one, TITLE_LIMIT) for tag, one in _text(said.get("name"), language).items()},
        description=_text(said.get("description"), language), language=(language,), tags=words.tags(tags),
        licence=words.licence([licence.get("url") if isinstance(licence, Mapping) else licence]),
        temporal=_period(said.get("temporalCoverage")), contact=_contact(agent),
        source_url=words.web(words.address(_address(said.get("url")) or page.url)),
        more=words.kept({"version": _first(said.get("version"))}),
    )
    name = words.plain(_first(agent.get("name")), TITLE_LIMIT)
    about = words.publisher(about, {language: name})
    # the address that was listed names the page; a page with several datasets names them by number
    remote = (page.modified or page.url) + (f"#{number}" if number else "")
    links = tuple(_links(said, page.url, language))
    modified = _first(said.get("dateModified"))
    return words.complete(Found(
        remote=words.plain(remote, 2000), about=about, resources=links,
        agency=words.plain(agent.get("@id") or agent.get("url") or name, 1000) if name else "",
        modified=words.moment(modified),
        guesses=words.guessed(
            licence_unknown=(licence, about.licence), date_dropped=(modified, words.moment(modified)),
            period_dropped=(_first(said.get("temporalCoverage")), about.temporal),
            links_dropped=(len([one for one in _list(said.get("distribution")) if one]) > len(links), False)),
    ), language)


def _address(value: Any) -> str:
    one = _first(value)
    return str(one.get("@id") or "") if isinstance(one, Mapping) else words.plain(one, 2000)


def _period(value: Any) -> Period | None:
    said = words.plain(_first(value), 60)
    start, _, end = said.partition("/")
    first, last = words.day(start), words.day(end)
    return Period(start=first, end=last) if (first or last) and not (first and last and first > last) else None


def _contact(agent: Mapping[str, Any]) -> Contact | None:
    point = _first(agent.get("contactPoint"))
    said = point if isinstance(point, Mapping) else agent
    mail = words.plain(_first(said.get("email")), 300)
    return words.contact(_first(said.get("name")), mail, _first(said.get("telephone"))) if mail else None


def _links(said: Mapping[str, Any], base: str, language: str) -> Iterator[Resource]:
    taken: set[str] = set()
    for one in _list(said.get("distribution")):
        if not isinstance(one, Mapping):
            continue
        try:
            url = urljoin(base, _address(one.get("contentUrl")) or _address(one.get("url")))
        except ValueError:
            continue
        form = words.plain(_first(one.get("encodingFormat")), 100)
        title = _text(one.get("name"), language)
        made = words.link(taken, url, title, name=next(iter(title.values()), ""),
                          format_=words.kind("" if "/" in form else form, form, url))
        if made is not None:
            yield made
