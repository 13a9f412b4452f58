"""The picture of a chart: SVG with its own words, in one width for phones and one for wide screens and downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from api.dialects.html.charting import axes
from api.dialects.html.charting.axes import Axis
from api.dialects.html.charting.numbers import Numbers, stacked
from api.dialects.html.view import Reader

WIDE, NARROW = 760, 340
TALL, SHORT = 420, 300
LETTER: Final = 13
SIGN: Final = 7.1
"""Width of a sign at that size, on average and a little above it."""
LINE: Final = 20
FEW_POINTS: Final = 60
LABEL_SHARE: Final = 0.34
BAR, GAP = 18, 10
STYLE: Final = (
    "text{font:13px -apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;fill:#191c26}.soft{fill:#454a58}"
    ".big{font-size:17px;font-weight:700}"
    ".ax{stroke:#dcd8cd}.base{stroke:#72757f}.mk{stroke:#6b4000;stroke-dasharray:2 3}"
    ".bg{fill:#fff}.l{fill:none;stroke-width:2.2}.a{fill-opacity:.75}.d{fill-opacity:.6}"
    ".c1{stroke:#3d56a6;fill:#3d56a6}.c2{stroke:#a86400;fill:#a86400}.c3{stroke:#13733f;fill:#13733f}"
    ".c4{stroke:#a3286e;fill:#a3286e}.c5{stroke:#5d6470;fill:#5d6470}.b,.a,.d{stroke:none}.l{fill:none}"
    ".k2{stroke-dasharray:7 3}.k3{stroke-dasharray:2 3}.k4{stroke-dasharray:9 3 2 3}.k5{stroke-dasharray:5 2}"
)
"""What a downloaded picture needs of the style sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A break on the axis: where, and the number under which it is explained."""

    at: float
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is to be drawn: the numbers, how, what it is called, its axes' words, its breaks."""

    form: str
    numbers: Numbers
    title: str
    told: str
    x_name: str
    y_name: str
    unit: str = ""
    marks: Sequence[Mark] = ()
    source: str = ""


@dataclass(slots=True)
class Sheet:
    """Pieces of an SVG, put down one after the other."""

    width: float
    pieces: list[Markup] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: str = "") -> None:
        """Words at a place; ``anchor`` is middle or end."""
        kept = Markup(' class="{}"').format(kind) if kind else Markup()
        held = Markup(' text-anchor="{}"').format(anchor) if anchor else Markup()
        self.pieces.append(Markup('<text x="{:.1f}" y="{:.1f}"{}{}>{}</text>').format(x, y, kept, held, words))

    def line(self, x: float, y: float, to_x: float, to_y: float, kind: str) -> None:
        """A straight line."""
        self.path(f"M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}", kind)

    def path(self, way: str, kind: str, says: str = "") -> None:
        """A path, with words for whoever points at it."""
        said = Markup("<title>{}</title>").format(says) if says else Markup()
        self.pieces.append(Markup('<path class="{}" d="{}">{}</path>').format(kind, way, said) if says
                           else Markup('<path class="{}" d="{}"/>').format(kind, way))

    def dot(self, x: float, y: float, radius: float, kind: str, says: str = "") -> None:
        """A point."""
        said = Markup("<title>{}</title>").format(says) if says else Markup()
        self.pieces.append(Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}">{}</circle>').format(
            kind, x, y, radius, said))


def drawn(reader: Reader, one: Picture, *, width: int = WIDE, alone: bool = False, key: str = "w") -> Markup:
    """The picture in one width; ``alone`` as a file of its own with title, source and style. ``key`` makes ids."""
    sheet = Sheet(width)
    top = _heading(sheet, one) if alone else 4.0
    top = _legend(sheet, one, top)
    body = _lying if one.numbers.scale == "category" else _standing
    height = body(sheet, reader, one, top)
    if alone:
        sheet.text(8, height + LINE, cut(one.source, width - 16), "soft")
        height += LINE + 8
    head = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h:.0f}" role="img" '
                  'aria-labelledby="{k}t {k}d"{size}><title id="{k}t">{t}</title><desc id="{k}d">{d}</desc>').format(
        w=width, h=height, k=key, t=one.title, d=one.told,
        size=Markup(' width="{}" height="{:.0f}"').format(width, height) if alone else Markup())
    if alone:
        head += Markup('<style>{}</style><path class="bg" d="M0 0h{}v{:.0f}H0z"/>').format(
            Markup(STYLE), width, height)  # noqa: S704 - our own words
    return head + Markup("").join(sheet.pieces) + Markup("</svg>")


def cut(words: str, room: float) -> str:
    """Words that fit into so many units, or their beginning."""
    most = max(int(room / SIGN), 2)
    return words if len(words) <= most else words[: most - 1] + "…"


