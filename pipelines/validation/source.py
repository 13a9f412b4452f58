"""What Frictionless is given: a resource that we build ourselves, over a local file, never an uploader's descriptor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.validation.patterns import matcher
from pipelines.validation.plugins import settle_plugins
from pipelines.validation.schema import NotSchema

if TYPE_CHECKING:
    from frictionless import Field
    from frictionless.resources import TableResource

    from pipelines.validation.lookups import Lookup

PROFILES = "https://datapackage.org/profiles/2.0"
"""How Frictionless knows the version of the standard; it opens none of them."""


def resource_of(
    path: Path,
    schema: Mapping[str, Any],
    *,
    name: str = "table",
    encoding: str = "utf-8",
    dialect: Mapping[str, Any] | None = None,
    foreign: bool = False,
    lookups: Sequence[Lookup] = (),
) -> TableResource:
    """Build a CSV resource over a local file: its plain name in its own folder, with our encoding, dialect and schema.

    ``dialect``: ``delimiter``, ``quote``, ``header_row`` as the format found them. ``foreign`` says that the patterns
    of the schema come from outside: they are matched on RE2. ``lookups`` are what its foreign keys refer to: they come
    beside the resource into a package.
    """
    from frictionless import Dialect, Package, Schema
    from frictionless.formats import CsvControl
    from frictionless.resources import TableResource

    settle_plugins()
    found = dialect or {}
    control = CsvControl(delimiter=str(found.get("delimiter") or ","), quote_char=str(found.get("quote") or '"'))
    header = int(found.get("header_row") or 1)
    described, profiles = _versioned(schema)
    built = Schema.from_descriptor(described)
    if foreign:
        built.fields = [_on_re2(one) for one in built.fields]
        for one in built.fields:
            one.schema = built  # where the missing values stand
    table = TableResource(
        name=name,
        path=path.name,
        basepath=str(path.parent),
        scheme="file",
        format="csv",
        encoding=encoding,
        dialect=Dialect(header_rows=[header], controls=[control]),
        schema=built,
        **profiles,
    )
    if lookups:
        built.foreign_keys = [_foreign_key(one) for one in lookups]
        Package(resources=[table, *(resource_of(one.path, one.schema, name=one.name) for one in lookups)])
    return table


def _versioned(schema: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Say Data Package 2.0 where a bound excludes its own value: to Frictionless what does not say so is version 1."""
    rules = (name for one in schema["fields"] for name in one.get("constraints", ()))
    if not any(name.startswith("exclusive") for name in rules):
        return dict(schema), {}
    return {"$schema": f"{PROFILES}/tableschema.json", **schema}, {"schema_profile": f"{PROFILES}/dataresource.json"}


def refuse_unusable(schema: Mapping[str, Any]) -> None:
    """Raise NotSchema with the place of the first field that Frictionless cannot build, or make a reader of."""
    from frictionless import Field, FrictionlessException, Schema

    settle_plugins()
    for at, one in enumerate(schema["fields"]):
        rules = {name: rule for name, rule in one.get("constraints", {}).items() if name != "pattern"}
        try:
            built = Field.from_descriptor({**one, "constraints": rules})
            built.create_cell_reader()("")
            _refuse_bounds(built, f"#/fields/{at}/constraints")
        except NotSchema:
            raise
        except (FrictionlessException, ValueError, TypeError, AttributeError, OverflowError, ArithmeticError) as wrong:
            raise NotSchema(f"#/fields/{at}") from wrong
    plain = [{"name": one["name"], "type": "any"} for one in schema["fields"]]
    try:
        Schema.from_descriptor({**_versioned(schema)[0], "fields": plain})
    except FrictionlessException as wrong:
        raise NotSchema("#") from wrong


def _refuse_bounds(field: Any, pointer: str) -> None:
    """Refuse a bound that is no value of its own field: Frictionless would compare cells with nothing."""
    read = field.create_value_reader()
    for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if name in field.constraints and read(field.constraints[name]) is None:
            raise NotSchema(f"{pointer}/{name}")


def _foreign_key(one: Lookup) -> dict[str, Any]:
    return {"fields": list(one.key.fields), "reference": {"resource": one.name, "fields": list(one.key.others)}}


def _on_re2(field: Field) -> Field:
    """Give a field whose pattern is matched on RE2; other fields stay as they are."""
    if field.type != "string" or "pattern" not in field.constraints:
        return field
    from frictionless.fields import StringField

    class Re2Field(StringField):
        """A string field with its pattern on RE2; notes and their order are Frictionless's."""

        @classmethod
        def metadata_select_class(cls, type: str | None) -> Any:  # noqa: A002, ARG003 - the library's signature
            """Stay what it is in every copy that Frictionless makes: its own class would match with ``re``."""
            return cls

        def create_cell_reader(self) -> Any:
            pattern = self.constraints["pattern"]
            fits = matcher(pattern)
            rest = {name: self.constraints[name] for name in self.constraints if name != "pattern"}
            plain = StringField.from_descriptor({**self.to_descriptor(), "constraints": rest})
            if self.schema and not self.has_defined("missing_values"):
                plain.missing_values = list(self.schema.missing_values)
            read = plain.create_cell_reader()

            def cell_reader(cell: Any) -> Any:
                target, notes = read(cell)
                if target is None or (notes and "type" in notes) or fits(target):
                    return target, notes
                return target, _in_order({**(notes or {}), "pattern": f'constraint "pattern" is "{pattern}"'})

            return cell_reader

    return Re2Field.from_descriptor(field.to_descriptor())


def _in_order(notes: Mapping[str, str]) -> dict[str, str]:
    order = ("required", "minLength", "maxLength", "pattern", "enum")
    return {name: notes[name] for name in order if name in notes}
