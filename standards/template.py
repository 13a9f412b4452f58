"""An empty file to fill in, from a table standard: CSV; XLSX with drop-downs, text columns and an explanation sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Literal

from standards import late
from standards.codelist import Codelist
from standards.standard import Field, TableStandard

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = late.module("xlsxwriter")

Labels = Literal["name", "title"]

_LAST_ROW = 1_048_575
_TITLE_LIMIT, _MESSAGE_LIMIT = 32, 255
"""What Excel allows in the note beside a cell, in characters."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "data": "Dữ liệu",
        "notes": "Giải thích",
        "field": "Cột",
        "title": "Tên gọi",
        "required": "Bắt buộc",
        "rule": "Quy tắc",
        "list": "Danh mục mã",
        "basis": "Căn cứ",
        "example": "Ví dụ",
        "description": "Ghi chú",
        "yes": "có",
        "official": "Tiêu chuẩn do cơ quan có thẩm quyền ban hành",
        "proposed": "Đề xuất của nền tảng, không phải tiêu chuẩn nhà nước",
        "adapted": "Phỏng theo",
        "codes_on": "Danh mục mã có hiệu lực ngày",
        "code": "Mã",
        "name": "Tên",
        "parent": "Cấp trên",
    },
    "en": {
        "data": "Data",
        "notes": "Notes",
        "field": "Column",
        "title": "Title",
        "required": "Required",
        "rule": "Rule",
        "list": "Code list",
        "basis": "Basis",
        "example": "Example",
        "description": "Remark",
        "yes": "yes",
        "official": "Standard issued by the competent body",
        "proposed": "Proposed by the platform, not a state standard",
        "adapted": "Adapted from",
        "codes_on": "Codes in force on",
        "code": "Code",
        "name": "Name",
        "parent": "Above",
    },
}

_RULES: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "string": "văn bản",
        "integer": "số nguyên, không có dấu phân cách",
        "number": "số, dấu thập phân là dấu chấm",
        "boolean": "true hoặc false",
        "date": "ngày dạng năm-tháng-ngày (YYYY-MM-DD)",
        "time": "giờ dạng HH:MM",
        "year": "năm bốn chữ số",
        "email": "địa chỉ thư điện tử",
        "uri": "địa chỉ web đầy đủ, có https://",
        "enum": "một trong: {0}",
        "minimum": "không nhỏ hơn {0}",
        "maximum": "không lớn hơn {0}",
        "maxLength": "không quá {0} ký tự",
        "minLength": "ít nhất {0} ký tự",
        "pattern": "theo mẫu {0}",
        "unique": "không trùng lặp",
    },
    "en": {
        "string": "text",
        "integer": "whole number without separators",
        "number": "number with a decimal point",
        "boolean": "true or false",
        "date": "date as YYYY-MM-DD",
        "time": "time as HH:MM",
        "year": "year with four digits",
        "email": "e-mail address",
        "uri": "full web address with https://",
        "enum": "one of: {0}",
        "minimum": "not less than {0}",
        "maximum": "not more than {0}",
        "maxLength": "at most {0} characters",
        "minLength": "at least {0} characters",
        "pattern": "matching {0}",
        "unique": "no two alike",
    },
}


def rules(field: Field, language: str) -> tuple[str, ...]:
    """Say in words what a cell of this field has to be: its type, then its constraints (``vi`` or ``en``)."""
    words = _RULES[language]
    kind = field.format if field.format in {"email", "uri"} else field.type
    said = [words.get(kind, kind)]
    for name, value in field.constraints.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        if name in words and value is not False:
            said.append(words[name].format(shown))
    return tuple(said)


