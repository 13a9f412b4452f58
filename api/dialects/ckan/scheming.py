"""What a dataset, a group and an organization hold, in the words of ckanext-scheming; a table standard is a type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from api.dialects.ckan.action import Action, Call
from catalog.errors import NotFound
from standards.standard import TableStandard
from standards.vocabulary import FREQUENCIES, LANGUAGES, LICENCES, THEMES, Term

DATASET, GROUP, ORGANIZATION = "dataset", "group", "organization"
VERSION: Final = 2
LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("Tiêu đề", "Title"), "name": ("Địa chỉ", "Address"), "notes": ("Mô tả", "Description"),
    "tag_string": ("Từ khóa", "Tags"), "license_id": ("Giấy phép", "Licence"), "owner_org": ("Cơ quan", "Organization"),
    "groups": ("Chủ đề", "Themes"), "url": ("Nguồn", "Source"), "maintainer": ("Đầu mối", "Contact"),
    "maintainer_email": ("Thư điện tử của đầu mối", "Contact's e-mail"),
    "frequency": ("Tần suất cập nhật", "Frequency"),
    "language": ("Ngôn ngữ", "Language"), "spatial_code": ("Đơn vị hành chính", "Administrative units"),
    "temporal_start": ("Từ ngày", "From"), "temporal_end": ("Đến ngày", "To"), "standard": ("Tiêu chuẩn", "Standard"),
    "private": ("Chỉ trong cơ quan", "Private"), "version": ("Phiên bản", "Version"), "author": ("Tác giả", "Author"),
    "author_email": ("Thư điện tử của tác giả", "Author's e-mail"), "description": ("Mô tả", "Description"),
    "format": ("Định dạng", "Format"), "schema": ("Cấu trúc bảng", "Table Schema"), "image_url": ("Hình", "Image"),
    "contact_phone": ("Điện thoại của đầu mối", "Contact's telephone"), "upload": ("Tệp", "File"),
    "source": ("Tên nguồn", "Name of the source"), "notice": ("Lưu ý", "Notice"),
}


def _field(name: str, **more: Any) -> dict[str, Any]:
    vi, en = LABELS[name]
    return {"field_name": name, "label": {"vi": vi, "en": en}, **more}


def _choices(terms: Mapping[str, Term], *, lower: bool = False) -> list[dict[str, Any]]:
    return [{"value": code.lower() if lower else code, "label": dict(one.title)} for code, one in terms.items()]


def _chosen(name: str, terms: Mapping[str, Term], **more: Any) -> dict[str, Any]:
    return _field(name, preset="select", choices=_choices(terms), **more)


def dataset(call: Call, standards: Iterable[TableStandard]) -> dict[str, Any]:
    """Give the schema of a dataset."""
    known = [{"value": one.id, "label": dict(one.title)} for one in standards]
    return {
        "scheming_version": VERSION, "dataset_type": DATASET, "about": "Datamo", "about_url": call.site.url,
        "dataset_fields": [
            _field("title", preset="title", required=True), _field("name", preset="dataset_slug"),
            _field("notes", form_snippet="markdown.html"), _field("tag_string", preset="tag_string_autocomplete"),
            _chosen("license_id", LICENCES), _field("owner_org", preset="dataset_organization", required=True),
            _field("groups", choices=_choices(THEMES, lower=True)), _field("private"), _field("url", validators="url"),
            _field("version"), _field("author"), _field("author_email", validators="email_validator"),
            _field("maintainer"), _field("maintainer_email", validators="email_validator"), _field("contact_phone"),
            _chosen("frequency", FREQUENCIES), _chosen("language", LANGUAGES),
            _field("spatial_code"), _field("temporal_start", preset="date"), _field("temporal_end", preset="date"),
            _field("source"), _field("notice"), _field("standard", preset="select", choices=known),
        ],
        "resource_fields": [
            _field("url", preset="resource_url_upload"), _field("upload"), _field("name"),
            _field("description", form_snippet="markdown.html"),
            _field("format", preset="resource_format_autocomplete"), _field("schema"),
        ],
    }


def dataset_types(call: Call) -> dict[str, Callable[[], dict[str, Any]]]:
    """Give what makes each type's schema: that of any dataset, and those of tables by a standard."""
    tables = call.site.standards.tables

    def of(one: TableStandard) -> dict[str, Any]:
        return {
            **dataset(call, tables.values()), "dataset_type": one.id, "about": call.words(one.title),
            "about_url": f"{call.site.url}/standards/{one.id}", "standard_version": one.version,
            "table_schema": one.table_schema(call.site.language),
        }

    return {DATASET: lambda: dataset(call, tables.values()),
            **{one.id: (lambda one=one: of(one)) for one in tables.values()}}  # type: ignore[misc]


def _members(kind: str) -> Callable[[Call], dict[str, Callable[[], dict[str, Any]]]]:
    fields = [_field("title", required=True), _field("name", preset="dataset_slug"), _field("description")]
    told = {"scheming_version": VERSION, f"{kind}_type": kind, "about": "Datamo",
            "fields": fields if kind == ORGANIZATION else [*fields, _field("image_url")]}
    return lambda call: {kind: lambda: {**told, "about_url": call.site.url}}


def _listed(types: Callable[[Call], Mapping[str, Any]]) -> Callable[[Call], list[str]]:
    return lambda call: list(types(call))


def _shown(types: Callable[[Call], Mapping[str, Callable[[], dict[str, Any]]]]) -> Callable[[Call], dict[str, Any]]:
    def run(call: Call) -> dict[str, Any]:
        found = types(call).get(call.needed("type"))
        if found is None:
            raise NotFound
        return found()

    return run


_KINDS: Final = {DATASET: dataset_types, GROUP: _members(GROUP), ORGANIZATION: _members(ORGANIZATION)}
_TYPE: Final = {"type": "a type out of the list", "expanded": "taken, presets are named beside what they give"}

ACTIONS: Final = tuple(
    one for kind, types in _KINDS.items() for one in (
        Action(name=f"scheming_{kind}_schema_list", summary=f"List the types of a {kind} that have a schema.",
               run=_listed(types)),
        Action(name=f"scheming_{kind}_schema_show", summary=f"Tell the members of a {kind} of a type.",
               run=_shown(types), parameters=_TYPE),
    )
)
