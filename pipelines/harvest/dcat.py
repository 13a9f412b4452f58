"""DCAT read (Turtle, RDF/XML, JSON-LD, N-Triples), page by page where hydra says so; for the sandbox.

Nothing is fetched: contexts of JSON-LD that are addresses are known here or left out, entities of XML are refused.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from catalog.harvest import Found, Institution
from catalog.members import TITLE_LIMIT
from catalog.model import Resource
from pipelines.format import Unreadable
from pipelines.harvest import words
from pipelines.harvest.shape import Asked, Page, Parsed
from standards.record import Contact, Dataset, Period
from standards.vocabulary import FREQUENCIES, LANGUAGES

DCAT = Namespace("http://www.w3.org/ns/dcat#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
OWL_VERSION = URIRef("http://www.w3.org/2002/07/owl#versionInfo")
FORMS: Mapping[str, str] = {
    "text/turtle": "turtle", "application/x-turtle": "turtle", "text/n3": "turtle", "application/n-triples": "nt",
    "application/rdf+xml": "xml", "application/xml": "xml", "text/xml": "xml", "application/ld+json": "json-ld",
    "application/json": "json-ld",
}
CONTEXT: Mapping[str, Any] = {
    "dcat": str(DCAT), "dct": str(DCTERMS), "dcterms": str(DCTERMS), "foaf": str(FOAF), "skos": str(SKOS),
    "rdfs": str(RDFS), "hydra": str(HYDRA), "vcard": str(VCARD), "xsd": "http://www.w3.org/2001/XMLSchema#",
    "adms": "http://www.w3.org/ns/adms#", "spdx": "http://spdx.org/rdf/terms#", "schema": "https://schema.org/",
    "owl": "http://www.w3.org/2002/07/owl#", "dcatap": "http://data.europa.eu/r5r/",
}
"""What stands in for a context that is an address: prefixes, nothing that was fetched."""

MOST_DATASETS = 20_000
DEEPEST = 60


def read(asked: Asked) -> Parsed:
    """Read a page of a catalogue: its datasets, their publishers, and where the next page is."""
    page = asked.pages[0]
    graph = _graph(page)
    datasets = [one for one in graph.subjects(RDF.type, DCAT.Dataset) if not isinstance(one, Literal)]
    found, institutions = [], {}
    for node in sorted(set(datasets), key=str)[:MOST_DATASETS]:
        reader = Reader(graph, node, asked.language)
        made = reader.institution()
        if made is not None:
            institutions[made.remote] = made
        found.append(reader.found(made))
    if not found and not any(graph.subjects(RDF.type, DCAT.Catalog)):
        raise Unreadable("not-dcat")
    total = next(graph.objects(None, HYDRA.totalItems), None)
    return Parsed(found=tuple(found), institutions=tuple(institutions.values()), rows=len(found),
                  next=_next(graph, page), total=int(str(total)) if str(total).isdecimal() else None)


def _next(graph: Graph, page: Page) -> str:
    """Give the address of the next page: of this very page where several are spoken of."""
    for way in (HYDRA.next, HYDRA.nextPage):
        ahead = {str(where): str(one) for where, one in graph.subject_objects(way)}
        if ahead:
            return ahead.get(page.url) or (next(iter(ahead.values())) if len(ahead) == 1 else "")
    return ""


def _graph(page: Page) -> Graph:
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    content = page.path.read_bytes()
    form = FORMS.get(page.media_type) or _guessed(content)
    if form == "xml" and (b"<!ENTITY" in content or b"<!DOCTYPE" in content[:2000]):
        raise Unreadable("xml-entities")
    graph = Graph(bind_namespaces="none")
    try:
        if form == "json-ld":
            content = json.dumps(_closed(json.loads(content), 0)).encode()
        graph.parse(data=content, format=form, publicID=page.url)
    except (RecursionError, MemoryError):
        raise
    except Exception as wrong:  # rdflib's parsers raise whatever they meet
        raise Unreadable("not-rdf", form=form) from wrong
    return graph


def _guessed(content: bytes) -> str:
    start = content.lstrip()[:200]
    if start.startswith((b"{", b"[")):
        return "json-ld"
    return "xml" if start.startswith((b"<?xml", b"<rdf:RDF")) else "turtle"


def _closed(said: Any, depth: int) -> Any:
    """Give JSON-LD without contexts to fetch."""
    if depth > DEEPEST:
        raise ValueError("too deep")
    if isinstance(said, list):
        return [_closed(one, depth + 1) for one in said]
    if not isinstance(said, dict):
        return said
    return {name: _context(value) if name == "@context" else _closed(value, depth + 1)
            for name, value in said.items()}


def _context(said: Any) -> Any:
    if isinstance(said, str):
        return dict(CONTEXT)
    if isinstance(said, list):
        return [_context(one) for one in said]
    if not isinstance(said, dict):
        return said
    return {name: _inner(value) for name, value in said.items() if name not in {"@import", "@propagate"}}


def _inner(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _context(one) if name == "@context" else one for name, one in value.items()}
    return value


class Reader:
    """One dataset of a graph."""

    def __init__(self, graph: Graph, node: Node, language: str) -> None:
        self._graph, self._node, self._language = graph, node, language

    def _all(self, way: URIRef, node: Node | None = None) -> list[Node]:
        return sorted(self._graph.objects(node or self._node, way), key=str)

    def _one(self, way: URIRef, node: Node | None = None) -> Node | None:
        return next(iter(self._all(way, node)), None)

    def _said(self, way: URIRef, node: Node | None = None) -> str:
        return words.plain(str(self._one(way, node) or ""))

    def _text(self, way: URIRef, node: Node | None = None, limit: int = 20_000) -> dict[str, str]:
        found = [one for one in self._all(way, node) if isinstance(one, Literal)]
        found.sort(key=lambda one: bool(one.language))  # one that says its language wins
        return words.text({str(one.language or self._language): str(one) for one in found}, limit)

    def institution(self) -> Institution | None:
        """Give its publisher."""
        node = self._one(DCTERMS.publisher)
        if node is None:
            return None
        title = (self._text(FOAF.name, node, TITLE_LIMIT) or self._text(SKOS.prefLabel, node, TITLE_LIMIT)
                 or self._text(RDFS.label, node, TITLE_LIMIT))
        if isinstance(node, Literal):
            title = words.text({self._language: str(node)}, TITLE_LIMIT)
        code = self._said(DCTERMS.identifier, node)
        remote = str(node) if isinstance(node, URIRef) else code or next(iter(title.values()), "")
        return Institution(remote=words.plain(remote, 1000), name="", title=title) if remote and title else None

    def found(self, publisher: Institution | None) -> Found:
        """Give the dataset."""
        about = Dataset(
            title=self._text(DCTERMS.title, limit=TITLE_LIMIT), description=self._text(DCTERMS.description),
            language=self._languages(), licence=self._licence(), frequency=self._frequency(),
            tags=words.tags(str(one) for one in self._all(DCAT.keyword)),
            themes=words.themes(str(one) for one in self._all(DCAT.theme)), temporal=self._period(),
            contact=self._contact(), source_url=words.web(words.address(self._said(DCAT.landingPage))),
            source=self._provenance(),
            more=words.kept({"version": self._said(DCAT.version) or self._said(OWL_VERSION)}),
        )
        about = words.publisher(about, publisher.title if publisher else {})
        identifier = self._said(DCTERMS.identifier)
        remote = str(self._node) if isinstance(self._node, URIRef) else identifier
        links = tuple(self._links())
        return words.complete(Found(
            remote=words.plain(remote, 1000), about=about, resources=links,
            agency=publisher.remote if publisher else "", modified=words.moment(self._said(DCTERMS.modified)),
            guesses=self._guesses(about, len(links)),
        ), self._language)

    def _guesses(self, about: Dataset, links: int) -> tuple[str, ...]:
        """Name what was said and could not be read."""
        point = self._one(DCAT.contactPoint)
        mail = self._said(VCARD.hasEmail, point) if point is not None else ""
        modified = self._said(DCTERMS.modified)
        return words.guessed(
            licence_unknown=(self._licences(), about.licence),
            email_dropped=(mail, about.contact and about.contact.email),
            address_dropped=(self._said(DCAT.landingPage), about.source_url),
            date_dropped=(modified, words.moment(modified)),
            period_dropped=(self._one(DCTERMS.temporal), about.temporal),
            frequency_unknown=(self._said(DCTERMS.accrualPeriodicity), about.frequency),
            themes_unknown=(self._all(DCAT.theme), about.themes),
            links_dropped=(len(self._all(DCAT.distribution)) > links, False))

    def _languages(self) -> tuple[str, ...]:
        ends = {str(one).rstrip("/").rpartition("/")[2].lower() for one in self._all(DCTERMS.language)}
        found = tuple(code for code, term in LANGUAGES.items()
                      if {code, term.uri.rpartition("/")[2].lower()} & ends)
        return found or (self._language,)

    def _licences(self) -> list[str]:
        nodes = [*self._all(DCTERMS.license),
                 *(one for each in self._all(DCAT.distribution) for one in self._all(DCTERMS.license, each))]
        return [str(one) for one in nodes]

    def _licence(self) -> str:
        said = self._licences()
        return words.licence([*said, *(one.rstrip("/").rpartition("/")[2].replace("_", "-") for one in said)])

    def _frequency(self) -> str:
        end = self._said(DCTERMS.accrualPeriodicity).rstrip("/").rpartition("/")[2].lower()
        return next((code for code, term in FREQUENCIES.items()
                     if end and end in {code.lower(), term.uri.rpartition("/")[2].lower()}), "")

    def _period(self) -> Period | None:
        node = self._one(DCTERMS.temporal)
        if node is None:
            return None
        start, end = words.day(self._said(DCAT.startDate, node)), words.day(self._said(DCAT.endDate, node))
        right = (start or end) and not (start and end and start > end)
        return Period(start=start, end=end) if right else None

    def _contact(self) -> Contact | None:
        node = self._one(DCAT.contactPoint)
        if node is None:
            return None
        return words.contact(self._said(VCARD.fn, node), self._said(VCARD.hasEmail, node),
                             self._said(VCARD.hasTelephone, node), self._said(VCARD.hasURL, node))

    def _provenance(self) -> dict[str, str]:
        node = self._one(DCTERMS.provenance)
        return self._text(RDFS.label, node) if node is not None else {}

    def _links(self) -> Iterator[Resource]:
        taken: set[str] = set()
        for node in self._all(DCAT.distribution):
            url = self._said(DCAT.downloadURL, node) or self._said(DCAT.accessURL, node)
            kind = self._said(DCAT.mediaType, node).partition("media-types/")
            media_type = kind[2] or kind[0]
            form = self._said(DCTERMS["format"], node)
            title = self._text(DCTERMS.title, node, TITLE_LIMIT)
            made = words.link(taken, url, title, name=next(iter(title.values()), ""),
                              format_=words.kind(form if len(form) < 400 else "", media_type, url),  # noqa: PLR2004
                              more=words.kept({"size": _number(self._said(DCAT.byteSize, node)),
                                               "mimetype": media_type}))
            if made is not None:
                yield made


def _number(said: str) -> int | None:
    whole = said.partition(".")[0]
    return int(whole) if whole.isdecimal() and len(whole) < 16 else None  # noqa: PLR2004 - a petabyte
