"""The dictionary of a table: each column with its meaning, its rules, and how it stands to the standard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from api.dialects.html import labels
from api.dialects.html.view import Reader
from catalog.model import ColumnInfo, Resource
from standards import vocabulary
from standards.standard import Field, TableStandard

SHARE_ALIKE = frozenset({"CC-BY-SA-4.0", "ODbL-1.0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One column: ``held`` says whether it follows the standard (``outside``: the standard does not name it).

    ``remarks`` counts the cells that the check had something to say of; ``field`` is the standard's element.
    """

    info: ColumnInfo
    field: Field | None
    rules: str
    held: Literal["held", "remarks", "outside", ""]
    remarks: int


def rows(reader: Reader, shown: Resource, columns: Sequence[ColumnInfo], standard: TableStandard | None) -> list[Row]:
    """The dictionary's rows of these columns."""
    fields = {one.name: one for one in standard.fields} if standard else {}
    counts: dict[str, int] = {}
    for group in shown.groups:
        counts[group.field or ""] = counts.get(group.field or "", 0) + group.count
    return [_row(reader, one, fields.get(one.name), counts.get(one.name, 0), known=standard is not None)
            for one in columns]


def _row(reader: Reader, info: ColumnInfo, field: Field | None, remarks: int, *, known: bool) -> Row:
    rules = [info.meaning or "", labels.constraints(reader.lang, field) if field else ""]
    held: Literal["held", "remarks", "outside", ""] = (
        "" if not known else "outside" if field is None else "remarks" if remarks else "held")
    return Row(info=info, field=field, rules="; ".join(one for one in rules if one), held=held, remarks=remarks)


def absent(shown: Resource, standard: TableStandard | None) -> list[Field]:
    """The elements of the standard that the table does not have."""
    names = {one.name for one in shown.columns}
    return [one for one in standard.fields if one.name not in names] if standard else []


def reuse(reader: Reader, code: str) -> str:
    """What a licence lets people do, in plain words; nothing for one that we do not know."""
    licence = vocabulary.LICENCES.get(code)
    if licence is None:
        return ""
    if not licence.open:
        return reader.say("Giấy phép này có điều kiện riêng; đọc toàn văn trước khi dùng lại.")
    if not licence.attribution:
        return reader.say("Bạn được dùng, sao chép, sửa và chia sẻ cho mọi mục đích, kể cả thương mại, không phải xin "
                          "phép hay ghi nguồn.")
    if code in SHARE_ALIKE:
        return reader.say("Bạn được dùng, sao chép, sửa và chia sẻ cho mọi mục đích, kể cả thương mại; phải ghi nguồn, "
                          "và bản bạn sửa phải chia sẻ theo cùng giấy phép.")
    return reader.say("Bạn được dùng, sao chép, sửa và chia sẻ cho mọi mục đích, kể cả thương mại; phải ghi nguồn và "
                      "nói rõ chỗ đã sửa.")
