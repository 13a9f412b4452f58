"""How the site stands, for everybody: an overview, and a page for each question with its chart, table and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api import deps, standing
from api.dialects.html import labels
from api.dialects.html.charting import axes, drawing
from api.dialects.html.charting.numbers import Numbers, Series
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, address, kept_page, page, tide
from api.messages import pages
from api.messages.voices import KIND
from catalog.errors import NotFound
from catalog.model import Entry, Organisation
from standards.text import fold

router = APIRouter(route_class=PageRoute)

TITLES: Mapping[str, str] = {
    "standards": "Theo tiêu chuẩn", "freshness": "Cập nhật đúng cam kết", "quality": "Chất lượng",
    "items": "Điều còn thiếu nhiều nhất", "formats": "Định dạng tải về", "readability": "Máy đọc được",
    "growth": "Tăng theo tháng", "satisfaction": "Có hữu ích không", "answers": "Trả lời người đọc",
    "outages": "Gián đoạn và bảo trì",
}
LEADS: Mapping[str, str] = {
    "standards": "Mỗi bộ dữ liệu tính một lần: theo tiêu chuẩn chính thức nếu có bảng theo tiêu chuẩn do văn bản quy "
                 "định, nếu không thì theo tiêu chuẩn do nền tảng đề xuất. Hai loại không cộng vào nhau.",
    "freshness": "So với cam kết của chính cơ quan, tính đến ngày đếm. Ngày trang này ngừng hoạt động không tính "
                 "vào hạn. Bộ không cam kết ngày nào thì không phải là trễ.",
    "quality": "Mỗi bộ dữ liệu có 14 mục, ai cũng tính lại được từ những gì đã công bố: tốt từ 11 mục, khá từ 7 mục, "
               "cần bổ sung khi ít hơn.",
    "items": "Mỗi mục chất lượng còn thiếu ở bao nhiêu bộ dữ liệu.",
    "formats": "Số bộ dữ liệu tải được ở mỗi định dạng. Một bộ thường có nhiều định dạng.",
    "readability": "Bộ dữ liệu có bảng mà máy đọc được, chỉ có tài liệu, hoặc chỉ có liên kết sang nơi khác.",
    "growth": "Những gì hôm nay còn công khai, đếm theo tháng công bố. Bộ đã gỡ không còn trong số đếm.",
    "satisfaction": "Người đọc trả lời ở trang bộ dữ liệu, không cần tài khoản. Tỷ lệ chỉ nêu khi có từ 20 câu trả "
                    "lời.",
    "answers": "Đề nghị mở dữ liệu, câu hỏi và báo sai sót gửi đến trong kỳ. Hạn trả lời là cam kết của trang này: 15, "
               "10 và 5 ngày. Thư rác đã bị loại không tính.",
    "outages": "Trang tự xem mỗi phút từng phần có chạy không. Đường truyền bên ngoài bị đứt thì không thấy được từ "
               "đây.",
}
COLUMNS: Mapping[str, str] = {
    "title": "Cơ quan", "datasets": "Bộ dữ liệu", "official": "Tiêu chuẩn chính thức",
    "proposed": "Tiêu chuẩn đề xuất", "none": "Chưa theo tiêu chuẩn", "on_time": "Đúng hạn", "late": "Trễ hạn",
    "on_change": "Khi có thay đổi", "ended": "Không cập nhật nữa", "unpromised": "Chưa hẹn cập nhật", "share": "Tỷ lệ",
    "good": "Tốt", "middle": "Khá", "poor": "Cần bổ sung", "items": "Số mục đạt, bình quân", "item": "Mục",
    "held": "Đã có", "missing": "Còn thiếu", "format": "Định dạng", "tables": "Có bảng", "documents": "Chỉ có tài liệu",
    "links": "Chỉ có liên kết", "month": "Tháng", "new_datasets": "Bộ mới", "new_versions": "Phiên bản mới",
    "versions": "Phiên bản", "rows": "Số dòng", "answers": "Câu trả lời", "kind": "Loại", "asked": "Gửi đến",
    "answered": "Đã trả lời", "in_time": "Đúng hạn", "waiting": "Đang chờ", "overdue": "Chờ quá hạn", "part": "Phần",
    "planned": "Có báo trước", "since": "Từ", "until": "Đến", "minutes": "Số phút",
}
PARTS: Mapping[str, str] = {
    "database": "Cơ sở dữ liệu", "files": "Kho tệp", "search": "Tìm kiếm", "worker": "Bộ kiểm tra tệp",
    "changes": "Nhận thay đổi",
}
CHARTED: Mapping[str, tuple[str, ...]] = {
    "standards": ("official", "proposed", "none"), "freshness": ("on_time", "late"), "quality": ("items",),
    "items": ("missing",), "formats": ("datasets",), "readability": ("tables", "documents", "links"),
    "growth": ("datasets",), "satisfaction": ("share",), "answers": ("in_time", "late", "overdue"),
    "outages": ("minutes",),
}
"""The columns that each section's chart draws."""

