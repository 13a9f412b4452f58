"""A dataset for search engines: schema.org JSON-LD in the page's head, safe inside a script element."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from api.dialects.html import labels
from api.messages import pages
from catalog.model import Entry, File, Organisation, Version

ESCAPES: dict[str, str | int | None] = {
    "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029",
}


def dataset(lang: str, site: str, entry: Entry, version: Version | None, publisher: Organisation | None) -> Markup:
    """schema.org Dataset (Google Dataset Search); only what is stated is said, no licence is made up."""
    about, here = entry.about, f"{site}/datasets/{entry.slug}"
    told: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Dataset", "@id": here, "url": here,
        "name": pages.words(lang, about.title), "description": pages.words(lang, about.description),
        "identifier": entry.id, "keywords": list(about.tags), "inLanguage": list(about.language),
        "isAccessibleForFree": True, "license": labels.licence_url(about.licence),
        "temporalCoverage": _period(entry), "spatialCoverage": list(about.spatial),
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Datamo", "url": site + "/"},
        "isBasedOn": about.source_url,
    }
    if publisher:
        told["creator"] = told["publisher"] = {
            "@type": "Organization", "name": pages.words(lang, publisher.title),
            "url": f"{site}/organizations/{publisher.slug}",
        }
    if version:
        told.update(_released(site, entry, version))
    return script({key: value for key, value in told.items() if value not in ("", [], None)})


def _released(site: str, entry: Entry, version: Version) -> dict[str, Any]:
    table = version.first_table
    return {
        "version": str(version.number), "dateModified": version.issued.isoformat(),
        "datePublished": entry.issued.isoformat() if entry.issued else "",
        "variableMeasured": [one.name for one in table.columns[:100]] if table else [],
        "distribution": [_download(site, entry, version, one) for one in version.files if one.public],
    }


def _download(site: str, entry: Entry, version: Version, file: File) -> dict[str, Any]:
    return {
        "@type": "DataDownload", "name": file.name, "encodingFormat": file.media_type,
        "contentUrl": f"{site}/api/v1/datasets/{entry.slug}/versions/{version.number}/files/{file.name}",
        "contentSize": f"{file.bytes} B", "sha256": file.sha256,
    }


def _period(entry: Entry) -> str:
    period = entry.about.temporal
    if period is None:
        return ""
    return f"{period.start.isoformat() if period.start else '..'}/{period.end.isoformat() if period.end else '..'}"


def script(document: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(str.maketrans(ESCAPES)))  # noqa: S704 - every sign that HTML knows is escaped above
