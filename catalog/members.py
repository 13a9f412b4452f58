"""What describing members may hold: pure checks that give a problem with a pointer for each wrong one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from catalog.errors import Invalid, Problem
from catalog.model import Options
from standards.portable import to_json
from standards.record import Contact, Dataset, Text
from standards.text import fold, nfc
from standards.vocabulary import FREQUENCIES, LICENCES, THEMES

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?")
RESOURCE = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,98}[a-z0-9])?")
CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9.-]{0,62}[A-Z0-9])?")
NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
EMAIL = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\.]+(?:\.[^\s@<>\"(),:;\\.]+)+")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
PERIOD = re.compile(r"\d{4}(?:-(?:Q[1-4]|H[12]|W\d{2}|\d{2}(?:-\d{2})?))?(?:/\d{4}(?:-\d{2}(?:-\d{2})?)?)?")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MORE_LIMIT = 200_000
TITLE_LIMIT, TEXT_LIMIT, TAG_LIMIT, TAGS_LIMIT, PASSWORD_LEAST = 300, 20_000, 100, 100, 10
FORBIDDEN = frozenset(
    map(chr, [*range(9), 11, 12, *range(14, 32), 127, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)
"""Control characters and direction overrides: no text for people needs them."""


def slug_of(text: str, otherwise: str = "dataset") -> str:
    """Make an address out of a title: ``Ngân sách 2025`` → ``ngan-sach-2025``."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
    if len(words) > 80:  # noqa: PLR2004 - room for a number behind it
        words = words[:80].rsplit("-", 1)[0]
    return words or otherwise


def refuse(problems: Iterable[Problem]) -> None:
    """Raise Invalid when there are problems."""
    found = tuple(problems)
    if found:
        raise Invalid(problems=found)


def check_text(pointer: str, text: Text, *, required: bool = False, limit: int = TEXT_LIMIT) -> Iterator[Problem]:
    """Check a text in several languages."""
    if required and not any(mark.isprintable() and not mark.isspace() for words in text.values() for mark in words):
        yield Problem(pointer, "required")
    for language, words in text.items():
        if not LANGUAGE.fullmatch(language):
            yield Problem(f"{pointer}/{language}", "not-a-language")
        yield from check_words(f"{pointer}/{language}", words, limit)


def check_words(pointer: str, words: str, limit: int) -> Iterator[Problem]:
    """Check one text for length and characters that nobody can see."""
    if len(words) > limit:
        yield Problem(pointer, "too-long", {"limit": limit})
    if not FORBIDDEN.isdisjoint(words) or any(unicodedata.category(mark) == "Cs" for mark in words):
        yield Problem(pointer, "forbidden-characters")


def check_slug(slug: str, pointer: str = "#/slug") -> Iterator[Problem]:
    """Check the form of an address; one that looks like an id of ours would hide it."""
    if not SLUG.fullmatch(slug) or UUID.fullmatch(slug):
        yield Problem(pointer, "not-a-slug")


def check_email(pointer: str, email: str) -> Iterator[Problem]:
    """Check the form of an e-mail address; empty is "not stated"."""
    if email and (len(email) > 254 or not EMAIL.fullmatch(email)):  # noqa: PLR2004 - RFC 5321
        yield Problem(pointer, "not-an-email")


def check_url(pointer: str, url: str) -> Iterator[Problem]:
    """Check that an address is one of the web; empty is "not stated"."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        right = False
    if not right or len(url) > 2000 or any(mark.isspace() or mark in FORBIDDEN for mark in url):  # noqa: PLR2004
        yield Problem(pointer, "not-an-address")


def check_choice(pointer: str, value: str, choices: Iterable[str]) -> Iterator[Problem]:
    """Check a code against a closed list; empty is "not stated"."""
    if value and value not in choices:
        yield Problem(pointer, "unknown-value", {"value": value, "known": tuple(choices)})


def check_about(about: Dataset) -> Iterator[Problem]:
    """Check all describing members of a dataset."""
    yield from check_text("#/title", about.title, required=True, limit=TITLE_LIMIT)
    for name in ("description", "source", "notice"):
        yield from check_text(f"#/{name}", getattr(about, name))
    yield from check_choice("#/licence", about.licence, LICENCES)
    yield from check_choice("#/frequency", about.frequency, FREQUENCIES)
    for at, theme in enumerate(about.themes):
        yield from check_choice(f"#/themes/{at}", theme, THEMES)
    yield from check_tags(about.tags)
    for at, language in enumerate(about.language):
        if not LANGUAGE.fullmatch(language):
            yield Problem(f"#/language/{at}", "not-a-language")
    if about.temporal and about.temporal.start and about.temporal.end and about.temporal.start > about.temporal.end:
        yield Problem("#/temporal", "ends-before-it-starts")
    for at, code in enumerate(about.spatial):
        yield from check_words(f"#/spatial/{at}", code, TAG_LIMIT)
    yield from check_contact(about.contact)
    yield from check_url("#/source_url", about.source_url)
    if about.more and len(json.dumps(to_json(about.more))) > MORE_LIMIT:
        yield Problem("#/extras", "too-long", {"limit": MORE_LIMIT})


def check_tags(tags: Sequence[str]) -> Iterator[Problem]:
    """Check tags: not empty, not long, not many."""
    if len(tags) > TAGS_LIMIT:
        yield Problem("#/tags", "too-many", {"limit": TAGS_LIMIT})
    for at, tag in enumerate(tags):
        if not tag.strip():
            yield Problem(f"#/tags/{at}", "required")
        yield from check_words(f"#/tags/{at}", tag, TAG_LIMIT)


def check_contact(contact: Contact | None) -> Iterator[Problem]:
    """Check whom a reader may ask."""
    if contact is None:
        return
    yield from check_words("#/contact/name", contact.name, TITLE_LIMIT)
    yield from check_words("#/contact/phone", contact.phone, TAG_LIMIT)
    yield from check_email("#/contact/email", contact.email)
    yield from check_url("#/contact/url", contact.url)


def check_options(options: Options) -> Iterator[Problem]:
    """Check what was asked for with an upload."""
    if options.resource and not RESOURCE.fullmatch(options.resource):
        yield Problem("#/resource", "not-a-slug")
    if options.update not in ("replace", "append", "correct"):
        yield Problem("#/update", "unknown-value", {"value": options.update})
    if options.kind not in ("update", "correction"):
        yield Problem("#/kind", "unknown-value", {"value": options.kind})
    if options.declaration not in ("", "none", "contains"):
        yield Problem("#/declaration", "unknown-value", {"value": options.declaration[:100]})
    if options.period and not PERIOD.fullmatch(options.period):
        yield Problem("#/period", "not-a-period")
    if options.update != "replace" and not options.period:
        yield Problem("#/period", "required")
    yield from check_words("#/note", options.note, TEXT_LIMIT)


def tidy(about: Dataset) -> Dataset:
    """Compose texts to NFC and drop spaces around them and tags said twice."""
    return replace(
        about, title=_tidy(about.title), description=_tidy(about.description), source=_tidy(about.source),
        notice=_tidy(about.notice), tags=tuple(dict.fromkeys(nfc(tag).strip() for tag in about.tags)),
        themes=tuple(dict.fromkeys(about.themes)), language=tuple(dict.fromkeys(about.language)),
        publisher=None, distributions=(),
    )


def _tidy(text: Text) -> Text:
    return {language: nfc(words).strip() for language, words in text.items() if words.strip()}