def csv_template(standard: TableStandard, *, labels: Labels = "name", language: str = "vi", bom: bool = False,
                 example: bool = False) -> bytes:
    """Write the header row as UTF-8 CSV with commas and LF: names or titles; ``bom`` is for Excel.

    With ``example`` a row follows that shows what each field may hold.
    """
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow([_label(one, labels, language) for one in standard.fields])
    if example:
        lines.writerow([one.example for one in standard.fields])
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def xlsx_template(
    standard: TableStandard,
    *,
    day: date,
    codelists: Callable[[str], Codelist],
    language: str = "vi",
    labels: Labels = "name",
) -> bytes:
    """Write a workbook to fill in: an empty table, the explanation of its fields, and the code lists of a day.

    Code columns are text, so that leading zeros survive; drop-downs offer codes in force on ``day`` and only warn,
    because data may be of another day. The same arguments give the same bytes.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": standard.title[language], "created": datetime.combine(day, time())})
    made = _Workbook(book, standard, day, language)
    made.data(labels, codelists)
    made.notes()
    made.codes(codelists)
    book.close()
    return out.getvalue()


def _label(field: Field, labels: Labels, language: str) -> str:
    return field.title[language] if labels == "title" else field.name


@dataclass(frozen=True, slots=True)
class _Workbook:
    """The sheets of one template."""

    book: Any
    standard: TableStandard
    day: date
    language: str

    @property
    def words(self) -> Mapping[str, str]:
        return _WORDS[self.language]

    def data(self, labels: Labels, codelists: Callable[[str], Codelist]) -> None:
        """Lay out the table: one header row, the type of each column, a drop-down or a note on each."""
        sheet = self.book.add_worksheet(self.words["data"])
        head = {
            True: self.book.add_format({"bold": True, "bg_color": "#FFE699", "border": 1, "num_format": "@"}),
            False: self.book.add_format({"bold": True, "bg_color": "#E2E2E2", "border": 1, "num_format": "@"}),
        }
        shapes = {
            shape: self.book.add_format({"num_format": shape}) for shape in ("@", "yyyy-mm-dd", "hh:mm", "0", "General")
        }
        for place, field in enumerate(self.standard.fields):
            label = _label(field, labels, self.language)
            sheet.set_column(place, place, max(12, min(40, len(label) + 4)), shapes[_shape(field)])
            sheet.write_string(0, place, label, head[field.required])
            sheet.data_validation(1, place, _LAST_ROW, place, self._validation(field, codelists))
        sheet.freeze_panes(1, 0)

    def _validation(self, field: Field, codelists: Callable[[str], Codelist]) -> dict[str, Any]:
        note = {
            "input_title": field.title[self.language][:_TITLE_LIMIT],
            "input_message": _cut(". ".join(self._note(field)), _MESSAGE_LIMIT),
            "error_type": "warning",
        }
        choices = [str(one) for one in field.constraints.get("enum", ())]
        if field.type == "boolean":
            choices = ["true", "false"]
        if choices:
            return note | {"validate": "list", "source": choices}
        if field.codelist:
            rows = sum(1 for _ in codelists(field.codelist).valid_on(self.day))
            if rows:
                return note | {"validate": "list", "source": f"='{field.codelist}'!$A$3:$A${rows + 2}"}
        return note | {"validate": "any"}

    def _note(self, field: Field) -> list[str]:
        said = [field.description.get(self.language, "").rstrip("."), *rules(field, self.language)]
        return [one for one in said if one]

    def notes(self) -> None:
        """Explain every field: title, rule, code list, basis, example; and what the standard rests on."""
        sheet = self.book.add_worksheet(self.words["notes"])
        bold, wrap = self.book.add_format({"bold": True}), self.book.add_format({"text_wrap": True, "valign": "top"})
        about = self.standard
        lines = [f"{about.title[self.language]} ({about.id} {about.version})", self.words[about.status]]
        lines += [about.description.get(self.language, ""), *about.basis]
        lines += [f"{self.words['adapted']}: {about.adapted_from}"] if about.adapted_from else []
        lines += [about.notes.get(self.language, ""), f"{self.words['codes_on']} {self.day.isoformat()}"]
        kept = [line for line in lines if line]
        for row, line in enumerate(kept):
            sheet.write_string(row, 0, line, bold if row == 0 else None)
        columns = ("field", "title", "required", "rule", "list", "basis", "example", "description")
        top = len(kept) + 1
        for place, name in enumerate(columns):
            sheet.write_string(top, place, self.words[name], bold)
        for row, field in enumerate(about.fields, start=top + 1):
            for place, cell in enumerate(self._explained(field)):
                sheet.write_string(row, place, cell, wrap)
        for place, width in enumerate((22, 32, 10, 44, 18, 32, 24, 60)):
            sheet.set_column(place, place, width)

    def _explained(self, field: Field) -> tuple[str, ...]:
        return (
            field.name,
            field.title[self.language],
            self.words["yes"] if field.required else "",
            "; ".join(rules(field, self.language)),
            field.codelist,
            field.source,
            field.example,
            field.description.get(self.language, ""),
        )

    def codes(self, codelists: Callable[[str], Codelist]) -> None:
        """Give each code list that a column uses its own sheet: title, head, then code, name and upper code."""
        bold, text = self.book.add_format({"bold": True}), self.book.add_format({"num_format": "@"})
        for list_id in dict.fromkeys(one.codelist for one in self.standard.fields if one.codelist):
            entries = list(codelists(list_id).valid_on(self.day))
            if not entries:
                continue
            sheet = self.book.add_worksheet(list_id)
            sheet.write_string(0, 0, codelists(list_id).title[self.language], bold)
            for place, name in enumerate(("code", "name", "parent")):
                sheet.write_string(1, place, self.words[name], bold)
            for row, entry in enumerate(entries, start=2):
                name = entry.names.get(self.language, entry.name)
                for place, cell in enumerate((entry.code, name, entry.parent)):
                    sheet.write_string(row, place, cell, text)
            sheet.set_column(0, 0, 14)
            sheet.set_column(1, 1, 48)


def _shape(field: Field) -> str:
    """Choose Excel's number format: text for words and codes, so that nothing is taken for a number or a date."""
    shapes = {"date": "yyyy-mm-dd", "time": "hh:mm", "integer": "0", "year": "0", "number": "General"}
    return shapes.get(field.type, "@")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
