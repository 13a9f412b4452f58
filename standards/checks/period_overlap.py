"""Check: the periods of one thing do not overlap, and none is missing between them where they follow each other."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from standards.check import Cells, Example, Remark, Use

CODE = "period-overlap"
SCOPE = "group"
SEVERITY = "warning"
BASIS = "TCVN ISO 8601; GIF DS-441"
TITLE = {"vi": "Kỳ chồng nhau hoặc thiếu kỳ", "en": "Periods overlap or are missing"}
SENTENCES = {
    "overlap": {
        "vi": "kỳ {start_on} – {end_on} chồng lên kỳ {other_start_on} – {other_end_on} của cùng đối tượng (dòng "
        "{lines}). Sửa ngày của một trong hai dòng.",
        "en": "the period {start_on} – {end_on} overlaps with {other_start_on} – {other_end_on} of the same thing "
        "(rows {lines}). Correct the dates of one of the rows.",
    },
    "gap": {
        "vi": "giữa {other_end_on} và {start_on} thiếu một kỳ của cùng đối tượng (dòng {lines}). "
        "Thêm kỳ còn thiếu, hoặc ghi vì sao không có.",
        "en": "between {other_end_on} and {start_on} a period of the same thing is missing (rows {lines}). "
        "Add it, or say why there is none.",
    },
}
_ARGS = {"start": "from"}
GOOD = (
    Example(cells={"to": ["2025-03-31", "2025-06-30"], "from": ["2025-01-01", "2025-04-01"]}, args=_ARGS),
    Example(cells={"to": ["2025-03-31", ""], "from": ["2025-01-01", "2025-04-01"]}, args=_ARGS),
    Example(cells={"to": ["31/3/2025", "2025-06-30"], "from": ["1/1/2025", "2025-01-01"]}, args=_ARGS),
    Example(cells={"to": ["2025-03-31", "2025-09-30"], "from": ["2025-01-01", "2025-07-01"]}, args=_ARGS),
    Example(
        cells={"to": ["2025-03-31", "2025-04-30"], "from": ["2025-01-01", "2025-04-02"]}, args={**_ARGS, "gaps": True}
    ),
)
BAD = (
    Example(
        cells={"to": ["2025-03-31", "2025-04-30"], "from": ["2025-01-01", "2025-03-31"]},
        args=_ARGS,
        said={"variant": "overlap", "start_on": "2025-03-31"},
    ),
    Example(
        cells={"to": ["2025-03-31", "2025-09-30"], "from": ["2025-01-01", "2025-07-01"]},
        args={**_ARGS, "gaps": True},
        said={"variant": "gap", "other_end_on": "2025-03-31"},
    ),
)
_SLACK = 0.5
"""A gap is told where it is longer than this part of the period before it: a day or two are no missing period."""

Span = tuple[date, date, int]


def look(cells: Cells, use: Use) -> Remark | None:
    """Put the periods of one group in order and compare neighbours; ``use.args``: ``by``, ``start``, ``gaps``.

    The field of the use is the end, which belongs to the period; an end that is blank has no end. Rows with anything
    but ISO days are passed over.
    """
    starts = cells[str(use.args["start"])]
    spans = sorted(
        one for at, pair in enumerate(zip(starts, cells[use.field], strict=True)) if (one := _span(at, *pair))
    )
    for before, after in itertools.pairwise(spans):
        if after[0] <= before[1]:
            return _told("overlap", before, after)
        empty = (after[0] - before[1]).days - 1
        if use.args.get("gaps") and empty > _SLACK * ((before[1] - before[0]).days + 1):
            return _told("gap", before, after)
    return None


def _span(at: int, start: str, end: str) -> Span | None:
    try:
        begins = date.fromisoformat(str(start).strip())
        ends = date.fromisoformat(str(end).strip()) if str(end).strip() else date.max - timedelta(days=1)
    except ValueError:
        return None
    return (begins, ends, at) if begins <= ends else None


def _told(variant: str, before: Span, after: Span) -> Remark:
    params = {
        "variant": variant,
        "start_on": after[0].isoformat(),
        "end_on": _open(after[1]),
        "other_start_on": before[0].isoformat(),
        "other_end_on": _open(before[1]),
    }
    return Remark(params=params, rows=(after[2], before[2]))


def _open(day: date) -> str:
    return "…" if day.year == date.max.year else day.isoformat()