MOST_BARS: Final = 10
MOST_ROWS: Final = 100
MOST_LATE: Final = 10
MOST_SIDE: Final = 30
OVERVIEW: Final = ("standards", "freshness", "quality", "items", "formats", "readability", "growth", "satisfaction",
                   "answers", "outages")


@router.get("/status")
def overview(request: Request, reader: TheReader) -> Response:
    """Which parts of the service work now, and how the open data stand: numbers, agencies side by side, sections."""
    site, wanted = deps.site(request), _asked(request)
    ground = standing.ground(site, wanted)
    grown = standing.section(ground, "growth") if ground else None
    return page(
        request, reader, "status.html", parts=site.catalog.health(), names=PARTS, ground=ground, titles=TITLES,
        sections=OVERVIEW, totals=_totals(ground) if ground else {}, side=_side(ground) if ground else (),
        most=MOST_SIDE, growth=_drawn(reader, grown) if grown else None, months=_months(reader, grown),
        themes=_themes(reader, ground, wanted, "/status"), wanted=wanted,
    )


def _asked(request: Request) -> standing.Asked:
    query = request.query_params
    return standing.asked(query.get("theme", ""), query.get("period", ""))


def _months(reader: Reader, grown: standing.Section | None) -> list[dict[str, Any]]:
    """The newest months first, each by its name."""
    return [{**row, "month": axes.month(reader, _first(row["month"]))} for row in reversed(grown.rows if grown else ())]


def _totals(ground: standing.Ground) -> dict[str, Any]:
    """The sums that the overview opens with; shares only where there is something to share."""
    told = {name: standing.section(ground, name).rows for name in ("standards", "freshness", "answers")}

    def sums(section: str, column: str) -> int:
        return sum(row[column] for row in told[section])

    whole = ground.standing.whole(ground.asked.theme)
    return {
        "datasets": sums("standards", "datasets"), "agencies": len(told["standards"]),
        "rows": whole.get("all", {}).get("rows", 0), "official": sums("standards", "official"),
        "proposed": sums("standards", "proposed"), "none": sums("standards", "none"),
        "on_time": sums("freshness", "on_time"), "late": sums("freshness", "late"),
        "asked": sums("answers", "asked"), "in_time": sums("answers", "in_time"), "overdue": sums("answers", "overdue"),
    }


