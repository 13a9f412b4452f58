"""Check: the upper unit beside a code is the one the code list puts above it on that day."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use, basis_of, label, reference_day
from standards.codelist import Codelist, ancestors

CODE = "parent-of"
SCOPE = "cell"
SEVERITY = "error"
BASIS = "QĐ 19/2025/QĐ-TTg; QĐ 124/2004/QĐ-TTg"
TITLE = {"vi": "Đơn vị cấp trên không khớp", "en": "Upper unit does not match"}
SENTENCES = {
    "": {
        "vi": "ngày {day_on} mã {cell} ({name}) thuộc {expected}, còn dòng này ghi {given}. Sửa một trong hai mã.",
        "en": "on {day_on} code {cell} ({name}) belongs to {expected}, but this row says {given}. "
        "Correct one of the codes.",
    }
}
_VN = {"list": "vn-commune", "parent": "province_code", "parents": "vn-province", "date": "ref_date"}
GOOD = (
    Example(cells={"commune_code": "00004", "province_code": "01", "ref_date": "2025-08-01"}, args=_VN),
    # Before July 2025 a commune lies in a district; the province is one step further up.
    Example(cells={"commune_code": "00001", "province_code": "01", "ref_date": "2025-06-30"}, args=_VN),
    Example(
        cells={"commune_code": "00001", "district_code": "001", "ref_date": "2025-06-30"},
        args={"list": "vn-commune", "parent": "district_code", "parents": "vn-district", "date": "ref_date"},
    ),
    Example(cells={"commune_code": "00004", "province_code": "1", "ref_date": "2025-08-01"}, args=_VN),
    Example(cells={"commune_code": "00004", "province_code": "", "ref_date": "2025-08-01"}, args=_VN),
    Example(cells={"commune_code": "99999", "province_code": "01", "ref_date": "2025-08-01"}, args=_VN),
)
BAD = (
    Example(
        cells={"commune_code": "00004", "province_code": "24", "ref_date": "2025-08-01"},
        args=_VN,
        said={"expected_code": "01", "given_code": "24"},
    ),
    Example(
        cells={"commune_code": "00001", "province_code": "79", "ref_date": "2025-06-30"},
        args=_VN,
        said={"expected_code": "01"},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare the upper unit of a row with the list's.

    ``use.args``: ``list``, ``parent`` (column), ``parents`` (list of the upper units), ``date``.

    Any unit above will do (a commune's district or its province). A lost leading zero of the upper code
    is not this check's.
    """
    code, given = str(cells[use.field]).strip(), str(cells.get(str(use.args["parent"]), "")).strip()
    day = reference_day(cells, use)
    if not code or not given or day is None:
        return None
    codes = use.codelists(str(use.args["list"]))
    entry = codes.on(code, day)
    above = ancestors(codes, code, day, use.codelists) if entry else ()
    if entry is None or not above or any(given.zfill(len(one)) == one for one in above):
        return None
    tops = use.codelists(str(use.args["parents"])) if "parents" in use.args else None
    expected = _wanted(above, tops)
    params = {
        "name": entry.name,
        "day_on": day.isoformat(),
        "expected_code": expected,
        "given_code": given,
        "expected": label(expected, tops, day) if tops else expected,
        "given": label(given, tops, day) if tops else given,
    }
    return Remark(params=params, basis=basis_of(codes, entry.opened_by))


def _wanted(above: tuple[str, ...], tops: Codelist | None) -> str:
    """Choose which unit above to name: the one that the list of upper units knows, else the highest."""
    return next((one for one in above if tops is not None and one in tops.entries), above[-1])
