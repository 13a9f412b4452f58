"""The step that tells a portal elsewhere of a dataset of ours, through ckanapi: created, updated, withdrawn.

It may run again after its answer was lost: what stands there carries our id, so that it is found and not made twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog.catalog import Catalog
from catalog.errors import NotFound
from catalog.push import Push, Target
from pipelines.fetch import Fetcher, Limits, Unfetched
from standards.late import module

if TYPE_CHECKING:
    import ckanapi
else:  # it loads requests, which few workers need
    ckanapi = module("ckanapi")

OURS = "datamo_id"
"""The extra that says which dataset of ours it is."""

LIMITS = Limits(seconds=120.0, idle=60.0, size=10_000_000, redirects=0)
AGAIN = frozenset({408, 425, 429})
_DOWN = 500
MOST = 10
"""Addresses that are tried for a dataset: what was withdrawn keeps its address for good at some portals."""

DROPPED = frozenset({
    "id", "owner_org", "organization", "creator_user_id", "metadata_created", "metadata_modified", "num_resources",
    "num_tags", "isopen", "license_title", "license_url", "relationships_as_object", "relationships_as_subject",
    "groups", "state", "private", "type",
})
"""Members that are the target's to say."""

LINKED = ("name", "url", "format", "description", "mimetype", "size", "hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What pushing needs. ``package`` gives the dictionary of CKAN's words for a dataset; ``keys``: a target's key."""

    catalog: Catalog
    fetcher: Fetcher
    package: Callable[[str], Mapping[str, Any] | None]
    keys: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as ckanapi reads it."""

    status_code: int
    text: str


class Session:
    """The part of a session of requests that ckanapi uses, on the guarded client. A POST is never sent elsewhere."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def post(self, url: str, data: Any = None, headers: Mapping[str, str] | None = None, **_wishes: Any) -> Answered:
        """Send an action. Raises Unfetched where the target is down or asks to come later."""
        body = data if isinstance(data, bytes) else str(data or "{}").encode()
        reply = self._fetcher.post(url, body, dict(headers or {}), limits=LIMITS)
        if reply.status >= _DOWN or reply.status in AGAIN:
            raise Unfetched(f"http-{reply.status}")
        return Answered(reply.status, reply.body.decode("utf-8", "replace"))

    def close(self) -> None:
        """Let go of nothing: each request had its own connection."""


def push(post: Post, key: str) -> str:
    """Bring a dataset at a target up to date; returns its state. Raises Unfetched where trying again may help."""
    try:
        target, one, shown = post.catalog.at_push(key)
    except NotFound:
        return "gone"
    one = post.catalog.note_push(replace(one, tries=one.tries + 1))
    remote = ckanapi.RemoteCKAN(target.url, apikey=post.keys(target.name) or None, session=Session(post.fetcher))
    try:
        package = post.package(one.dataset) if shown else None
        done = _told(remote, target, one, package) if package is not None else _withdrawn(remote, one)
    except Unfetched as problem:
        post.catalog.note_push(replace(one, error=str(problem), state="waiting" if problem.may_pass else "failed"))
        if problem.may_pass:
            raise
        return "failed"
    except (ckanapi.CKANAPIError, RecursionError) as refused:
        said = f"{type(refused).__name__}: {refused}"[:500]
        return post.catalog.note_push(replace(one, state="failed", error=said)).state
    return post.catalog.note_push(replace(done, error="")).state


def give_up(post: Post, key: str, why: str) -> str:
    """Note that a push failed as often as it was tried; the next change of the dataset tries anew."""
    try:
        _, one, _ = post.catalog.at_push(key)
    except NotFound:
        return "gone"
    return post.catalog.note_push(replace(one, state="failed", error=one.error or why[:500])).state


def _told(remote: Any, target: Target, one: Push, package: Mapping[str, Any]) -> Push:
    there = _there(remote, target, one, str(package["name"]))
    wanted = _package(target, one, package, there)
    if there is not None:
        said = remote.call_action("package_update", {**wanted, "id": there["id"], "name": there["name"]})
    else:
        said = _created(remote, wanted, _names(target, one, str(package["name"]))[1])
    if not isinstance(said, dict) or not said.get("id"):
        raise ckanapi.CKANAPIError("no dataset in the answer")
    return replace(one, state="sent", remote=str(said["id"])[:200], name=str(said.get("name") or "")[:100])


def _created(remote: Any, wanted: Mapping[str, Any], free: str) -> Any:
    """Make it there; under an address of its own where somebody else, or what we withdrew there, has the one wished."""
    names = list(dict.fromkeys([str(wanted["name"]), free, *(f"{free[:97]}-{number}" for number in range(2, MOST))]))
    for name in names[:-1]:
        try:
            return remote.call_action("package_create", {**wanted, "name": name})
        except ckanapi.ValidationError as refused:
            if "name" not in refused.error_dict and "url" not in refused.error_dict:
                raise
    return remote.call_action("package_create", {**wanted, "name": names[-1]})


def _there(remote: Any, target: Target, one: Push, name: str) -> dict[str, Any] | None:
    """Find what stands there already: by the id that it was given, else by our address with our id on it."""
    for key in filter(None, (one.remote, *_names(target, one, name))):
        try:
            found = remote.call_action("package_show", {"id": key})
        except (ckanapi.NotFound, ckanapi.NotAuthorized):
            continue
        if isinstance(found, dict) and found.get("state") != "deleted" and _is_ours(found, one):
            return found
    return None


def _is_ours(found: Mapping[str, Any], one: Push) -> bool:
    return any(each.get("key") == OURS and each.get("value") == one.dataset for each in found.get("extras") or [])


def _names(target: Target, one: Push, name: str) -> tuple[str, str]:
    """Give the address that is wished there, and the one that is surely free."""
    return f"{target.prefix}{name}"[:100], f"{target.prefix}{name}"[:87] + "-" + one.dataset[-12:]


def _package(target: Target, one: Push, package: Mapping[str, Any], there: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give what is sent: links to our files, under the ids that their resources have there."""
    ids = {each.get("name"): each.get("id") for each in (there or {}).get("resources") or []}
    links = [
        {**{name: each[name] for name in LINKED if each.get(name) not in (None, "")},
         **({"id": ids[each.get("name")]} if ids.get(each.get("name")) else {})}
        for each in package.get("resources") or []
    ]
    kept = {name: value for name, value in package.items() if name not in DROPPED and value is not None}
    extras = [each for each in package.get("extras") or [] if each.get("key") != OURS]
    tags = dict.fromkeys(str(each["name"]) for each in package.get("tags") or [])
    wished = _names(target, one, str(package["name"]))
    return {**kept, "name": wished[0] if not one.name else one.name, "resources": links,
            "tags": [{"name": each} for each in tags],  # vocabularies of ours are none there
            "extras": [*extras, {"key": OURS, "value": one.dataset}],
            **({"owner_org": target.owner} if target.owner else {})}


def _withdrawn(remote: Any, one: Push) -> Push:
    """Take it away there; what is not there any more is away."""
    if one.remote:
        try:
            remote.call_action("package_delete", {"id": one.remote})
        except ckanapi.NotFound:
            return replace(one, state="withdrawn")
    return replace(one, state="withdrawn")