def _side(ground: standing.Ground) -> list[dict[str, Any]]:
    """Agencies side by side: each with what is behind, and in which column to look why."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("standards", "freshness", "quality"):
        for row in standing.section(ground, name).rows:
            found.setdefault(row["organization"], {"overdue": 0}).update(row)
    for row in standing.section(ground, "answers").rows:
        if row["organization"] in found:
            found[row["organization"]]["overdue"] += row["overdue"]
    return list(found.values())


@router.get("/status/{section}")
def section(request: Request, reader: TheReader, section: str) -> Response:
    """One question: how it is counted, a chart, the table beneath it, the same as files."""
    if section not in standing.SECTIONS:
        raise NotFound
    wanted = _asked(request)
    return kept_page(request, reader, ("status", section, wanted, *tide(request)),
                     lambda: _section(request, reader, section, wanted))


def _section(request: Request, reader: Reader, name: str, wanted: standing.Asked) -> Response:
    ground = standing.ground(deps.site(request), wanted)
    found = standing.section(ground, name) if ground else None
    path, query = f"/status/{name}", {"theme": wanted.theme, "period": _said(wanted)}
    return page(
        request, reader, "standing.html", name=name, ground=ground, found=found, title=reader.say(TITLES[name]),
        lead=reader.say(LEADS[name]), titles=TITLES, sections=OVERVIEW, wanted=wanted,
        columns=[(one, reader.say(COLUMNS[one])) for one in found.columns if one != "organization"] if found else (),
        rows=[_cells(reader, found, row) for row in found.rows[:MOST_ROWS]] if found else (),
        drawn=_drawn(reader, found) if found else None,
        late=list(_late(request, ground)) if ground and name == "freshness" else (),
        themes=_themes(reader, ground, wanted, path) if found and found.themes else (),
        periods=_periods(reader, ground, wanted, path) if ground and found and found.periods else (),
        csv=address(f"/api/v1/status/{name}", format="csv", **query), json=address(f"/api/v1/status/{name}", **query),
        overview=address("/status", theme=wanted.theme),
    )


def _said(wanted: standing.Asked) -> str:
    return "" if wanted.period == standing.PERIODS[0] else wanted.period


# --- what may be chosen -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that shows the same for another theme or period."""

    said: str
    href: str
    here: bool


def _themes(reader: Reader, ground: standing.Ground | None, wanted: standing.Asked, path: str) -> list[Choice]:
    known = sorted({theme for _, theme in ground.standing.rows if theme}) if ground else []
    named = sorted(((labels.of(reader.lang, "theme", one), one) for one in known), key=lambda each: fold(each[0]))
    return [Choice(said, address(path, theme=one, period=_said(wanted)), one == wanted.theme)
            for said, one in [(reader.say("Mọi chủ đề"), ""), *named]]


def _periods(reader: Reader, ground: standing.Ground, wanted: standing.Asked, path: str) -> list[Choice]:
    """The last twelve or twenty-four months, each year in which something came, everything."""
    years = sorted({month[:4] for counts in ground.standing.of().values()
                    for month in counts.get("new-versions", {})}, reverse=True)
    said = [(reader.say("12 tháng qua"), "12"), (reader.say("24 tháng qua"), "24"), *((one, one) for one in years[:6]),
            (reader.say("Tất cả"), "all")]
    return [Choice(words, address(path, theme=wanted.theme, period="" if one == standing.PERIODS[0] else one),
                   one == wanted.period) for words, one in said]


# --- cells and pictures -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: words, whether they are a number, where they lead."""

    said: str
    number: bool = False
    href: str = ""


def _cells(reader: Reader, found: standing.Section, row: standing.Row) -> list[Cell]:
    return [_cell(reader, one, row[one], row) for one in found.columns if one != "organization"]


def _cell(reader: Reader, column: str, value: Any, row: standing.Row) -> Cell:
    if column == "title":
        slug = row["organization"]
        return Cell(_agency(reader, row), href=f"/organizations/{slug}" if slug else "")
    if column in ("since", "until"):
        return Cell(pages.moment(reader.lang, _moment(value)) if value else reader.say("chưa hết"))
    if column == "share":
        return Cell("–" if value is None else f"{value} %", number=True)
    if isinstance(value, bool):
        return Cell(reader.say("có") if value else reader.say("không"))
    if value is None or isinstance(value, (int, float)):
        return Cell(pages.number(reader.lang, value), number=True)
    return Cell(_named(reader, column, value))


