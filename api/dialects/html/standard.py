"""Table standards, official and proposed clearly apart; code lists on a day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html import facts, labels, listing, shelf
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, page
from catalog.errors import NotFound
from catalog.installed import Release
from catalog.model import NOBODY
from catalog.question import Question
from standards.check import Check
from standards.codelist import Codelist, Entry
from standards.standard import TableStandard

router = APIRouter(route_class=PageRoute)
DAY = re.compile(r"\s*(?:(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})|(?P<iso>\d{4}-\d{2}-\d{2}))\s*")
SHOWN = 100
FOLLOWERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One code on two days."""

    code: str
    now: Entry | None
    then: Entry | None
    change: str = ""


@router.get("/standards")
def standards(request: Request, reader: TheReader) -> Response:
    """Every table standard and code list; for stewards the form of a new version, and the drafts."""
    return listed(request, reader)


def listed(request: Request, reader: Reader, *, note: str = "", wrong: Sequence[Mapping[str, str]] = ()) -> Response:
    """Show all of them, with what was ``wrong`` with a version that a steward sent."""
    catalog = deps.site(request).catalog
    steward = catalog.may_keep_standards(reader.caller)
    drafts = [one for one in catalog.releases(reader.caller, kind="table") if not one.number] if steward else []
    found = sorted(shelf.standards(reader).values(), key=lambda one: (one.country != "VN", one.country, one.id))
    apart = [(status, [one for one in found if one.status == status]) for status in ("official", "proposed")]
    lists = [shelf.codelists(reader)[key] for key in sorted(shelf.codelists(reader))]
    return page(request, reader, "standards.html", apart=apart, lists=lists, counts=shelf.counts(reader),
                steward=steward, drafts=drafts, note=note, wrong=wrong, status=422 if wrong else 200)


@router.get("/standards/{key}")
def standard(request: Request, reader: TheReader, key: str) -> Response:
    """One table standard: its fields, checks, basis and templates; ``?version=`` shows one that was in force before."""
    newest = shelf.standards(reader).get(key)
    version = request.query_params.get("version", "")[:50]
    found = reader.standards.table(f"{key}@{version}") if newest else None
    if newest is None or found is None:
        raise NotFound
    before = [one.version for one in reader.standards.earlier.values() if one.id == key]
    return page(request, reader, "standard.html", standard=found, labels=labels, rules=rules_of(found),
                versions=[newest.version, *reversed(before)],
                followers=followers(request, reader, found.id),
                lists={one: shelf.codelists(reader)[one] for one in dict.fromkeys(
                    field.codelist for field in found.fields) if one and one in shelf.codelists(reader)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Followers:
    """Public datasets that follow a standard: how many, and those that changed last."""

    total: int
    items: Sequence[listing.Item]


def followers(request: Request, reader: Reader, standard: str) -> Followers:
    """Find the datasets that were published by a standard, and how they stand."""
    asked = Question(filters={"standard": (standard,)}, sort="modified", limit=FOLLOWERS)
    answer, entries = deps.site(request).catalog.search(reader.caller, asked)
    return Followers(total=answer.total, items=listing.items(request, reader, entries))


def rules_of(standard: TableStandard) -> list[Check]:
    """The checks that a standard uses, each once, in the order of the documentation."""
    used = {use.code for field in standard.fields for use in field.checks} | {use.code for use in standard.checks}
    return [one for one in shelf.checks() if one.CODE in used]


@router.get("/codelists/{key}")
def codelist(request: Request, reader: TheReader, key: str) -> Response:
    """The codes of a list on a day (``?on=``), beside another day (``?vs=``), some at a time."""
    if key not in shelf.codelists(reader):
        raise NotFound
    found, query = shelf.codelists(reader)[key], request.query_params
    on, vs = day_of(query.get("on", "")), day_of(query.get("vs", ""))
    wrong = bool(query.get("on") and on is None) or bool(query.get("vs") and vs is None)
    words = query.get("q", "").strip()[:100].casefold()
    dated = any(one.valid_from or one.valid_to for many in found.entries.values() for one in many)
    chosen = on or facts.today()
    lines = lines_of(found, chosen, vs)
    held = [one for one in lines if not words or _matches(one, words)]
    start = whole(query.get("from", ""))
    shown = held[start : start + SHOWN]
    return page(
        request, reader, "codelist.html", codelist=found, lines=shown, total=len(held), start=start,
        line_parent=_parents(reader, found, shown, chosen, vs),
        following=start + SHOWN if start + SHOWN < len(held) else None, on=chosen, vs=vs, dated=dated, wrong=wrong,
        in_force=sum(one.now is not None for one in lines), changed=sum(one.change == "reused" for one in lines),
        asked={name: query.get(name, "") for name in ("on", "vs", "q")}, name=_namer(reader, found),
        status=422 if wrong else 200, newest=_newest(request, key),
    )


def _newest(request: Request, key: str) -> Release | None:
    """The last release of a list here, if there was one."""
    found = deps.site(request).catalog.releases(NOBODY, kind="codelist", subject=key)
    return found[-1] if found else None


def whole(given: str) -> int:
    """A number of lines to skip; 0 for anything else."""
    return int(given) if given.isdecimal() and given.isascii() and len(given) < len("1000000") else 0


def lines_of(codelist: Codelist, on: date, vs: date | None) -> list[Line]:
    """The codes in force on a day (or on the other one), those whose meaning changed first."""
    found: list[Line] = []
    for code, entries in codelist.entries.items():
        now, then = _at(entries, on), _at(entries, vs) if vs else None
        if now or then:
            found.append(Line(code=code, now=now, then=then, change=_change(now, then) if vs else ""))
    order = {"reused": 0, "renamed": 1, "gone": 2, "new": 3, "": 4}
    return sorted(found, key=lambda one: (order[one.change], one.code))


def _at(entries: Sequence[Entry], day: date) -> Entry | None:
    return next((one for one in entries if one.valid_on(day)), None)


def _change(now: Entry | None, then: Entry | None) -> str:
    if now is None:
        return "gone"
    if then is None:
        return "new"
    if now is then or now.name == then.name:
        return ""
    return "renamed" if _bare(now.name) == _bare(then.name) else "reused"


def _bare(name: str) -> str:
    return re.sub(r"^(tỉnh|thành phố|quận|huyện|thị xã|xã|phường|thị trấn|đặc khu)\s+", "", name.casefold())


def _matches(line: Line, words: str) -> bool:
    entry = line.now or line.then
    return words in line.code.casefold() or bool(entry and words in entry.name.casefold())


def _parents(reader: Reader, codelist: Codelist, lines: Sequence[Line], on: date, vs: date | None) -> dict[str, str]:
    """What the units above are called on the day that their line is of, by the codes of the lines."""
    every = shelf.codelists(reader)
    above = [every[one] for one in codelist.parents if one in every]
    found: dict[str, str] = {}
    for line in lines:
        entry, day = (line.now, on) if line.now else (line.then, vs or on)
        parent = next((one for many in above if entry and entry.parent
                       for one in many.entries.get(entry.parent, ()) if one.valid_on(day)), None)
        if parent:
            found[line.code] = parent.names.get(reader.lang) or parent.name
    return found


def _namer(reader: Reader, codelist: Codelist) -> dict[str, str]:
    if reader.lang == "vi":
        return {}
    return {code: many[-1].names.get(reader.lang, "") for code, many in codelist.entries.items()}


def day_of(given: str) -> date | None:
    """``30/6/2025`` or ``2025-06-30``; None for anything else."""
    found = DAY.fullmatch(given)
    if not found:
        return None
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None

