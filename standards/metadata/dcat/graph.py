"""The graph of a dataset, or of a page of the catalogue, in DCAT-AP 3.0.1, written by rdflib."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from urllib.parse import quote

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node

from standards import vocabulary
from standards.language import Copy, Described, Part, Shelf
from standards.record import Agent, Contact, Period, Text

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib knows an older one, without versions
ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
PREFIXES: Final = {
    "dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "skos": SKOS, "rdfs": RDFS, "xsd": XSD, "adms": ADMS,
    "dcatap": DCATAP, "hydra": HYDRA, "spdx": SPDX, "vcard": VCARD,
}

_EU: Final = "http://publications.europa.eu/resource/authority"
PUBLIC: Final = URIRef(f"{_EU}/access-right/PUBLIC")
STABLE: Final = URIRef(f"{_EU}/planned-availability/STABLE")
VIET_NAM: Final = URIRef(f"{_EU}/country/VNM")
IANA: Final = "https://www.iana.org/assignments/media-types/"
COMPLETED: Final = URIRef(f"{_EU}/dataset-status/COMPLETED")


def write(one: Described, form: str) -> bytes:
    """Say one dataset; ``form`` is ttl, jsonld or rdf."""
    graph = _graph()
    _dataset(graph, one)
    return _written(graph, form)


def write_shelf(shelf: Shelf, form: str) -> bytes:
    """Say a page of the catalogue: the catalogue, its datasets on this page, and the way to the others (hydra)."""
    graph = _graph()
    here = URIRef(shelf.uri)
    graph.add((here, RDF.type, DCAT.Catalog))
    _texts(graph, here, DCTERMS.title, shelf.title)
    _texts(graph, here, DCTERMS.description, shelf.description)
    graph.add((here, DCTERMS.publisher, _agent(graph, shelf.publisher, shelf.page)))
    graph.add((here, FOAF.homepage, URIRef(shelf.page)))
    graph.add((URIRef(shelf.page), RDF.type, FOAF.Document))
    themes = URIRef(f"{_EU}/data-theme")
    graph.add((here, DCAT.themeTaxonomy, themes))
    graph.add((themes, RDF.type, SKOS.ConceptScheme))
    graph.add((themes, DCTERMS.title, Literal("EU data themes", lang="en")))
    _moment(graph, here, DCTERMS.modified, shelf.modified)
    for tag in shelf.language:
        _language(graph, here, tag)
    for one in shelf.datasets:
        graph.add((here, DCAT.dataset, URIRef(one.uri)))
        _dataset(graph, one)
    _paged(graph, here, shelf)
    return _written(graph, form)


def _paged(graph: Graph, catalogue: URIRef, shelf: Shelf) -> None:
    page = URIRef(shelf.here)
    graph.add((page, RDF.type, HYDRA.PartialCollectionView))
    graph.add((catalogue, HYDRA.view, page))
    graph.add((catalogue, RDF.type, HYDRA.Collection))
    graph.add((catalogue, HYDRA.totalItems, Literal(shelf.total)))
    graph.add((page, HYDRA.itemsPerPage, Literal(shelf.size)))
    ways = {HYDRA.first: shelf.first, HYDRA.last: shelf.last, HYDRA.previous: shelf.before, HYDRA.next: shelf.after}
    for way, address in ways.items():
        if address:
            graph.add((page, way, URIRef(address)))


# --- a dataset --------------------------------------------------------------------------------------------------------


def _dataset(graph: Graph, one: Described) -> None:
    here, about = URIRef(one.uri), one.about
    graph.add((here, RDF.type, DCAT.Dataset))
    graph.add((here, DCTERMS.identifier, Literal(f"urn:uuid:{one.id}")))
    _texts(graph, here, DCTERMS.title, about.title)
    _texts(graph, here, DCTERMS.description, about.description or about.title)
    graph.add((here, DCTERMS.publisher, _agent(graph, one.publisher, one.publisher_url)))
    graph.add((here, DCAT.landingPage, URIRef(one.page)))
    graph.add((URIRef(one.page), RDF.type, FOAF.Document))
    _access(graph, here)
    for tag in about.tags:
        graph.add((here, DCAT.keyword, _said(tag, about.language[0] if about.language else "")))
    _concepts(graph, here, DCAT.theme, (vocabulary.THEMES[code] for code in about.themes if code in vocabulary.THEMES))
    for tag in about.language:
        _language(graph, here, tag)
    if about.frequency in vocabulary.FREQUENCIES:
        how_often = URIRef(vocabulary.FREQUENCIES[about.frequency].uri)
        graph.add((here, DCTERMS.accrualPeriodicity, how_often))
        graph.add((how_often, RDF.type, DCTERMS.Frequency))
    _where(graph, here, one)
    _when(graph, here, about.temporal)
    _contact(graph, here, about.contact, one)
    if about.source_url:  # not dct:source: that leads to a dcat:Dataset, and nobody knows what an address is of
        graph.add((here, DCTERMS.relation, _resource(graph, about.source_url, RDFS.Resource)))
    _texts(graph, _provenance(graph, here, about.source), RDFS.label, about.source)
    _versioned(graph, here, one)
    for part in one.parts:
        _part(graph, here, one, part)


def _versioned(graph: Graph, here: URIRef, one: Described) -> None:
    _moment(graph, here, DCTERMS.issued, one.issued)
    _moment(graph, here, DCTERMS.modified, one.modified)
    if one.version:
        graph.add((here, DCAT.version, Literal(str(one.version))))
    if one.note:
        graph.add((here, ADMS.versionNotes, _said(one.note, one.about.language[0] if one.about.language else "")))


def _provenance(graph: Graph, here: URIRef, said: Text) -> Node:
    node = _node(graph)
    if any(said.values()):
        graph.add((here, DCTERMS.provenance, node))
        graph.add((node, RDF.type, DCTERMS.ProvenanceStatement))
    return node


def _where(graph: Graph, here: URIRef, one: Described) -> None:
    for place in one.places:
        node: Node = VIET_NAM if place.code == "VN" else _node(graph)
        graph.add((here, DCTERMS.spatial, node))
        graph.add((node, RDF.type, DCTERMS.Location))
        if node is not VIET_NAM:
            graph.add((node, DCTERMS.identifier, Literal(place.code)))
        _texts(graph, node, SKOS.prefLabel, place.title)


def _when(graph: Graph, here: URIRef, period: Period | None) -> None:
    if period is None:
        return
    node = _node(graph)
    graph.add((here, DCTERMS.temporal, node))
    graph.add((node, RDF.type, DCTERMS.PeriodOfTime))
    for way, day in ((DCAT.startDate, period.start), (DCAT.endDate, period.end)):
        if day:
            graph.add((node, way, Literal(day.isoformat(), datatype=XSD.date)))


def _contact(graph: Graph, here: URIRef, contact: Contact | None, one: Described) -> None:
    if contact is None:
        return
    node = _node(graph)
    graph.add((here, DCAT.contactPoint, node))
    graph.add((node, RDF.type, VCARD.Kind))
    graph.add((node, VCARD.fn, _said(contact.name or one.words(one.publisher.title), "")))
    if contact.email:
        graph.add((node, VCARD.hasEmail, _iri(f"mailto:{contact.email}")))
    if contact.phone:
        graph.add((node, VCARD.hasTelephone, _iri("tel:" + "".join(contact.phone.split()))))
    if contact.url:
        graph.add((node, VCARD.hasURL, _iri(contact.url)))


def _agent(graph: Graph, agent: Agent, address: str) -> Node:
    node: Node = URIRef(address) if address else _node(graph)
    graph.add((node, RDF.type, FOAF.Agent))
    _texts(graph, node, FOAF.name, agent.title)
    if agent.code:
        graph.add((node, DCTERMS.identifier, Literal(agent.code)))
    return node


def _access(graph: Graph, here: URIRef) -> None:
    graph.add((here, DCTERMS.accessRights, PUBLIC))
    graph.add((PUBLIC, RDF.type, DCTERMS.RightsStatement))


# --- distributions ----------------------------------------------------------------------------------------------------


def _part(graph: Graph, dataset: URIRef, one: Described, part: Part) -> None:
    service = _service(graph, dataset, one, part)
    if part.standard:
        graph.add((dataset, DCTERMS.conformsTo, _resource(graph, part.standard, DCTERMS.Standard)))
    for copy in part.copies:
        node = _distribution(graph, dataset, one, part, copy)
        if service is not None and copy.role != "original":
            graph.add((node, DCAT.accessService, service))


def _service(graph: Graph, dataset: URIRef, one: Described, part: Part) -> URIRef | None:
    """The rows of a table, as a service that programs ask."""
    if not part.rows_url:
        return None
    node = URIRef(part.rows_url)
    graph.add((node, RDF.type, DCAT.DataService))
    graph.add((node, DCAT.endpointURL, node))
    graph.add((node, DCAT.servesDataset, dataset))
    _texts(graph, node, DCTERMS.title, part.title or one.about.title)
    _access(graph, node)
    return node


def _distribution(graph: Graph, dataset: URIRef, one: Described, part: Part, copy: Copy) -> Node:
    node = _iri(f"{copy.url}#distribution")
    graph.add((dataset, DCAT.distribution, node))
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCTERMS.title, _said(copy.name, "")))
    _texts(graph, node, DCTERMS.description, copy.title or part.title or one.about.title)
    graph.add((node, DCAT.accessURL, _resource(graph, copy.url, RDFS.Resource)))
    if copy.role != "link":
        graph.add((node, DCAT.downloadURL, _iri(copy.url)))
        graph.add((node, DCATAP.availability, STABLE))
        graph.add((STABLE, RDF.type, SKOS.Concept))
        graph.add((STABLE, SKOS.prefLabel, Literal("stable", lang="en")))
        graph.add((node, ADMS.status, COMPLETED))
        graph.add((COMPLETED, RDF.type, SKOS.Concept))
        graph.add((COMPLETED, SKOS.prefLabel, Literal("completed", lang="en")))
    _format(graph, node, copy)
    _licence(graph, node, one.about.licence)
    _moment(graph, node, DCTERMS.issued, one.modified)
    if copy.bytes is not None:
        graph.add((node, DCAT.byteSize, Literal(str(copy.bytes), datatype=XSD.nonNegativeInteger)))
    if copy.sha256:
        _checksum(graph, node, copy.sha256)
    return node


def _format(graph: Graph, node: Node, copy: Copy) -> None:
    kind = vocabulary.MEDIA_TYPES.get(copy.media_type)
    if copy.media_type:
        graph.add((node, DCAT.mediaType, _resource(graph, IANA + copy.media_type, DCTERMS.MediaType)))
    if kind is not None and kind.eu:
        address = f"{_EU}/file-type/{kind.eu}"
        graph.add((node, DCTERMS["format"], _resource(graph, address, DCTERMS.MediaTypeOrExtent)))


def _licence(graph: Graph, node: Node, code: str) -> None:
    licence = vocabulary.LICENCES.get(code)
    if licence is not None:
        graph.add((node, DCTERMS.license, _resource(graph, licence.uri, DCTERMS.LicenseDocument)))


def _checksum(graph: Graph, node: Node, sha256: str) -> None:
    mark = _node(graph)
    graph.add((node, SPDX.checksum, mark))
    graph.add((mark, RDF.type, SPDX.Checksum))
    graph.add((mark, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((SPDX.checksumAlgorithm_sha256, RDF.type, SPDX.ChecksumAlgorithm))
    graph.add((mark, SPDX.checksumValue, Literal(sha256, datatype=XSD.hexBinary)))


# --- words ------------------------------------------------------------------------------------------------------------


def _graph() -> Graph:
    graph = Graph(bind_namespaces="core")
    for prefix, space in PREFIXES.items():
        graph.bind(prefix, space)
    return graph


def _written(graph: Graph, form: str) -> bytes:
    if form == "jsonld":
        context = {prefix: str(space) for prefix, space in PREFIXES.items()}
        told = json.loads(graph.serialize(format="json-ld", context=context))
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    if form == "ttl":
        written = io.BytesIO()
        Turtle(graph).serialize(written, encoding="utf-8")
        return written.getvalue()
    return graph.serialize(format="pretty-xml", encoding="utf-8")


class Turtle(TurtleSerializer):
    """rdflib's Turtle, byte for byte, in a time that grows with what is said.

    For a short name rdflib holds each address against the beginnings of all before it: two thousand links took four
    seconds. An address that begins with none of our prefixes has no short name, which is seen at once.
    """

    def __init__(self, store: Graph) -> None:
        super().__init__(store)
        self._known = tuple(str(space) for _, space in store.namespaces())

    def get_pname(self, uri: Node, gen_prefix: bool = True) -> str | None:
        """Give the short name of an address, None where it has none."""
        if isinstance(uri, URIRef) and not gen_prefix and not str(uri).startswith(self._known):
            return None
        return super().get_pname(uri, gen_prefix)


def _node(graph: Graph) -> BNode:
    """A node without an address; named by its place, so that the same dataset gives the same bytes (ETag)."""
    return BNode(f"n{len(graph)}")


def _said(words: str, tag: str) -> Literal:
    """A literal of what a person wrote: XML has no place for control characters, not even escaped."""
    clean = "".join(one for one in words if one >= " " or one in "\t\n")
    return Literal(clean, lang=tag) if tag else Literal(clean)


def _iri(address: str) -> URIRef:
    """An address that a person wrote, with what may not stand in an IRI escaped (RFC 3986 §2)."""
    return URIRef(quote(address, safe="%/:=&?~#+!$,;'@()*[]"))


def _texts(graph: Graph, node: Node, way: URIRef, text: Text) -> None:
    for tag, words in text.items():
        if words:
            graph.add((node, way, _said(words, tag)))


def _moment(graph: Graph, node: Node, way: URIRef, at: datetime | date | None) -> None:
    if isinstance(at, datetime):
        graph.add((node, way, Literal(at.isoformat(timespec="seconds"), datatype=XSD.dateTime)))


def _language(graph: Graph, node: Node, tag: str) -> None:
    term = vocabulary.LANGUAGES.get(tag)
    if term is not None:
        graph.add((node, DCTERMS.language, _resource(graph, term.uri, DCTERMS.LinguisticSystem)))


def _concepts(graph: Graph, node: Node, way: URIRef, terms: Iterable[vocabulary.Term]) -> None:
    for term in terms:
        concept = URIRef(term.uri)
        graph.add((node, way, concept))
        graph.add((concept, RDF.type, SKOS.Concept))
        _texts(graph, concept, SKOS.prefLabel, term.title)


def _resource(graph: Graph, address: str, kind: URIRef) -> URIRef:
    node = _iri(address)
    graph.add((node, RDF.type, kind))
    return node