def _agency(reader: Reader, row: standing.Row) -> str:
    return pages.words(reader.lang, row["title"]) or reader.say("Chưa rõ cơ quan nào")


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _named(reader: Reader, column: str, value: str) -> str:
    """What a code of a column is called."""
    if column == "item":
        return labels.quality(reader.lang, value)
    if column == "format":
        return labels.of(reader.lang, "format", value)
    if column == "kind":
        return KIND[value][reader.lang]
    if column == "part":
        return reader.say(PARTS.get(value, value))
    return axes.month(reader, _first(value))


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart in both widths, with what it says in words, and how many rows it leaves to the table."""

    wide: str
    narrow: str
    told: str
    left: int


def _drawn(reader: Reader, found: standing.Section) -> Drawn | None:
    """The chart of a section; None where it has no number to draw."""
    rows = [row for row in _summed(found) if any(row[one] is not None for one in CHARTED[found.name])]
    shown = rows if found.name == "growth" else rows[:MOST_BARS]
    numbers = _numbers(reader, found, shown)
    if not any(value for series in numbers.series for _, value in series.values):
        return None
    picture = drawing.Picture(
        form="area" if found.name == "growth" and len(shown) > 1 else "bar", numbers=numbers,
        title=reader.say(TITLES[found.name]), told=_told(reader, numbers), x_name="",
        y_name=", ".join(reader.say(COLUMNS[one]) for one in CHARTED[found.name]), unit="month",
    )
    return Drawn(drawing.drawn(reader, picture, key=f"{found.name}w"),
                 drawing.drawn(reader, picture, width=drawing.NARROW, key=f"{found.name}n"), picture.told,
                 len(rows) - len(shown))


def _summed(found: standing.Section) -> Sequence[standing.Row]:
    """The rows of a chart: answers by kind, outages by month, everything else as in the table."""
    by = {"answers": "kind", "outages": "since"}.get(found.name)
    if by is None:
        return found.rows
    sums: dict[str, dict[str, Any]] = {}
    for row in found.rows:
        key = row[by][:7] if by == "since" else row[by]
        held = sums.setdefault(key, {("month" if by == "since" else by): key} | dict.fromkeys(CHARTED[found.name], 0))
        for one in CHARTED[found.name]:
            held[one] += row[one]
    return list(sums.values())


def _numbers(reader: Reader, found: standing.Section, rows: Sequence[standing.Row]) -> Numbers:
    drawn = CHARTED[found.name]
    if found.name == "growth" and len(rows) > 1:
        points = tuple((float(_first(row["month"]).toordinal()), float(row["datasets"])) for row in rows)
        return Numbers(scale="moment", series=(Series(values=points),))
    series = tuple(Series(
        name=reader.say(COLUMNS[one]) if len(drawn) > 1 else "",
        values=tuple((float(at), float(row[one])) for at, row in enumerate(rows) if row[one] is not None),
    ) for one in drawn)
    return Numbers(scale="category", series=series, labels=tuple(_label(reader, row) for row in rows))


def _label(reader: Reader, row: standing.Row) -> str:
    if "title" in row:
        return _agency(reader, row)
    column = next(one for one in ("item", "format", "kind", "month") if one in row)
    return _named(reader, column, row[column])


def _told(reader: Reader, numbers: Numbers) -> str:
    """The chart in words, for whoever does not see it."""
    values = [(y, x, series.name) for series in numbers.series for x, y in series.values]
    if not values:
        return ""

    def where(value: tuple[float, float, str]) -> str:
        at = axes.place(reader, numbers.scale, "month", value[1], numbers.labels)
        return f"{at}, {value[2]}" if value[2] else at

    high, low = max(values, key=lambda one: one[0]), min(values, key=lambda one: one[0])
    if len(values) == 1:
        return reader.say("%(there)s: %(high)s. Bảng số ở dưới.", high=axes.plain(reader, values[0][0]),
                          there=where(values[0]))
    return reader.say("Cao nhất %(high)s (%(there)s), thấp nhất %(low)s (%(here)s). Bảng số ở dưới.",
                      high=axes.plain(reader, high[0]), there=where(high), low=axes.plain(reader, low[0]),
                      here=where(low))


def _late(request: Request, ground: standing.Ground) -> Iterator[tuple[Organisation, Sequence[tuple[Entry, int]]]]:
    """Agencies with the datasets that are longest behind; a dataset that is hidden by now is not named."""
    behind = sorted(ground.standing.late.items(), key=lambda each: -each[1][0].days if each[1] else 0)
    for agency, _ in behind[:MOST_LATE]:
        found = deps.site(request).catalog.behind_promise(ground.standing, agency)
        if found and agency in ground.agencies and not ground.asked.theme:
            yield ground.agencies[agency], found
