"""A dataset cited: RIS, BibTeX, CSL-JSON and DataCite's kernel, by an id that no renaming changes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from standards import vocabulary
from standards.language import Described, span

NAME: Final = "citation"
FORMS: Final[Mapping[str, str]] = MappingProxyType({
    "ris": "application/x-research-info-systems",
    "bib": "application/x-bibtex",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "datacite.json": "application/vnd.datacite.datacite+json",
})


def write(one: Described, form: str) -> bytes:
    """Say how the dataset is cited; ``form`` is ris, bib, csl.json or datacite.json."""
    return WRITERS[form](one).encode()


def _ris(one: Described) -> str:
    """RIS, one tag a line; a value that spans lines would begin a new tag, so it never does."""
    about = one.about
    lines = [
        ("TY", "DATA"), ("TI", one.words(about.title)), ("AU", one.words(one.publisher.title)),
        ("PB", one.words(one.publisher.title)), ("PY", _year(one)), ("DA", _day(one).replace("-", "/")),
        ("ET", str(one.version)), ("AB", one.words(about.description)), ("UR", one.version_url or one.uri),
        ("ID", f"urn:uuid:{one.id}"), ("LA", about.language[0] if about.language else ""), ("N1", _hashes(one)),
        *(("KW", tag) for tag in about.tags), ("ER", ""),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value or tag == "ER")


def _bibtex(one: Described) -> str:
    about = one.about
    members = {
        "title": "{" + _tex(one.words(about.title)) + "}", "author": "{" + _tex(one.words(one.publisher.title)) + "}",
        "publisher": _tex(one.words(one.publisher.title)), "year": _year(one), "version": str(one.version),
        "url": one.version_url or one.uri, "note": _tex(f"urn:uuid:{one.id}. {_hashes(one)}"),
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in members.items() if value)
    return f"@misc{{{_key(one)},\n{body}\n}}\n"


def _csl(one: Described) -> str:
    about, agency = one.about, one.words(one.publisher.title)
    said: dict[str, Any] = {
        "id": f"urn:uuid:{one.id}", "type": "dataset", "title": one.words(about.title),
        "author": [{"literal": agency}], "publisher": agency, "version": str(one.version),
        "abstract": one.words(about.description), "URL": one.version_url or one.uri, "note": _hashes(one),
        "language": about.language[0] if about.language else "", "keyword": ", ".join(about.tags),
    }
    if one.modified:
        said["issued"] = {"date-parts": [[one.modified.year, one.modified.month, one.modified.day]]}
    return json.dumps([{key: value for key, value in said.items() if value}], ensure_ascii=False)


def _datacite(one: Described) -> str:
    """DataCite metadata 4.6 as JSON; the identifier is an address and a UUID: no DOI is claimed that nobody gave."""
    about, agency = one.about, one.words(one.publisher.title)
    licence = vocabulary.LICENCES.get(about.licence)
    said: dict[str, Any] = {
        "identifiers": [{"identifier": one.version_url or one.uri, "identifierType": "URL"},
                        {"identifier": f"urn:uuid:{one.id}", "identifierType": "URN"}],
        "creators": [{"name": agency, "nameType": "Organizational"}],
        "titles": [{"title": words, "lang": tag} for tag, words in about.title.items() if words],
        "publisher": {"name": agency}, "publicationYear": _year(one), "version": str(one.version),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        "language": about.language[0] if about.language else "",
        "subjects": [{"subject": tag} for tag in about.tags],
        "descriptions": [{"description": words, "descriptionType": "Abstract", "lang": tag}
                         for tag, words in about.description.items() if words],
        "dates": _dates(one),
        "rightsList": [{"rights": licence.title["en"], "rightsUri": licence.uri, "rightsIdentifier": licence.code}]
        if licence else [],
        "formats": sorted({copy.media_type for copy in one.copies if copy.media_type}),
        "sizes": [f"{copy.name}: {copy.bytes} B, sha256 {copy.sha256}" for copy in one.copies if copy.sha256],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    return json.dumps({key: value for key, value in said.items() if value}, ensure_ascii=False)


def _dates(one: Described) -> list[dict[str, str]]:
    found = [("Issued", one.issued.date().isoformat() if one.issued else ""), ("Updated", _day(one)),
             ("Coverage", span(one.about.temporal))]
    return [{"date": day, "dateType": kind} for kind, day in found if day]


def _year(one: Described) -> str:
    return str(one.modified.year) if one.modified else ""


def _day(one: Described) -> str:
    return one.modified.date().isoformat() if one.modified else ""


def _hashes(one: Described) -> str:
    """The hash of the table's canonical bytes: who cites can say which bytes were meant."""
    found = next((copy for copy in one.copies if copy.role == "csv"), next(iter(one.copies), None))
    return f"{found.name} sha256:{found.sha256}" if found and found.sha256 else ""


def _key(one: Described) -> str:
    """A key of ASCII letters: agency, year, first word of the title."""
    words = [one.publisher.code or one.words(one.publisher.title), _year(one), one.page.rpartition("/")[2]]
    plain = unicodedata.normalize("NFKD", "-".join(word for word in words if word)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9-]+", "", plain) or f"dataset-{one.id}"


def _tex(text: str) -> str:
    signs = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$",
             "_": r"\_", "^": r"\^{}", "~": r"\~{}"}
    return "".join(signs.get(sign, sign) for sign in " ".join(text.split()))


WRITERS: Final[Mapping[str, Callable[[Described], str]]] = MappingProxyType(
    {"ris": _ris, "bib": _bibtex, "csl.json": _csl, "datacite.json": _datacite}
)
