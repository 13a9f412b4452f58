"""Check: an agency's identifier has the form of QĐ 20/2020, and agrees with the old one of QCVN 102 beside it."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use

CODE = "agency-code"
SCOPE = "cell"
SEVERITY = "error"
EXPLAINS = ("pattern", "minLength", "maxLength", "enum")
BASIS = "QĐ 20/2020/QĐ-TTg Đ.4 k.1; QCVN 102:2016/BTTTT"
TITLE = {"vi": "Mã định danh cơ quan sai dạng", "en": "Agency identifier in the wrong form"}
SENTENCES = {
    "old": {
        "vi": "{cell} là mã theo QCVN 102:2016/BTTTT (cấp 1 ở bên phải). Mã theo QĐ 20/2020/QĐ-TTg viết cấp 1 ở bên "
        "trái: {after}. Đối chiếu với mã đã được cấp rồi sửa.",
        "en": "{cell} is an identifier of QCVN 102:2016 (level 1 on the right). QĐ 20/2020 writes level 1 on the left: "
        "{after}. Compare with the identifier that was given and correct it.",
    },
    "small": {
        "vi": "“{cell}” có chữ thường hoặc dấu cách. Mã chỉ gồm chữ in hoa, chữ số và dấu chấm: sửa thành {after}.",
        "en": '"{cell}" has small letters or blanks. An identifier has capitals, digits and dots only: write {after}.',
    },
    "long": {
        "vi": "mã {cell} dài {length} ký tự; mã định danh tối đa {most} ký tự. Kiểm tra lại mã.",
        "en": "the identifier {cell} has {length} characters; {most} is the most. Check it.",
    },
    "form": {
        "vi": "“{cell}” không có dạng mã định danh: một chữ cái và hai chữ số (cấp 1), rồi các nhóm cách nhau bằng dấu "
        "chấm, ví dụ H05.12. Đối chiếu với mã đã được cấp rồi sửa.",
        "en": '"{cell}" does not have the form of an identifier: a letter and two digits (level 1), then groups apart '
        "by dots, such as H05.12. Compare with the identifier that was given and correct it.",
    },
    "differs": {
        "vi": "mã {cell} không khớp với mã QCVN 102 {old} (cột {old_field}); mã đó tương ứng với {after}. "
        "Sửa một trong hai mã.",
        "en": "{cell} does not agree with the QCVN 102 identifier {old} (column {old_field}), which means {after}. "
        "Correct one of the two.",
    },
}
_OLD = {"old": "agency_id_qcvn102"}
GOOD = (
    Example(cells={"agency_id": "H05.12"}),
    Example(cells={"agency_id": "G12.18"}),
    Example(cells={"agency_id": "H55.242"}),
    Example(cells={"agency_id": "K57"}),
    Example(cells={"agency_id": ""}),
    # enterprises and units have their registration number as identifier
    Example(cells={"agency_id": "0100109106"}),
    Example(cells={"agency_id": "H05.12", "agency_id_qcvn102": "000.00.12.H05"}, args=_OLD),
    Example(cells={"agency_id": "H05.12", "agency_id_qcvn102": ""}, args=_OLD),
    Example(cells={"agency_id": "H05.1", "agency_id_qcvn102": "000.00.01.H05"}, args=_OLD),
    Example(cells={"agency_id": "H49", "agency_id_qcvn102": "000.00.00.H49"}, args=_OLD),
)
BAD = (
    Example(cells={"agency_id": "000.00.12.H05"}, said={"variant": "old", "after": "H05.12"}),
    Example(cells={"agency_id": "h05 .12"}, said={"variant": "small", "after": "H05.12"}),
    Example(cells={"agency_id": "H05" + ".1234" * 7}, said={"variant": "long", "length": 38}),
    Example(cells={"agency_id": "H5.12"}, said={"variant": "form"}),
    Example(cells={"agency_id": "Sở Y tế"}, said={"variant": "form"}),
    Example(
        cells={"agency_id": "H05.12", "agency_id_qcvn102": "000.00.13.H05"},
        args=_OLD,
        said={"variant": "differs", "after": "H05.13"},
    ),
)
MOST = 35
FORM = re.compile(r"[A-Z][0-9]{2}(?:\.[0-9A-Z]{1,4})*")
OLD = re.compile(r"([0-9]{3})\.([0-9]{2})\.([0-9]{2})\.([A-Z][0-9]{2})")
_REGISTERED = re.compile(r"[0-9]{10}(?:-?[0-9]{3})?")


def look(cells: Cells, use: Use) -> Remark | None:
    """Judge the form; ``use.args``: ``old`` names the column that bears the identifier of QCVN 102.

    Whether level 1 is in force is code-valid-on's question.
    """
    text = str(cells[use.field]).strip()
    if not text or _REGISTERED.fullmatch(text):
        return None
    if len(text) > MOST:
        return Remark(params={"variant": "long", "length": len(text), "most": MOST})
    if OLD.fullmatch(text):
        return Remark(params={"variant": "old", "after": modern(text)})
    if not FORM.fullmatch(text):
        bare = re.sub(r"\s", "", text).upper()
        small = FORM.fullmatch(bare)
        return Remark(params={"variant": "small", "after": bare} if small else {"variant": "form"})
    column = str(use.args.get("old", ""))
    old = str(cells.get(column, "")).strip()
    after = modern(old) if OLD.fullmatch(old) else text
    if _bare(after) == _bare(text):
        return None
    return Remark(params={"variant": "differs", "old": old, "old_field": column, "after": after}, severity="warning")


def _bare(code: str) -> list[str]:
    """Take a code apart; a group of the old form has noughts before it that the new one may leave out."""
    return [group.lstrip("0") for group in code.split(".")]


def modern(old: str) -> str:
    """Turn ``V1V2V3.Z1Z2.Y1Y2.MX1X2`` round: groups of noughts fall away, level 1 comes first."""
    groups = old.split(".")
    return ".".join([groups[-1], *(one for one in reversed(groups[:-1]) if one.strip("0"))])
