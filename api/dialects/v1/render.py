"""What the catalogue holds, as the JSON of the contract: datasets, versions, files, agencies, people."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from api.dialects.v1.words import day, stamp
from catalog.grace import NO_GRACE, Grace
from catalog.model import ColumnInfo, Entry, File, Membership, Notice, Organisation, Person, Resource, Token, Version
from catalog.quality import quality

JSON = dict[str, Any]


def dataset(entry: Entry, version: Version | None, organisation: Organisation, site_url: str, today: date,
            *, grace: Grace = NO_GRACE) -> JSON:
    """The contract's Dataset; ``version`` is the newest one, None for a draft; ``grace`` is what outages put off."""
    about = entry.about
    address = f"{site_url}/api/v1/datasets/{entry.slug}"
    table = version.first_table if version else None
    resources = [resource(one, _versioned(address, version)) for one in version.resources] if version else []
    return {
        "id": entry.id,
        "slug": entry.slug,
        "title": dict(about.title),
        "description": dict(about.description),
        "organization": agency_short(organisation),
        "standard": (table.standard if table else "") or about.standard or None,
        "licence": about.licence or None,
        "themes": list(about.themes),
        "tags": list(about.tags),
        "language": list(about.language),
        "frequency": about.frequency or None,
        "spatial": list(about.spatial),
        "temporal": {"start": day(about.temporal.start), "end": day(about.temporal.end)} if about.temporal else None,
        "contact": _contact(entry),
        "source": dict(about.source),
        "source_url": about.source_url or None,
        "notice": dict(about.notice),
        "visibility": entry.visibility,
        "state": entry.state,
        "version": version.number if version else None,
        "issued": stamp(entry.issued),
        "modified": stamp(entry.modified),
        "series": entry.series,
        "announced": [notice(one) for one in entry.announced],
        "resources": resources,
        "files": [file for one in resources for file in one["files"]],
        "columns": [column(one) for one in table.columns] if table else [],
        "quality": score(entry, version, today, grace),
        "links": _links(entry, version, site_url, address),
    }


def notice(one: Notice) -> JSON:
    """A change of columns that was announced: from which day on, which columns; an empty list means any."""
    return {"id": one.id, "resource": one.resource, "columns": list(one.columns), "effective": day(one.effective),
            "words": dict(one.words), "made": stamp(one.made)}


def _contact(entry: Entry) -> JSON | None:
    contact = entry.about.contact
    if contact is None:
        return None
    members = {"name": contact.name, "email": contact.email, "phone": contact.phone, "url": contact.url}
    return {name: value for name, value in members.items() if value or name in ("name", "email")}


def score(entry: Entry, version: Version | None, today: date, grace: Grace = NO_GRACE) -> JSON:
    """The quality items and the share of those that hold."""
    items = quality(entry, version, today, grace.days(entry.about.frequency, version.issued if version else None))
    held = sum(passed for _, passed in items)
    return {"score": round(held / len(items), 2), "items": [{"code": code, "passed": ok} for code, ok in items]}


def _links(entry: Entry, version: Version | None, site_url: str, address: str) -> JSON:
    links = {
        "self": address, "page": f"{site_url}/datasets/{entry.slug}", "versions": f"{address}/versions",
        "submissions": f"{address}/submissions",
    }
    if version is not None:
        links["version"] = f"{address}/versions/{version.number}"
        links["manifest"] = f"{address}/versions/{version.number}/manifest"
        if version.first_table is not None:
            links["rows"] = f"{address}/rows"
            links["openapi"] = f"{address}/openapi.json"
    return links


def _versioned(address: str, version: Version) -> str:
    return f"{address}/versions/{version.number}/files/"


def resource(one: Resource, files_at: str) -> JSON:
    """One table, attachment or link."""
    return {
        "name": one.name,
        "title": dict(one.title),
        "kind": one.kind,
        "standard": one.standard or None,
        "rows": one.rows,
        "columns": [column(each) for each in one.columns],
        "files": [file(each, files_at) for each in one.files if each.public],
        "url": one.url or None,
    }


def file(one: File, files_at: str) -> JSON:
    """One file; its address names the version."""
    return {
        "resource": one.resource, "name": one.name, "role": one.role, "media_type": one.media_type, "bytes": one.bytes,
        "sha256": one.sha256, "rows": one.rows, "url": files_at + quote(one.name, safe=""),
    }


def column(one: ColumnInfo) -> JSON:
    """One column."""
    return {"name": one.name, "title": dict(one.title), "type": one.type, "meaning": one.meaning}


def version(one: Version, dataset_url: str) -> JSON:
    """The contract's Version: rows, columns and changes are counts."""
    tables = [each for each in one.resources if each.kind == "table"]
    table = one.first_table
    body: JSON = {
        "number": one.number,
        "state": one.state,
        "kind": one.kind,
        "issued": stamp(one.issued),
        "note": one.note,
        "rows": sum(each.rows or 0 for each in tables) if tables else None,
        "columns": len(table.columns) if table else None,
        "files": [file(each, _versioned(dataset_url, one)) for each in one.files if each.public],
        "resources": [resource(each, _versioned(dataset_url, one)) for each in one.resources],
        "manifest_sha256": one.manifest,
        "standard": (table.standard or None) if table else None,
        "changes": dict(one.changes) if one.changes is not None else None,
        "publisher": dict(one.publisher),
        "approver": one.approver or None,
        "republishes": one.republishes,
        "pins": {each.name: _plain(each.pins) for each in tables},
    }
    if one.early:
        body["early"] = one.early
    if one.erratum:
        body["erratum"] = one.erratum
    return body


def withdrawn_version(one: Version) -> JSON:
    """A withdrawn version in a list: its number and its tombstone, nothing of its content."""
    left = {"number": one.number, "issued": stamp(one.issued), **tombstone(one.reason, stamp(one.withdrawn))}
    return {**left, "state": "erased", "erased": dict(one.erased)} if one.erased else left


def tombstone(reason: str, withdrawn: str | None) -> JSON:
    """What is left of something withdrawn."""
    return {"state": "withdrawn", "reason": reason, "withdrawn": withdrawn}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def agency_short(one: Organisation) -> JSON:
    """An agency as a dataset names it."""
    return {"id": one.public_id, "slug": one.slug, "title": dict(one.title)}


def agency(one: Organisation, successor: Organisation | None = None) -> JSON:
    """An agency with its state and its dated acts."""
    return {
        **agency_short(one),
        "description": dict(one.description),
        "review": one.review,
        "declares": one.declares,
        "state": one.state,
        "successor": agency_short(successor) if successor else None,
        "history": [_plain(act) for act in one.history],
        "demo": one.demo,
        "created": stamp(one.created),
        "modified": stamp(one.modified),
    }


def person(one: Person) -> JSON:
    """A person, for herself and for operators."""
    return {
        "id": one.id, "name": one.name, "title": one.title, "email": one.email, "role": one.role,
        "disabled": one.disabled, "created": stamp(one.created),
    }


def member(who: Person, membership: Membership) -> JSON:
    """A person's role in an agency."""
    return {"user": who.name, "title": who.title, "role": membership.role}


def token(one: Token, user: str) -> JSON:
    """A token without its secret."""
    return {
        "id": one.id, "user": user, "name": one.name, "created": stamp(one.created), "expires": stamp(one.expires),
        "last_used": stamp(one.last_used),
    }


def etag(body: bytes) -> str:
    """A strong ETag of these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
