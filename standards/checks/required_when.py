"""Check: a cell is filled where another cell of the row asks for it, and empty where that forbids it."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use

CODE = "required-when"
SCOPE = "cell"
SEVERITY = "error"
BASIS = ""
TITLE = {"vi": "Ô bắt buộc theo điều kiện", "en": "Conditionally required cell"}
SENTENCES = {
    "blank": {
        "vi": "ô này phải có giá trị khi cột {when_field} là “{given}”. Điền giá trị, hoặc sửa cột {when_field}.",
        "en": 'this cell must be filled where the column {when_field} is "{given}". Fill it, or correct '
        '{when_field}.',
    },
    "filled": {
        "vi": "ô ghi “{cell}” nhưng phải để trống khi cột {when_field} là “{given}”. Xoá giá trị, hoặc sửa cột "
        "{when_field}.",
        "en": 'the cell says "{cell}" but must be empty where the column {when_field} is "{given}". Empty '
        'it, or correct '
        "{when_field}.",
    },
}
_ARGS = {"when": "location_type", "is": ["", "0", "1", "2"]}
_NOT = {"when": "location_type", "never": ["1"]}
GOOD = (
    Example(cells={"stop_name": "Bến xe", "location_type": "0"}, args=_ARGS),
    Example(cells={"stop_name": "", "location_type": "3"}, args=_ARGS),
    Example(cells={"stop_name": "", "other": "0"}, args=_ARGS),
    Example(cells={"parent_station": "", "location_type": "1"}, args=_NOT),
)
BAD = (
    Example(cells={"stop_name": "", "location_type": "0"}, args=_ARGS, said={"variant": "blank", "given": "0"}),
    Example(cells={"stop_name": " ", "location_type": ""}, args=_ARGS, said={"variant": "blank"}),
    Example(cells={"parent_station": "G1", "location_type": "1"}, args=_NOT, said={"variant": "filled"}),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Judge whether a cell is there; ``use.args``: ``when`` (column), ``is`` (values that ask for it), ``never``.

    Where the column ``when`` is not in the table nothing is asked.
    """
    column = str(use.args["when"])
    if column not in cells:
        return None
    given, text = str(cells[column]).strip(), str(cells[use.field]).strip()
    params = {"given": given, "when_field": column}
    if not text and given in {str(one) for one in use.args.get("is", ())}:
        return Remark(params={**params, "variant": "blank"})
    if text and given in {str(one) for one in use.args.get("never", ())}:
        return Remark(params={**params, "variant": "filled"})
    return None
