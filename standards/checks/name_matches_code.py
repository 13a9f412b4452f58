"""Check: the name beside a code is the name that the code list gives it on that day."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use, basis_of, entry_names, is_called, reference_day
from standards.codelist import Entry
from standards.text import name_key

CODE = "name-matches-code"
SCOPE = "cell"
SEVERITY = "error"
BASIS = "QĐ 19/2025/QĐ-TTg; QĐ 124/2004/QĐ-TTg"
TITLE = {"vi": "Tên không khớp với mã", "en": "Name does not match the code"}
SENTENCES = {
    "differs": {
        "vi": "ngày {day_on} mã {cell} là {name}, còn dòng này ghi “{given}”. Sửa mã hoặc sửa tên.",
        "en": 'on {day_on} code {cell} is {name}, but this row says "{given}". Correct the code or the name.',
    },
    "spelling": {
        "vi": "tên của mã {cell} là {name}; dòng này ghi “{given}”, khác về dấu. Viết tên đúng như danh mục.",
        "en": 'the name of code {cell} is {name}; this row says "{given}", with other marks. '
        "Write it as the list does.",
    },
}
_VN = {"list": "vn-province", "date": "ref_date", "name": "province_name"}
GOOD = (
    Example(cells={"province_code": "01", "ref_date": "2025-08-01", "province_name": "Thành phố Hà Nội"}, args=_VN),
    Example(cells={"province_code": "01", "ref_date": "2025-08-01", "province_name": "TP. Hà Nội"}, args=_VN),
    Example(cells={"province_code": "17", "ref_date": "2024-01-01", "province_name": "Hòa Bình"}, args=_VN),
    Example(cells={"province_code": "17", "ref_date": "2024-01-01", "province_name": "Hoà Bình"}, args=_VN),
    Example(cells={"province_code": "17", "ref_date": "2024-01-01", "province_name": "HOA BINH"}, args=_VN),
    Example(cells={"province_code": "01", "ref_date": "2025-08-01", "province_name": ""}, args=_VN),
    Example(cells={"province_code": "99", "ref_date": "2025-08-01", "province_name": "Hà Nội"}, args=_VN),
)
BAD = (
    Example(
        cells={"province_code": "01", "ref_date": "2025-08-01", "province_name": "Đà Nẵng"},
        args=_VN,
        said={"variant": "differs", "given": "Đà Nẵng"},
    ),
    Example(
        cells={"province_code": "01", "ref_date": "2025-08-01", "province_name": "Hà Nổi"},
        args=_VN,
        said={"variant": "spelling"},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare a name with the list's, apart from type word, case, hyphens and tone placement.

    ``use.args``: ``list``, ``name`` (column), ``date`` (column or ISO day). Names that differ in marks only are a
    warning; a name typed wholly without marks is accepted. With ``reused: false`` a name that the code bore on another
    day is left to code-valid-on, which says so better.
    """
    code, given = str(cells[use.field]).strip(), str(cells.get(str(use.args["name"]), "")).strip()
    day = reference_day(cells, use)
    if not code or not given or day is None:
        return None
    codes = use.codelists(str(use.args["list"]))
    entry = codes.on(code, day)
    if entry is None:
        return None
    params = {"given": given, "name": entry.name, "day_on": day.isoformat(), "list": codes.id}
    basis = basis_of(codes, entry.opened_by)
    if is_called(entry, given):
        marked = _spelled_otherwise(entry, given)
        return Remark(params={**params, "variant": "spelling"}, severity="warning", basis=basis) if marked else None
    if use.args.get("reused", True) is False and any(is_called(one, given) for one in codes.entries[code]):
        return None
    return Remark(params={**params, "variant": "differs"}, basis=basis)


def _spelled_otherwise(entry: Entry, given: str) -> bool:
    """Whether a name has marks, but not those of any of the entry's names."""
    return not given.isascii() and name_key(given) not in {name_key(name) for name in entry_names(entry)}
