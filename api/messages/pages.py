"""What the pages say in the reader's language: sentences (gettext), dates, numbers and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from standards.record import Text

FOLDER = Path(__file__).parent.parent / "locale"
VIETNAM = timezone(timedelta(hours=7), "+07")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LAST_TWO_DIGIT_MONTH = 2

Sentences = Mapping[str, str | Sequence[str]]


@cache
def sentences(lang: str) -> Sentences:
    """Every translated sentence of a language by its Vietnamese original; in Vietnamese only changed wordings.

    Read from ``locale/<lang>/*.po`` (gettext, one file per part of the portal), once per process; no compiled
    catalogue is kept.
    """
    said: dict[str, str | Sequence[str]] = {}
    for path in sorted((FOLDER / lang).glob("*.po")):
        with path.open("rb") as stream:
            said.update({_key(one.id): one.string for one in read_po(stream, locale=lang) if one.id and one.string})
    return said


def _key(msgid: str | list[str] | tuple[str, ...]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def gettext(lang: str, sentence: str, count: int | None = None) -> str:
    """The sentence in ``lang``; ``count`` chooses between singular and plural where the language has both."""
    found = sentences(lang).get(sentence, sentence)
    if isinstance(found, str):
        return found
    return found[0] if count == 1 else found[-1]


def say(lang: str, sentence: str, **params: Any) -> str:
    """The sentence with its ``%(name)s`` places filled; numbers are written as the language writes them."""
    count = params.get("n")
    words = gettext(lang, sentence, count if isinstance(count, int) else None)
    return words % {key: _written(lang, value) for key, value in params.items()} if params else words


def markup(lang: str, sentence: str, **params: Any) -> Markup:
    """Like ``say`` for a sentence that holds HTML of ours; every parameter is escaped."""
    count = params.get("n")
    words = Markup(gettext(lang, sentence, count if isinstance(count, int) else None))  # noqa: S704 - our own sentence
    return words % {key: escape(_written(lang, value)) for key, value in params.items()} if params else words


def _written(lang: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return number(lang, value)
    if isinstance(value, date):
        return day(lang, value)
    return value


def number(lang: str, value: float | None) -> str:
    """3321 → ``3.321`` in Vietnamese, ``3,321`` in English; decimals keep at most two places."""
    if value is None:
        return "–"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))


def day(lang: str, value: date | datetime | str | None) -> str:
    """``20/9/2026`` (days and months 1–2 with two digits) in Vietnamese, ``20 Sep 2026`` in English; Vietnam's time."""
    when = _date(value)
    if when is None:
        return ""
    if lang == "en":
        return f"{when.day} {MONTHS_EN[when.month - 1]} {when.year}"
    month = f"{when.month:02}" if when.month <= LAST_TWO_DIGIT_MONTH else str(when.month)
    return f"{when.day:02}/{month}/{when.year}"


def moment(lang: str, value: datetime | None) -> str:
    """Day with hour and minute, in Vietnam's time (UTC+7): ``20/9/2026 14:20``."""
    if value is None:
        return ""
    local = value.astimezone(VIETNAM)
    return f"{day(lang, local)} {local:%H:%M}"


def _date(value: date | datetime | str | None) -> date | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return (value.astimezone(VIETNAM) if value.tzinfo else value).date()
    return value


def size(lang: str, count: int | None) -> str:
    """Bytes for people, in thousands as file managers say them: ``265 kB``, ``1,5 MB``."""
    if count is None:
        return ""
    kilo = 1000
    if count < kilo:
        return f"{number(lang, count)} {'bytes' if lang == 'en' and count != 1 else 'byte'}"
    for unit, factor in (("kB", kilo), ("MB", kilo**2), ("GB", kilo**3)):
        if count < factor * kilo or unit == "GB":
            places = 0 if count >= 10 * factor or unit == "kB" else 1
            return f"{number(lang, round(count / factor) if not places else round(count / factor, 1))} {unit}"
    return ""


def words(lang: str, text: Text | None) -> str:
    """A text in the reader's language, or in the language it has."""
    return text.get(tongue(lang, text), "") if text else ""


def tongue(lang: str, text: Text | None) -> str:
    """The language in which a reader of ``lang`` gets a text: hers, else Vietnamese, English, or the first there is."""
    if not text:
        return lang
    return next((one for one in (lang, "vi", "en", *text) if text.get(one)), lang)


def foreign(lang: str, text: Text | None) -> Markup:
    """The attribute that tells a voice to read a text as another language than the page's (WCAG 3.1.2); or nothing."""
    found = tongue(lang, text)
    return Markup(' lang="{}"').format(found) if found != lang else Markup()


def bdi(lang: str, text: Text | None, other: str = "") -> Markup:
    """A text, or ``other`` where there is none, apart from what stands around it and in its own language."""
    return Markup("<bdi{}>{}</bdi>").format(foreign(lang, text), words(lang, text) or other)
