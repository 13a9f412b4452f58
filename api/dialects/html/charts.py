"""Small pictures of a column as SVG paths: bars of a histogram, or shares of its most frequent values."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from standards.profile import Column

WIDTH, HEIGHT = 120, 36
FEW_VALUES = 6
MOST_BARS = 34
LEAST_SHARE = 0.1
"""Bars of the most frequent values say something only where these are at least a tenth of the rows."""


def column(one: Column, rows: int) -> Markup:
    """The picture of a column: a histogram where it has one, shares for few values, bars for many, else nothing."""
    if one.histogram and any(one.histogram):
        return bars(one.histogram)
    counts = [count for _, count in one.top]
    if counts and one.distinct <= FEW_VALUES and rows:
        return shares(counts, rows)
    if counts and max(counts) > 1 and sum(counts) > LEAST_SHARE * rows:
        return bars(counts[:MOST_BARS])
    return Markup()


def bars(counts: Sequence[int]) -> Markup:
    """Upright bars, the highest as high as the picture; the smallest count still shows."""
    top, step = max(counts), WIDTH / len(counts)
    width = step * 0.86
    path = "".join(
        f"M{place * step:.4g} {HEIGHT}v{-max(HEIGHT * count / top, 1.2):.3g}h{width:.3g}V{HEIGHT}"
        for place, count in enumerate(counts) if count
    )
    return Markup('<path class="h" d="{}"/>').format(path)


def shares(counts: Sequence[int], rows: int) -> Markup:
    """One lying bar cut by the share of each value; what is missing stays open."""
    parts, x = [], 0.0
    for place, count in enumerate(counts):
        width = max(WIDTH * count / rows - 0.5, 0.5)
        kind = ("h", "h2")[place] if place < len(("h", "h2")) else "h3"
        parts.append(Markup('<rect class="{}" x="{}" y="9" width="{}" height="18"/>').format(
            kind, f"{x:.4g}", f"{width:.4g}"))
        x += width + 0.5
    return Markup("").join(parts)
