"""The step that describes a dataset: what no machine can answer is asked, the rest is filled in; with its quality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import facts, forms, labels
from api.dialects.html.refused import PageRoute, problems_said
from api.dialects.html.repair import day_said
from api.dialects.html.steps import steps_of
from api.dialects.html.view import Reader, TheReader, page
from api.messages import pages
from catalog.errors import Conflict, Invalid, Refusal
from catalog.members import TITLE_LIMIT, slug_of
from catalog.model import Entry, Submission, Version
from catalog.quality import LONG_ENOUGH, quality
from standards import vocabulary
from standards.profile import Column
from standards.record import Contact, Dataset, Period

router = APIRouter(route_class=PageRoute)

LONGEST = 20_000
MOST_TAGS = 30
FIELDS = ("title", "description", "title_en", "description_en", "licence", "frequency", "source", "tags", "start",
          "end", "place", "contact_name", "contact_email", "contact_phone")
FIELD_OF = {"themes": "theme", "temporal": "start", "spatial": "place"}
HERE = ("described", "licence-stated", "themed", "tagged", "period-stated", "place-stated", "frequency-stated",
        "contact-stated", "source-stated")
"""Items of quality that this step's answers decide."""

Words = Annotated[str, Form()]


@router.get("/submissions/{key}/describe")
def describe(request: Request, reader: TheReader, key: str) -> Response:
    """The form, with what is known already filled in."""
    one, entry = _found(request, reader, key)
    return _form(request, reader, (one, entry), given_of(entry.about, one), themes=entry.about.themes, wrong=[])


def _found(request: Request, reader: Reader, key: str) -> tuple[Submission, Entry]:
    catalog = deps.site(request).catalog
    one = catalog.submission(reader.caller, key)
    return one, catalog.dataset(reader.caller, one.dataset)


def prospect(request: Request, reader: Reader, one: Submission) -> Version | None:
    """The version that the upload would become, or became; None while it cannot become one."""
    catalog = deps.site(request).catalog
    try:
        if one.version:
            return catalog.version(reader.caller, one.dataset, one.version)
        return catalog.prospect(reader.caller, one.id)
    except Refusal:
        return None


def given_of(about: Dataset, one: Submission) -> dict[str, str]:
    """What the form's fields say now; a period that nobody wrote is proposed from the columns of dates."""
    contact, period = about.contact or Contact(), about.temporal or period_of(one) or Period()
    return {
        "title": _main(about.title), "description": _main(about.description), "title_en": _other(about.title),
        "description_en": _other(about.description), "licence": about.licence, "frequency": about.frequency,
        "source": _main(about.source), "tags": ", ".join(about.tags), "start": pages.day("vi", period.start) or "",
        "end": pages.day("vi", period.end) or "", "place": about.spatial[0] if about.spatial else "",
        "contact_name": contact.name, "contact_email": contact.email, "contact_phone": contact.phone,
    }


def _main(text: Mapping[str, str]) -> str:
    """The Vietnamese words; those of another language where there are none, so that nothing seems lost."""
    return text.get("vi") or next((words for tag, words in text.items() if tag != "en"), "") or text.get("en", "")


def _other(text: Mapping[str, str]) -> str:
    return text.get("en", "") if text.get("vi") else ""


def period_of(one: Submission) -> Period | None:
    """From when to when the rows are, by their columns of dates; None where no column says it."""
    tables = one.outcome.tables if one.outcome else ()
    spans = [span for table in tables if table.profile for column in table.profile.columns if (span := _span(column))]
    return Period(start=min(one for one, _ in spans), end=max(one for _, one in spans)) if spans else None


def _span(column: Column) -> tuple[date, date] | None:
    if column.kind != "date" or not column.minimum or not column.maximum:
        return None
    try:
        return date.fromisoformat(column.minimum[:10]), date.fromisoformat(column.maximum[:10])
    except ValueError:
        return None


def _form(request: Request, reader: Reader, found: tuple[Submission, Entry], given: Mapping[str, str], *,
          themes: Sequence[str], wrong: list[dict[str, str]]) -> Response:
    one, entry = found
    steps = steps_of(reader, one, entry)
    items = quality(entry, prospect(request, reader, one), facts.today())
    return page(
        request, reader, "describe.html", status=422 if wrong else 200, noindex=True, submission=one, entry=entry,
        steps=steps, given=given, chosen=tuple(themes), wrong=wrong,
        bad={one["field"]: one["said"] for one in wrong}, least=LONG_ENOUGH, longest_title=TITLE_LIMIT,
        items=[(code, labels.quality(reader.lang, code), held, code in HERE) for code, held in items],
        passed=sum(held for _, held in items), proposed=not entry.about.temporal and period_of(one) is not None,
        themes=[(code, pages.gettext(reader.lang, name)) for code, name in labels.THEMES.items()],
        frequencies=[(code, labels.frequency(reader.lang, code)) for code in _kept(labels.OFFERED, given["frequency"])],
        licences=[(code, labels.licence(reader.lang, code)) for code in vocabulary.LICENCES],
        places=_places(reader, given["place"]),
    )


def _kept(offered: Iterable[str], said: str) -> Sequence[str]:
    """What is offered, and what was said before though it is not offered."""
    return tuple(dict.fromkeys([*offered, *([said] if said else [])]))