def _heading(sheet: Sheet, one: Picture) -> float:
    sheet.text(8, 26, cut(one.title, (sheet.width - 16) * LETTER / 17), "big")
    return 40.0


def _legend(sheet: Sheet, one: Picture, top: float) -> float:
    """The names of the series in rows of their own, above the picture."""
    if len(one.numbers.series) < 2 and not (one.numbers.series and one.numbers.series[0].name):  # noqa: PLR2004
        return top
    x, y = 8.0, top + 14
    for at, series in enumerate(one.numbers.series, 1):
        words = cut(series.name, sheet.width / 2)
        wide = 26 + len(words) * SIGN + 14
        if x + wide > sheet.width and x > 8:  # noqa: PLR2004
            x, y = 8.0, y + LINE
        if one.form == "line":
            sheet.path(f"M{x:.1f} {y - 4:.1f}h20", f"l c{at} k{at}")
        else:
            sheet.path(f"M{x:.1f} {y - 11:.1f}h14v12h-14z", f"b c{at}")
        sheet.text(x + 26, y, words)
        x += wide
    return y + 10


# --- upright: lines, areas, columns, points ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plot:
    """The place in which values stand: its edges, and both axes."""

    left: float
    top: float
    right: float
    bottom: float
    along: Axis
    up: Axis

    def x(self, value: float) -> float:
        """Where a place on the x axis is."""
        return self.left + self.along.share(value) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Where a value is."""
        return self.bottom - self.up.share(value) * (self.bottom - self.top)


def _standing(sheet: Sheet, reader: Reader, one: Picture, top: float) -> float:
    numbers = stacked(one.numbers) if one.form == "area" else one.numbers
    narrow = sheet.width < WIDE
    up = axes.values(reader, numbers.lowest, numbers.highest, nought=one.form in ("bar", "area"))
    along = axes.along(reader, numbers.scale, numbers.places, 4 if narrow else 8)
    if one.form == "bar":
        along = _room_for_columns(along, numbers)
    sheet.text(8, top + 14, cut(_named(one.y_name, up.unit), sheet.width - 16), "soft")
    left = 8 + max((len(word) for _, word in up.ticks), default=1) * SIGN + 8
    plot = _Plot(left, top + 28 + (16 if one.marks else 0), sheet.width - 18,
                 top + (SHORT if narrow else TALL) - 44, along, up)
    _grid(sheet, plot)
    draw: dict[str, Callable[[Sheet, _Plot, Reader, Picture, Numbers], None]] = {
        "line": _lines, "area": _areas, "bar": _columns, "scatter": _dots}
    draw[one.form](sheet, plot, reader, one, numbers)
    _breaks(sheet, plot, one)
    sheet.text(plot.right, plot.bottom + 38, cut(one.x_name, sheet.width - 16), "soft", "end")
    return plot.bottom + 46


def _named(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _room_for_columns(along: Axis, numbers: Numbers) -> Axis:
    """Half a column's room on both sides."""
    half = _narrowest(numbers.places) / 2
    return Axis(low=along.low - half, high=along.high + half, ticks=along.ticks)


def _narrowest(places: Sequence[float]) -> float:
    return min((after - before for before, after in pairwise(places)), default=1.0)


def _grid(sheet: Sheet, plot: _Plot) -> None:
    for at, word in plot.up.ticks:
        sheet.line(plot.left, plot.y(at), plot.right, plot.y(at), "base" if at == 0 else "ax")
        sheet.text(plot.left - 7, plot.y(at) + 4.5, word, "", "end")
    for at, word in plot.along.ticks:
        x = plot.x(at)
        sheet.line(x, plot.bottom, x, plot.bottom + 5, "base")
        half = len(word) * SIGN / 2
        sheet.text(min(max(x, half), sheet.width - half), plot.bottom + 20, word, "", "middle")


def _breaks(sheet: Sheet, plot: _Plot, one: Picture) -> None:
    for mark in one.marks:
        if plot.along.low <= mark.at <= plot.along.high:
            x = plot.x(mark.at)
            sheet.line(x, plot.top - 6, x, plot.bottom, "mk")
            sheet.text(x, plot.top - 9, f"[{mark.number}]", "", "middle")


def _said(reader: Reader, one: Picture, name: str, x: float, y: float) -> str:
    """What a point says when it is pointed at."""
    where = axes.place(reader, one.numbers.scale, one.unit, x, one.numbers.labels)
    return f"{name + ', ' if name else ''}{where}: {axes.plain(reader, y)}"


def _lines(sheet: Sheet, plot: _Plot, reader: Reader, one: Picture, numbers: Numbers) -> None:
    dots = len(numbers.places) <= FEW_POINTS
    for at, series in enumerate(numbers.series, 1):
        sheet.path("M" + "L".join(f"{plot.x(x):.1f} {plot.y(y):.1f}" for x, y in series.values), f"l c{at} k{at}")
        if dots:
            for x, y in series.values:
                sheet.dot(plot.x(x), plot.y(y), 3, f"c{at}", _said(reader, one, series.name, x, y))


