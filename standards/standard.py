"""The shape of a table standard: Table Schema plus titles in three languages, legal basis, code lists and checks."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

from standards import late
from standards.record import Text
from standards.text import fold, tone_key

if TYPE_CHECKING:
    import yaml
else:
    yaml = late.module("yaml")

Status = Literal["official", "proposed"]
"""official: an instrument fixes the field list; proposed: a profile of the platform's, never shown as official."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUse:
    """A check that a field or the whole table asks for, with its arguments."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)
    severity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a standard (Table Schema field)."""

    name: str
    type: str
    title: Text
    format: str = "default"
    description: Text = field(default_factory=dict)
    constraints: Mapping[str, Any] = field(default_factory=dict)
    codelist: str = ""
    checks: tuple[CheckUse, ...] = ()
    source: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether the field must be there and filled."""
        return bool(self.constraints.get("required"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStandard:
    """A table standard as its YAML file says it; ``table_schema()`` is what Frictionless is given."""

    id: str
    version: str
    title: Text
    status: Status
    kind: Literal["element", "dataset"]
    basis: tuple[str, ...]
    fields: tuple[Field, ...]
    adapted_from: str = ""
    description: Text = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    checks: tuple[CheckUse, ...] = ()
    country: str = "VN"
    notes: Text = field(default_factory=dict)

    def table_schema(self, language: str = "") -> dict[str, Any]:
        """Give the Table Schema descriptor (Data Package v2) of this standard, without our own members.

        With a language, fields bear their title and description in it.
        """
        schema: dict[str, Any] = {"fields": [_descriptor(one, language) for one in self.fields]}
        if self.primary_key:
            schema["primaryKey"] = list(self.primary_key)
        return schema

    def field(self, name: str) -> Field | None:
        """Find the field of that name, or None."""
        return next((one for one in self.fields if one.name == name), None)

    def uses(self) -> Iterable[tuple[Field | None, CheckUse]]:
        """Every use of a check with its field (None: the whole table), in order of the fields."""
        for one in self.fields:
            for use in one.checks:
                yield one, use
        for use in self.checks:
            yield None, use

    def codelists(self) -> tuple[str, ...]:
        """Ids of the code lists that fields or checks name, each once, in order of the fields."""
        named = [one.codelist for one in self.fields]
        named += [str(use.args["list"]) for _, use in self.uses() if "list" in use.args]
        return tuple(dict.fromkeys(one for one in named if one))


def _descriptor(one: Field, language: str) -> dict[str, Any]:
    made: dict[str, Any] = {"name": one.name, "type": one.type, "format": one.format}
    if language:
        made["title"] = one.title.get(language, one.name)
        if one.description.get(language):
            made["description"] = one.description[language]
        if one.example:
            made["example"] = one.example
    return made | {"constraints": dict(one.constraints)}


# --- reading YAML ---------------------------------------------------------------------------------------------------

TYPES = ("string", "integer", "number", "boolean", "date", "time", "datetime", "year", "yearmonth", "geojson", "any")
_TABLE_MEMBERS = {
    "id", "version", "title", "status", "kind", "basis", "fields", "adapted_from", "description", "primary_key",
    "checks", "country", "notes",
}  # fmt: skip
_FIELD_MEMBERS = {
    "name", "type", "title", "format", "description", "constraints", "codelist", "checks", "source", "example",
    "aliases", "like", "with",
}  # fmt: skip


def from_yaml(text: str, elements: Mapping[str, Mapping[str, Any]]) -> TableStandard:
    """Make a table standard of its YAML text; ValueError names what is unknown or missing.

    ``elements`` are fields that many standards share: ``like: province_code`` takes one over (members beside it
    replace its own), ``with: {date: start_date}`` gives its checks other arguments (``null`` takes one away).
    """
    told = _only(yaml.load(text, Loader=yaml.CSafeLoader), _TABLE_MEMBERS, "standard")
    try:
        return TableStandard(
            id=told["id"],
            version=str(told["version"]),
            title=told["title"],
            status=_one_of(told["status"], ("official", "proposed")),
            kind=_one_of(told["kind"], ("element", "dataset")),
            basis=tuple(told["basis"]),
            fields=tuple(_field(one, elements) for one in told["fields"]),
            adapted_from=told.get("adapted_from", ""),
            description=told.get("description", {}),
            primary_key=tuple(told.get("primary_key", ())),
            checks=tuple(_use(one) for one in told.get("checks", ())),
            country=told.get("country", "VN"),
            notes=told.get("notes", {}),
        )
    except KeyError as missing:
        raise ValueError(f"{told.get('id', '?')}: {missing} is missing") from missing


def _only(told: Any, known: set[str], what: str) -> Mapping[str, Any]:
    if not isinstance(told, Mapping) or set(told) - known:
        raise ValueError(f"{what}: {told if not isinstance(told, Mapping) else sorted(set(told) - known)}")
    return told


def _one_of(word: Any, known: Sequence[str]) -> Any:
    if word not in known:
        raise ValueError(f"{word!r} is none of {known}")
    return word


def _field(given: Any, elements: Mapping[str, Mapping[str, Any]]) -> Field:
    told = dict(_only(given, _FIELD_MEMBERS, "field"))
    base, changed = told.pop("like", None), told.pop("with", {})
    if base is not None:
        told = {**elements[base], **told}
    uses = [_use(one) for one in told.get("checks", ())]
    return Field(
        name=told["name"],
        type=_one_of(told["type"], TYPES),
        title=told["title"],
        format=told.get("format", "default"),
        description=told.get("description", {}),
        constraints=told.get("constraints", {}),
        codelist=told.get("codelist", ""),
        checks=tuple(_changed(one, changed) for one in uses),
        source=told.get("source", ""),
        example=str(told.get("example", "")),
        aliases=tuple(told.get("aliases", ())),
    )


def _use(given: Any) -> CheckUse:
    """``trim`` or ``{code-valid-on: {list: …, severity: warning}}``."""
    if isinstance(given, str):
        return CheckUse(code=given)
    if not isinstance(given, Mapping) or len(given) != 1:
        raise ValueError(f"check: {given}")
    [(code, args)] = given.items()
    left = dict(args)
    return CheckUse(code=code, severity=left.pop("severity", ""), args=left)


def _changed(use: CheckUse, changed: Mapping[str, Any]) -> CheckUse:
    args = {name: changed.get(name, value) for name, value in use.args.items()}
    return CheckUse(
        code=use.code,
        severity=use.severity,
        args={name: value for name, value in args.items() if value is not None},
    )


@functools.cache
def elements() -> Mapping[str, Mapping[str, Any]]:
    """Read the fields that many of our standards share, as ``elements.yaml`` writes them, by name."""
    text = (resources.files("standards") / "elements.yaml").read_text(encoding="utf-8")
    told = yaml.load(text, Loader=yaml.CSafeLoader)
    return MappingProxyType({key: {"name": key, **_only(one, _FIELD_MEMBERS, key)} for key, one in told.items()})


def read(folder: Traversable, table_id: str) -> TableStandard:
    """Read the standard of that id in a folder of YAML files."""
    return from_yaml((folder / f"{table_id}.yaml").read_text(encoding="utf-8"), elements())


# --- matching an agency's column titles -----------------------------------------------------------------------------

_NOT_WORDS = re.compile(r"[\W_]+")
_ASIDE = re.compile(r"\([^)]*\)")


def match_columns(standard: TableStandard, labels: Sequence[str]) -> dict[int, Field]:
    """Which field each label means: index of the label → field; labels that mean none are left out.

    A field is taken once, by the closest label: its name, then a title or alias as written (tone placement apart),
    then one without marks, blanks and punctuation (``Ma xa``, ``MÃ_XÃ``), then without what stands in brackets.
    """
    found: dict[int, Field] = {}
    for closeness in (_as_named, _as_written, _as_folded, _without_aside):
        keys = _keys(standard, closeness)
        taken = {one.name for one in found.values()}
        for index, label in enumerate(labels):
            one = keys.get(closeness(label)) if index not in found else None
            if one and one.name not in taken:
                found[index] = one
                taken.add(one.name)
    return dict(sorted(found.items()))


CLOSE = 0.6
"""From this likeness on (0…1), a label is proposed for a field; never taken for it without asking."""


def suggest_columns(
    standard: TableStandard, labels: Sequence[str], meanings: Mapping[int, str] = MappingProxyType({})
) -> dict[int, Field]:
    """Propose fields for labels that mean none as they stand: index of the label → field, each field once.

    Likeness is that of words without marks, in any order, or of the spelling; ``meanings`` (the code list that a
    column's cells belong to, by index) add to it. A proposal is for the publisher to accept.
    """
    known = match_columns(standard, labels)
    taken = {one.name for one in known.values()}
    pairs = [
        (_likeness(label, one) + (0.3 if one.codelist and meanings.get(index) == one.codelist else 0), index, one)
        for index, label in enumerate(labels)
        for one in standard.fields
        if index not in known and one.name not in taken and label.strip()
    ]
    found: dict[int, Field] = {}
    for likeness, index, one in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= CLOSE and index not in found and one.name not in taken:
            found[index] = one
            taken.add(one.name)
    return dict(sorted(found.items()))


def _likeness(label: str, one: Field) -> float:
    """Say how alike a label and the names of a field are, 0…1."""
    return max(_alike(label, word) for word in (one.name, *one.title.values(), *one.aliases))


def _alike(left: str, right: str) -> float:
    mine, theirs = (set(_NOT_WORDS.split(fold(each))) - {""} for each in (left, right))
    if not mine or not theirs:
        return 0.0
    shared = len(mine & theirs) / len(mine | theirs)
    spelled = SequenceMatcher(None, " ".join(sorted(mine)), " ".join(sorted(theirs))).ratio()
    return max(shared, spelled if spelled >= _SPELLED else 0.0)


_SPELLED = 0.8
"""Spellings less alike than this say nothing."""


def _as_named(label: str) -> str:
    return label


def _as_written(label: str) -> str:
    return " ".join(tone_key(label).split())


def _as_folded(label: str) -> str:
    return _NOT_WORDS.sub("", fold(label))


def _without_aside(label: str) -> str:
    return _as_folded(_ASIDE.sub("", label))


def _keys(standard: TableStandard, closeness: Any) -> dict[str, Field]:
    """Names of fields in one closeness; what two fields would answer to belongs to neither."""
    found: dict[str, Field | None] = {}
    for one in standard.fields:
        words = [one.name] if closeness is _as_named else [one.name, *one.title.values(), *one.aliases]
        for key in {closeness(word) for word in words} - {""}:
            found[key] = one if found.get(key, one) is one else None
    return cast("dict[str, Field]", {key: one for key, one in found.items() if one})
