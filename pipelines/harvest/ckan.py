"""CKAN's answers read: packages, organisations and people; for the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from catalog.harvest import Found, Gathering, Institution, Somebody
from catalog.members import TITLE_LIMIT
from catalog.model import Resource
from pipelines.format import Unreadable
from pipelines.harvest import words
from pipelines.harvest.shape import Asked, Page, Parsed
from standards.metadata import ckan
from standards.record import Dataset

ROLES: Mapping[str, str] = {"admin": "admin", "editor": "editor", "member": "reader"}
NO_LICENCE: Final = (None, "", "notspecified")
CAPACITIES: Final = ("admin", "editor", "member")
"""What people are in a group."""


def read(asked: Asked) -> Parsed:
    """Read one answer of the Action API: of package_search, or of the lists of organisations, people and groups."""
    result = _result(asked.pages[0])
    if asked.what == "organisations":
        return Parsed(institutions=tuple(_institutions(result, asked.language)), rows=len(_dicts(result)),
                      people=tuple(_people([user for one in _dicts(result) for user in _dicts(one.get("users"))])))
    if asked.what == "groups":
        return Parsed(groups=tuple(_groups(result)), rows=len(_dicts(result)))
    if asked.what == "people":
        return Parsed(people=tuple(_people(_dicts(result))), rows=len(_dicts(result)))
    if asked.what == "one":
        return Parsed(rows=1 if isinstance(result, dict) and result.get("state", "active") == "active" else 0)
    if not isinstance(result, dict):
        raise Unreadable("not-ckan")
    packages = _dicts(result.get("results"))
    found, institutions, problems = [], {}, []
    for package in packages:
        owner = package.get("organization")
        if isinstance(owner, dict) and owner.get("id"):
            institutions[str(owner["id"])] = owner
        wrong = ckan.problems(package)
        if wrong:
            problems.append({"remote": words.plain(package.get("id"), 200), "code": "not-understood",
                             "pointer": f"#/{next(iter(wrong))}"})
            package = _mended(package, wrong)  # noqa: PLW2901 - the rest of it is taken
        found.append(_found(package, asked))
    total = result.get("count")
    return Parsed(found=tuple(found), institutions=tuple(_institutions(list(institutions.values()), asked.language)),
                  problems=tuple(problems), total=total if isinstance(total, int) and total >= 0 else None,
                  rows=len(packages))


def _result(page: Page) -> Any:
    """Give the result of an answer; raises Unreadable for a page of HTML, an error, or anything else."""
    try:
        said = json.loads(page.path.read_bytes())
    except (ValueError, RecursionError) as wrong:
        raise Unreadable("not-json") from wrong
    if not isinstance(said, dict) or said.get("success") is not True:
        raise Unreadable("not-ckan")
    return said.get("result")


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _mended(package: Mapping[str, Any], wrong: Mapping[str, Any]) -> dict[str, Any]:
    """Give a package without what is not understood; of tags and extras those that are."""
    kept = {name: value for name, value in package.items() if name not in wrong}
    if "tags" in wrong:
        kept["tags"] = [one for one in _dicts(package.get("tags")) if isinstance(one.get("name"), str) and one["name"]]
    if "extras" in wrong:
        said = {one["key"]: one for one in _dicts(package.get("extras")) if isinstance(one.get("key"), str)}
        kept["extras"] = list(said.values())
    return kept


def _found(package: Mapping[str, Any], asked: Asked) -> Found:
    given = {name: value for name, value in package.items() if value is not None}
    about = ckan.read({**given, "extras": _dicts(given.get("extras")), "tags": _dicts(given.get("tags")),
                       "groups": [_named(one) for one in _dicts(given.get("groups"))]},
                      Dataset(title={}, language=(asked.language,)), asked.language, ())
    owner = given.get("organization")
    owner = owner if isinstance(owner, dict) else {}
    about = replace(
        about, title=words.text(about.title, TITLE_LIMIT), description=words.text(about.description),
        tags=words.tags(about.tags), source=words.text(about.source), notice=words.text(about.notice),
        source_url=words.address(about.source_url), licence=about.licence or words.licence([given.get("license_url")]),
        contact=words.contact(about.contact.name, about.contact.email, about.contact.phone, about.contact.url)
        if about.contact else None, spatial=words.tags(about.spatial),
    )
    about = words.publisher(about, {asked.language: words.plain(owner.get("title") or owner.get("name"), TITLE_LIMIT)})
    made = list(_resources(given, asked.language))
    mail = given.get("maintainer_email") or given.get("author_email")
    licences = [one for one in (given.get("license_id"), given.get("license_url")) if one not in NO_LICENCE]
    return words.complete(Found(
        remote=words.plain(given.get("id"), 1000), name=words.plain(given.get("name"), TITLE_LIMIT), about=about,
        resources=tuple(one for one, _ in made), parts=tuple(part for _, part in made),
        agency=words.plain(owner.get("id"), 1000), modified=words.moment(given.get("metadata_modified")),
        created=words.moment(given.get("metadata_created")), private=given.get("private") is True,
        guesses=words.guessed(
            licence_unknown=(licences, about.licence), email_dropped=(mail, about.contact and about.contact.email),
            address_dropped=(given.get("url"), about.source_url),
            date_dropped=(given.get("metadata_modified"), words.moment(given.get("metadata_modified"))),
            links_dropped=(len(_dicts(given.get("resources"))) > len(made), False)),
    ), asked.language)


def _named(group: Mapping[str, Any]) -> dict[str, Any]:
    return {name: words.plain(group.get(name), TITLE_LIMIT) for name in ("id", "name", "title") if group.get(name)}


def _resources(package: Mapping[str, Any], language: str) -> Any:
    taken: set[str] = set()
    for one in _dicts(package.get("resources")):
        said = {name: value for name, value in one.items()
                if name not in ckan.OWN and value not in (None, "") and isinstance(value, str | int | float | bool)}
        title = words.plain(one.get("name"), TITLE_LIMIT)
        url = words.address(one.get("url"))
        made = words.link(taken, url, {language: title}, name=title,
                          format_=words.kind(one.get("format"), one.get("mimetype"), url), more=words.kept(said))
        if isinstance(made, Resource):
            yield made, words.plain(one.get("id"), 1000)


def _institutions(said: Any, language: str) -> Any:
    for one in _dicts(said):
        people = [(words.plain(user.get("name"), 64), ROLES[str(user.get("capacity"))])
                  for user in _dicts(one.get("users")) if str(user.get("capacity")) in ROLES]
        if one.get("id"):
            yield Institution(
                remote=words.plain(one["id"], 1000), name=words.plain(one.get("name"), 100), people=tuple(people),
                title=words.text({language: one.get("title") or one.get("name") or ""}, TITLE_LIMIT),
                description=words.text({language: one.get("description") or ""}), extras=_extras(one),
                image=words.web(words.address(one.get("image_url"))),
            )


def _extras(one: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give the extras of an agency or a group, without the code of an agency, which is told by us."""
    said = ((words.plain(each.get("key"), 100), words.plain(each.get("value"))) for each in _dicts(one.get("extras")))
    return tuple((key, value) for key, value in said if key and key != "code")


def _groups(said: Any) -> Iterator[Gathering]:
    """Give the groups of people's own; a theme of ours is one here already."""
    for one in _dicts(said):
        name = words.plain(one.get("name"), 100)
        if one.get("id") and name and not ckan.theme_of(name) and one.get("state", "active") == "active":
            yield Gathering(
                remote=words.plain(one["id"], 1000), name=name, title=words.plain(one.get("title"), TITLE_LIMIT),
                description=words.plain(one.get("description")), image=words.address(one.get("image_url")),
                extras=_extras(one),
                people=tuple((words.plain(user.get("name"), 64), str(user.get("capacity")))
                             for user in _dicts(one.get("users")) if str(user.get("capacity")) in CAPACITIES),
            )


def _people(said: list[dict[str, Any]]) -> Any:
    for one in said:
        if one.get("id") and one.get("name") and one.get("state", "active") == "active":
            yield Somebody(remote=words.plain(one["id"], 1000), name=words.plain(one["name"], 64).lower(),
                           title=words.plain(one.get("fullname") or one.get("display_name"), TITLE_LIMIT))
