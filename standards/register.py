"""CKAN's own register as its clients know it: the ids and titles of its licences, and its spellings of formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from standards import vocabulary

_DEFINED: Final = "http://www.opendefinition.org/licenses/"
_OGL: Final = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_NC: Final = "http://creativecommons.org/licenses/by-nc/2.0/"


@dataclass(frozen=True, slots=True)
class Known:
    """A licence of CKAN's register; ``domains`` says what it is for: c(ontent), d(ata) or both."""

    title: str
    url: str = ""
    open: bool = True
    domains: str = "c"
    generic: bool = False


LICENCES: Final[Mapping[str, Known]] = MappingProxyType({
    "notspecified": Known("License not specified", open=False, domains="", generic=True),
    "odc-pddl": Known("Open Data Commons Public Domain Dedication and License (PDDL)", f"{_DEFINED}odc-pddl",
                      domains="d"),
    "odc-odbl": Known("Open Data Commons Open Database License (ODbL)", f"{_DEFINED}odc-odbl", domains="d"),
    "odc-by": Known("Open Data Commons Attribution License", f"{_DEFINED}odc-by", domains="d"),
    "cc-zero": Known("Creative Commons CCZero", f"{_DEFINED}cc-zero", domains="cd"),
    "cc-by": Known("Creative Commons Attribution", f"{_DEFINED}cc-by", domains=""),
    "cc-by-sa": Known("Creative Commons Attribution Share-Alike", f"{_DEFINED}cc-by-sa"),
    "gfdl": Known("GNU Free Documentation License", f"{_DEFINED}gfdl"),
    "other-open": Known("Other (Open)", generic=True),
    "other-pd": Known("Other (Public Domain)", generic=True),
    "other-at": Known("Other (Attribution)", generic=True),
    "uk-ogl": Known("UK Open Government Licence (OGL)", _OGL),
    "cc-nc": Known("Creative Commons Non-Commercial (Any)", _NC, open=False, domains=""),
    "other-nc": Known("Other (Non-Commercial)", open=False, domains="", generic=True),
    "other-closed": Known("Other (Not Open)", open=False, domains="", generic=True),
})
"""The licences that every CKAN has, in its order."""

_NAMES: Final = (
    "CSV", "TSV", "JSON", "XML", "HTML", "XLS", "XLSX", "PDF", "ZIP", "SHP", "KML", "KMZ", "RDF", "N3", "TXT",
    "DOC", "DOCX", "PPT", "PPTX", "ODS", "ODT", "PNG", "JPEG", "GIF", "TIFF", "SVG", "WMS", "WFS", "WMTS", "WCS",
    "SPARQL", "RSS", "MP3", "MP4", "RAR", "TAR", "GZ", "MDB", "ICS", "GTFS", "BIN", "EXE", "JS", "OWL", "GeoJSON",
    "NetCDF",
)
_OTHERS: Final = {
    "shapefile": "SHP", "htm": "HTML", "jpg": "JPEG", "dbf": "dBase", "esri rest": "Esri REST", "text/csv": "CSV",
    "application/json": "JSON", "application/pdf": "PDF", "text/html": "HTML", "text/plain": "TXT",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
}
_SPELLINGS: Final[Mapping[str, str]] = MappingProxyType({**{name.lower(): name for name in _NAMES}, **_OTHERS})


def entry(code: str, language: str = "en") -> dict[str, Any]:
    """Write an entry of the licence register: CKAN's own as it has it, else one of ours."""
    one = LICENCES.get(code) or _ours(vocabulary.LICENCES[code], language)
    return {
        "id": code, "title": one.title, "url": one.url, "status": "active", "family": "", "maintainer": "",
        "is_generic": str(one.generic), "od_conformance": "approved" if one.open else "not reviewed",
        "osd_conformance": "not reviewed", "domain_content": str("c" in one.domains),
        "domain_data": str("d" in one.domains), "domain_software": "False",
    }


def _ours(one: vocabulary.Licence, language: str) -> Known:
    return Known(one.title.get(language) or one.title["en"], one.uri, one.open, "cd")


def spelled(kind: str) -> str:
    """Give a format as CKAN spells it; one that it does not know stays as it was said."""
    return _SPELLINGS.get(kind.strip().lower(), kind)
