"""The looks of cells in an Office Open XML workbook: per style index, what is not plain, and whether it shows a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from pipelines.format import Unreadable
from standards.sheet import Look

PLAIN = Look()
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Built-in number formats that show days and times (ECMA-376, 18.8.30)."""
_NO_COLOUR = frozenset({"", "000000", "FFFFFF", "theme0", "theme1", "indexed64", "indexed65", "auto"})


@dataclass(slots=True)
class Styles:
    """Looks and date formats by the style index of a cell."""

    looks: list[Look] = field(default_factory=list)
    dates: list[bool] = field(default_factory=list)

    def look(self, style: int) -> Look:
        """Give the look of a style; one that is not there is plain."""
        return self.looks[style] if 0 <= style < len(self.looks) else PLAIN

    def is_date(self, style: int) -> bool:
        """Whether numbers of a style are shown as days or times."""
        return 0 <= style < len(self.dates) and self.dates[style]


def read(blocks: Iterable[bytes]) -> Styles:
    """Read styles.xml."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = refuse
    try:
        for data in blocks:
            parser.Parse(data)
        parser.Parse(b"", True)
    except expat.ExpatError as wrong:
        raise Unreadable("truncated") from wrong
    return reader.styles()


def refuse(*_: object) -> None:
    """Refuse a document that declares entities."""
    raise Unreadable("bomb", limit=0)


class _Reader:
    """Collects number formats, fonts, fills and the cell formats that combine them."""

    def __init__(self) -> None:
        self.formats: dict[int, str] = {}
        self.fonts: list[dict[str, str]] = []
        self.fills: list[str] = []
        self.cells: list[tuple[int, int, int]] = []
        self.path: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        above = self.path[-1] if self.path else ""
        self.path.append(local)
        if local == "numFmt" and above == "numFmts":
            self.formats[_int(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif local == "font" and above == "fonts":
            self.fonts.append({})
        elif local == "fill" and above == "fills":
            self.fills.append("")
        elif above == "font" and self.fonts and "fonts" in self.path:
            self.fonts[-1][local] = _colour(attributes) if local == "color" else attributes.get("val", "1")
        elif local == "fgColor" and self.fills and "fills" in self.path and self.fills[-1] != "none":
            self.fills[-1] = _colour(attributes)
        elif local == "patternFill" and self.fills and attributes.get("patternType", "none") == "none":
            self.fills[-1] = "none"
        elif local == "xf" and above == "cellXfs":
            words = (attributes.get(one) for one in ("numFmtId", "fontId", "fillId"))
            number, font, fill = (_int(one) for one in words)
            self.cells.append((number, font, fill))

    def end(self, _name: str) -> None:
        self.path.pop()

    def styles(self) -> Styles:
        looks = [self._look(font, fill) for _, font, fill in self.cells]
        return Styles(looks=looks, dates=[self._is_date(number) for number, _, _ in self.cells])

    def _look(self, font: int, fill: int) -> Look:
        told = self.fonts[font] if 0 <= font < len(self.fonts) else {}
        ground = self.fills[fill] if 0 <= fill < len(self.fills) else ""
        letters = told.get("color", "")
        return Look(
            bold=told.get("b", "0") not in ("0", "false"),
            strike=told.get("strike", "0") not in ("0", "false"),
            letters="" if letters in _NO_COLOUR else letters,
            ground="" if ground in _NO_COLOUR or ground == "none" else ground,
        )

    def _is_date(self, number: int) -> bool:
        code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.', "", self.formats.get(number, ""))
        return number in _DATES or bool(code and code != "General" and re.search(r"[dmyhs]", code, re.IGNORECASE))


def _int(word: str | None) -> int:
    return int(word) if word and word.isascii() and word.isdigit() and len(word) < 8 else 0  # noqa: PLR2004


def _colour(attributes: Mapping[str, str]) -> str:
    """Name a colour: its last six hexadecimal digits, or the theme's or palette's number; black and white are none."""
    if "rgb" in attributes:
        return attributes["rgb"][-6:].upper()
    if "theme" in attributes:
        return f"theme{attributes['theme']}"
    return f"indexed{attributes['indexed']}" if "indexed" in attributes else ""
