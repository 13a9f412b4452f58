"""Data packages read (datapackage.json, versions 1 and 2): each is a dataset; for the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from catalog.harvest import Found
from catalog.members import TITLE_LIMIT
from catalog.model import Resource
from pipelines.format import Unreadable
from pipelines.harvest import words
from pipelines.harvest.shape import Asked, Page, Parsed
from standards.record import Dataset


def read(asked: Asked) -> Parsed:
    """Read a data package, or a list of them, as one document; nothing that it names is fetched."""
    page = asked.pages[0]
    try:
        said = json.loads(page.path.read_bytes())
    except (ValueError, RecursionError) as wrong:
        raise Unreadable("not-json") from wrong
    packages = said if isinstance(said, list) else said.get("packages") if isinstance(said, dict) else None
    ones = packages if isinstance(packages, list) else [said]
    found = tuple(_found(one, page, asked.language) for one in ones if isinstance(one, dict) and _is_package(one))
    if not found:
        raise Unreadable("not-a-datapackage")
    return Parsed(found=found, rows=len(ones))


def _is_package(said: Mapping[str, Any]) -> bool:
    return isinstance(said.get("resources"), list)


def _found(said: Mapping[str, Any], page: Page, language: str) -> Found:
    licences = _dicts(said.get("licenses"))
    sources = [words.plain(one.get("title") or one.get("path"), TITLE_LIMIT) for one in _dicts(said.get("sources"))]
    people = _dicts(said.get("contributors"))
    publisher = next((one for one in people if _is_publisher(one)), {})
    maintainer = next((one for one in people if one.get("email")), {})
    about = Dataset(
        title=words.text({language: said.get("title") or said.get("name") or ""}, TITLE_LIMIT),
        description=words.text({language: said.get("description") or ""}), language=(language,),
        licence=words.licence([value for one in licences for value in (one.get("name"), one.get("path"))]),
        tags=words.tags(said["keywords"] if isinstance(said.get("keywords"), list) else []),
        source=words.text({language: ", ".join(one for one in sources if one)}),
        source_url=words.web(words.address(said.get("homepage"))),
        contact=words.contact(maintainer.get("title"), maintainer.get("email"), "", maintainer.get("path")),
        more=words.kept({"version": said.get("version")}),
    )
    about = words.publisher(about, {language: words.plain(publisher.get("title"), TITLE_LIMIT)})
    made = tuple(_resources(said, page.url, language))
    remote = words.plain(said.get("id"), 1000) or words.plain(said.get("name"), 1000) or page.url
    return words.complete(Found(
        remote=remote, name=words.plain(said.get("name"), 100), about=about, resources=made,
        modified=words.moment(said.get("created")),
        guesses=words.guessed(
            licence_unknown=(licences, about.licence), address_dropped=(said.get("homepage"), about.source_url),
            email_dropped=(maintainer.get("email"), about.contact and about.contact.email),
            date_dropped=(said.get("created"), words.moment(said.get("created"))),
            links_dropped=(_paths(said) > len(made), False)),
    ), language)


def _paths(said: Mapping[str, Any]) -> int:
    """Count the paths that a package names."""
    paths = (one.get("path") for one in _dicts(said.get("resources")))
    return sum(len(one) if isinstance(one, list) else int(one is not None) for one in paths)


def _is_publisher(one: Mapping[str, Any]) -> bool:
    roles = one.get("roles") if isinstance(one.get("roles"), list) else [one.get("role")]
    return "publisher" in (roles or [])


def _resources(said: Mapping[str, Any], base: str, language: str) -> Iterator[Resource]:
    taken: set[str] = set()
    for one in _dicts(said.get("resources")):
        paths = one.get("path")
        for path in paths if isinstance(paths, list) else [paths]:
            if not isinstance(path, str) or path.startswith(("/", "\\")) or ".." in path:
                continue
            try:
                url = urljoin(base, path)
            except ValueError:
                continue
            title = one.get("title") or one.get("name") or ""
            made = words.link(taken, url, {language: title}, name=one.get("name"),
                              format_=words.kind(one.get("format"), one.get("mediatype"), url),
                              more=words.kept({"size": one.get("bytes"), "hash": one.get("hash"),
                                               "description": one.get("description")}))
            if made is not None:
                yield made


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
