"""What all kinds of sources share: texts cut to what we hold, links made of addresses, and the mark of a dataset."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from catalog.harvest import Found
from catalog.members import EMAIL, FORBIDDEN, LANGUAGE, TAG_LIMIT, TAGS_LIMIT, TEXT_LIMIT, TITLE_LIMIT, slug_of
from catalog.model import Resource
from standards.portable import to_json
from standards.record import Contact, Dataset, Text
from standards.vocabulary import LICENCES, MEDIA_TYPES, THEMES

MOST_RESOURCES = 2000
LONGEST_URL = 2000
SCHEMES = ("http", "https", "ftp", "ftps")
_SAFE = "%/:=&?~#+!$,;'@()*[]"
_SURROGATES = re.compile("[\ud800-\udfff]")


def plain(value: Any, limit: int = TEXT_LIMIT) -> str:
    """Give a text without signs that nobody can see, cut to what we hold; "" for what is no text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    said = "".join(sign for sign in _SURROGATES.sub("", str(value)) if sign not in FORBIDDEN).strip()
    return said if len(said) <= limit else said[: limit - 1].rstrip() + "…"


def text(said: Mapping[str, Any], limit: int = TEXT_LIMIT) -> dict[str, str]:
    """Give a text in several languages with those that are languages."""
    made = {tag: plain(words, limit) for tag, words in said.items() if LANGUAGE.fullmatch(tag)}
    return {tag: words for tag, words in made.items() if words}


def tags(words: Iterable[Any]) -> tuple[str, ...]:
    """Give tags of texts, none twice."""
    made = (plain(one, TAG_LIMIT) for one in words)
    return tuple(dict.fromkeys(one for one in made if one))[:TAGS_LIMIT]


def address(value: Any) -> str:
    """Give an address of the web, with what may not stand in one escaped; "" for what is none."""
    said = plain(value, LONGEST_URL + 1)
    try:
        parts = urlsplit(said)
        right = parts.scheme in SCHEMES and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        return ""
    made = quote(said, safe=_SAFE)
    return made if right and len(made) <= LONGEST_URL else ""


def day(value: Any) -> date | None:
    """Read a day or the day of a moment."""
    said = plain(value, 40)
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        pass
    return date(int(said), 1, 1) if re.fullmatch(r"[12]\d{3}", said) else None


def moment(value: Any) -> str:
    """Give a moment in ISO 8601 as it was told, "" for what is none."""
    said = plain(value, 40)
    try:
        datetime.fromisoformat(said)
    except ValueError:
        return ""
    return said


def contact(name: Any = "", email: Any = "", phone: Any = "", url: Any = "") -> Contact | None:
    """Give whom to ask; an address of mail that is none is left out."""
    mail = plain(email, 300).removeprefix("mailto:")
    made = Contact(
        name=plain(name, TITLE_LIMIT), email=mail if len(mail) < 255 and EMAIL.fullmatch(mail) else "",  # noqa: PLR2004
        phone=plain(phone, TAG_LIMIT).removeprefix("tel:"), url=web(address(url)),
    )
    return made if made != Contact() else None


def web(url: str) -> str:
    """Give an address of the web; "" for one of another kind."""
    return url if url.startswith(("http://", "https://")) else ""


def licence(said: Iterable[Any]) -> str:
    """Give the licence of ours that one of these ids or addresses means."""
    wanted = {_bare(one) for one in said if one} - {""}
    for code, term in LICENCES.items():
        if wanted & {_bare(code), _bare(term.uri)}:
            return code
    return ""


def _bare(said: Any) -> str:
    one = plain(said, LONGEST_URL).lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return one.rstrip("/").removesuffix("/legalcode").removesuffix("/deed.vi").removesuffix("/deed.en")


def themes(said: Iterable[Any]) -> tuple[str, ...]:
    """Give the themes of ours that these codes or addresses are."""
    ends = {plain(one, LONGEST_URL).rstrip("/").rpartition("/")[2].upper() for one in said}
    return tuple(code for code in THEMES if code in ends)


def ending(url: str) -> str:
    """Give the format that an address ends with, small."""
    name = urlsplit(url).path.rpartition("/")[2]
    last = name.rpartition(".")[2] if "." in name else ""
    return last.lower() if last.isalnum() and len(last) < 9 else ""  # noqa: PLR2004 - longer ones are no endings


def kind(format_: Any = "", media_type: Any = "", url: str = "") -> str:
    """Give the format of a link, small: as it is told, else of its media type, else of its address."""
    told = plain(format_, LONGEST_URL).lower().rstrip("/").rpartition("/")[2][:50]
    if told:
        return told
    known = MEDIA_TYPES.get(plain(media_type, 100).partition(";")[0].lower())
    return (known.eu.lower() if known is not None and known.eu else "") or ending(url)


def link(taken: set[str], url: Any, title: Mapping[str, str], *, name: Any = "", format_: str = "",
         more: Mapping[str, Any] | None = None) -> Resource | None:
    """Give a resource that leads to an address, under a name that none of ``taken`` has; None where that is none."""
    where = address(url)
    if not where or len(taken) >= MOST_RESOURCES:
        return None
    last = urlsplit(where).path.rstrip("/").rpartition("/")[2]
    made = slug_of(plain(name, TITLE_LIMIT) or last, "resource")[:80].strip("-_.") or "resource"
    free = made if made not in taken else next(
        one for one in (f"{made}-{len(taken) + number}" for number in range(1, MOST_RESOURCES + 3)) if one not in taken)
    taken.add(free)
    return Resource(name=free, kind="link", title=text(title, TITLE_LIMIT), url=where,
                    format=format_ or ending(where), more=dict(more or {}))


def kept(said: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members that are kept as they came: those that say something, none longer than a text may be."""
    plainly = {plain(name, 100): plain(value) if isinstance(value, str) else value
               for name, value in list(said.items())[:100] if isinstance(value, str | int | float | bool)}
    return {name: value for name, value in plainly.items() if name and value != ""}


def guessed(**looks: tuple[Any, Any]) -> tuple[str, ...]:
    """Name what a source said and nothing came of: each look is what was said and what was made of it, by its code."""
    return tuple(code.replace("_", "-") for code, (said, made) in looks.items() if said and not made)


def _besides(found: Found, titled: bool) -> Iterator[str]:
    """Name what is guessed of any dataset: a title, and texts that had to be cut."""
    if not titled:
        yield "title-missing"
    about = found.about
    long = (one for text, limit in ((about.title, TITLE_LIMIT), (about.description, TEXT_LIMIT))
            for one in text.values() if len(one) >= limit - 1 and one.endswith("…"))
    if any(long):
        yield "text-cut"


def complete(found: Found, language: str) -> Found:
    """Give what was found with a title in any case, and with its mark: the same words have the same."""
    about = found.about
    has_title = any(about.title.values())
    titled = about.title if has_title else {language: found.name or found.remote[:TITLE_LIMIT]}
    made = replace(found, about=replace(about, title=titled), guesses=(*_besides(found, has_title), *found.guesses))
    said = to_json(replace(made, modified="", digest=""))
    del said["guesses"]
    mark = hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return replace(made, digest=mark)


def publisher(about: Dataset, name: Text) -> Dataset:
    """Say whose data they are, where nothing else is said of where they come from."""
    if any(about.source.values()) or not any(name.values()):
        return about
    return replace(about, source=dict(name))