def _places(reader: Reader, said: str) -> list[tuple[str, str]]:
    """The whole country, then the provinces of today."""
    found = reader.standards.codelists.get("vn-province")
    today = facts.today()
    codes = sorted({one.code for one in found.valid_on(today)}) if found else []
    return [(code, labels.place(reader.lang, code)) for code in _kept(("VN", *codes), said)]


@router.post("/submissions/{key}/describe")
def keep(
    request: Request, reader: TheReader, key: str, *, csrf: Words = "", title: Words = "", description: Words = "",
    title_en: Words = "", description_en: Words = "", licence: Words = "", frequency: Words = "", source: Words = "",
    tags: Words = "", start: Words = "", end: Words = "", place: Words = "", contact_name: Words = "",
    contact_email: Words = "", contact_phone: Words = "", theme: Annotated[tuple[str, ...], Form()] = (),
    later: Words = "", again: Words = "",
) -> Response:  # fmt: skip
    """Keep what was written, also when more is to come; what cannot be kept is said at its field, all else stays."""
    forms.with_token(request, reader, csrf)
    one, entry = _found(request, reader, key)
    given = {name: value.strip()[:LONGEST] for name, value in {
        "title": title, "description": description, "title_en": title_en, "description_en": description_en,
        "licence": licence, "frequency": frequency, "source": source, "tags": tags, "start": start, "end": end,
        "place": place, "contact_name": contact_name, "contact_email": contact_email, "contact_phone": contact_phone,
    }.items()}  # fmt: skip
    if again:
        return _form(request, reader, (one, entry), given, themes=theme, wrong=[])
    wrong = _mistakes(reader, given)
    if not wrong:
        try:
            _keep(request, reader, entry, about_of(entry.about, given, theme))
        except (Invalid, Conflict) as refused:
            wrong = [{"field": FIELD_OF.get(member, member if member in FIELDS else "title"), "said": said}
                     for member, said in problems_said(reader, refused)]
            if not wrong:
                raise
    if wrong:
        return _form(request, reader, (one, entry), given, themes=theme, wrong=wrong)
    onward = "/desk" if later else f"/submissions/{key}/answers" if one.state != "blocked" else f"/submissions/{key}"
    return RedirectResponse(onward, status_code=303)


def _mistakes(reader: Reader, given: Mapping[str, str]) -> list[dict[str, str]]:
    found = []
    if not given["title"] and not given["title_en"]:
        found.append({"field": "title", "said": reader.say("Ghi tên bộ dữ liệu.")})
    found.extend(
        {"field": name,
         "said": reader.say("“%(text)s” không đọc được thành ngày. Ghi như 31/12/2025.", text=given[name][:40])}
        for name in ("start", "end") if given[name] and day_of(given[name]) is None
    )
    return found


def day_of(words: str) -> date | None:
    """A day as people write it (31/12/2025) or as data do (2025-12-31)."""
    try:
        return date.fromisoformat(day_said(words))
    except ValueError:
        return None


def about_of(about: Dataset, given: Mapping[str, str], themes: Iterable[str]) -> Dataset:
    """The description with the form's answers in it; members that the form does not ask for stay."""
    contact = Contact(name=given["contact_name"], email=given["contact_email"], phone=given["contact_phone"],
                      url=about.contact.url if about.contact else "")
    start, end = day_of(given["start"]), day_of(given["end"])
    place = given["place"]
    return replace(
        about, title=_texts(about.title, given["title"], given["title_en"]),
        description=_texts(about.description, given["description"], given["description_en"]),
        source=_texts(about.source, given["source"], about.source.get("en", "") if about.source.get("vi") else ""),
        licence=given["licence"], frequency=given["frequency"], contact=contact if contact != Contact() else None,
        themes=tuple(one for one in dict.fromkeys(themes) if one in vocabulary.THEMES),
        tags=tuple(dict.fromkeys(one.strip() for one in given["tags"].split(",") if one.strip()))[:MOST_TAGS],
        temporal=Period(start=start, end=end) if start or end else None,
        spatial=(place, *(one for one in about.spatial[1:] if one != place)) if place else (),
    )


def _texts(before: Mapping[str, str], main: str, english: str) -> dict[str, Any]:
    """Words by language: what stands in the first field is Vietnamese, unless the dataset has English words only."""
    tag = "en" if not before.get("vi") and before.get("en") == main and main else "vi"
    kept = {other: words for other, words in before.items() if other not in ("vi", "en")}
    told = ((tag, main), ("en", english or (main if tag == "en" else "")))
    return {one: words for one, words in told if words} | kept


def _keep(request: Request, reader: Reader, entry: Entry, about: Dataset) -> None:
    """Amend the dataset; the address of one that was never public follows its title, where it is free."""
    catalog = deps.site(request).catalog
    slug = slug_of(_main(about.title))
    if entry.version is None and entry.state == "draft" and _main(entry.about.title) != _main(about.title):
        try:
            catalog.amend(reader.caller, entry.id, about=about, slug=slug)
        except Conflict:
            catalog.amend(reader.caller, entry.id, about=about)
        return
    if about != entry.about:
        catalog.amend(reader.caller, entry.id, about=about)