def _areas(sheet: Sheet, plot: _Plot, reader: Reader, one: Picture, numbers: Numbers) -> None:
    floor = dict.fromkeys(numbers.places, 0.0)
    for at, (series, own) in enumerate(zip(numbers.series, one.numbers.series, strict=True), 1):
        over = "L".join(f"{plot.x(x):.1f} {plot.y(y):.1f}" for x, y in series.values)
        back = "L".join(f"{plot.x(x):.1f} {plot.y(floor[x]):.1f}" for x, _ in reversed(series.values))
        says = own.name or _said(reader, one, "", *own.values[-1])
        sheet.path(f"M{over}L{back}Z", f"a c{at}", says)
        floor |= dict(series.values)


def _columns(sheet: Sheet, plot: _Plot, reader: Reader, one: Picture, numbers: Numbers) -> None:
    each = _narrowest(numbers.places) / (plot.along.high - plot.along.low) * (plot.right - plot.left) * 0.78
    wide = max(each / max(len(numbers.series), 1), 1.0)
    for at, series in enumerate(numbers.series, 1):
        for x, y in series.values:
            left = plot.x(x) - each / 2 + (at - 1) * wide
            way = f"M{left:.1f} {plot.y(0):.1f}V{plot.y(y):.1f}h{wide:.1f}V{plot.y(0):.1f}z"
            sheet.path(way, f"b c{at}", _said(reader, one, series.name, x, y))


def _dots(sheet: Sheet, plot: _Plot, _reader: Reader, _one: Picture, numbers: Numbers) -> None:
    for at, series in enumerate(numbers.series, 1):
        for x, y in series.values:
            sheet.dot(plot.x(x), plot.y(y), 3.2, f"d c{at}")


# --- lying bars -------------------------------------------------------------------------------------------------------


def _lying(sheet: Sheet, reader: Reader, one: Picture, top: float) -> float:
    """Bars of categories lie, so that their names can be read; on a phone each name stands over its bars."""
    numbers, narrow = one.numbers, sheet.width < WIDE
    sheet.text(8, top + 14, cut(one.y_name, sheet.width - 16), "soft")
    names = min(max((len(one) for one in numbers.labels), default=1) * SIGN, sheet.width * LABEL_SHARE)
    left = 8.0 if narrow else 16 + names
    longest = max((len(axes.plain(reader, y)) for series in numbers.series for _, y in series.values), default=1)
    room = longest * SIGN + 10
    axis = axes.values(reader, numbers.lowest, numbers.highest, nought=True)
    span = Axis(low=min(numbers.lowest, 0.0), high=max(numbers.highest, 0.0) or 1.0, ticks=axis.ticks)
    right = sheet.width - room - 4
    held = [dict(series.values) for series in numbers.series]
    y = top + 24
    for place, label in enumerate(numbers.labels):
        if narrow:
            sheet.text(8, y + 15, cut(label, sheet.width - 16))
            y += LINE
        else:
            sheet.text(left - 8, y + BAR * len(held) / 2 + 5, cut(label, names + SIGN), "", "end")
        for at, values in enumerate(held, 1):
            _bar(sheet, (left, right, y, span), values.get(float(place)), at, reader)
            y += BAR
        y += GAP
    zero = left + span.share(0.0) * (right - left)
    sheet.line(zero, top + 22, zero, y - GAP + 2, "base")
    return y


def _bar(sheet: Sheet, place: tuple[float, float, float, Axis], value: float | None, at: int, reader: Reader) -> None:
    left, right, y, span = place
    zero = left + span.share(0.0) * (right - left)
    if value is None:
        sheet.text(zero + 6, y + 13, "–", "soft")
        return
    end = left + span.share(value) * (right - left)
    sheet.path(f"M{zero:.1f} {y + 1:.1f}H{end:.1f}v{BAR - 3}H{zero:.1f}z", f"b c{at}")
    sheet.text(max(end, zero) + 6, y + 13, axes.plain(reader, value))


def table(reader: Reader, one: Picture) -> Iterator[tuple[str, list[str]]]:
    """The same numbers as rows of a table: what stands on the x axis, a cell for each series."""
    if one.form == "scatter":
        for series in one.numbers.series:
            for x, y in series.values[:FEW_POINTS]:
                yield axes.plain(reader, x), [axes.plain(reader, y), *([series.name] if series.name else [])]
        return
    held = [dict(series.values) for series in one.numbers.series]
    for x in one.numbers.places:
        cells = [axes.plain(reader, values[x]) if x in values else "–" for values in held]
        yield axes.place(reader, one.numbers.scale, one.unit, x, one.numbers.labels), cells
