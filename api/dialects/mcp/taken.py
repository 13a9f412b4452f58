"""What the tools take, as models: they check the arguments and are shown to programs as JSON Schema."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Dataset = Annotated[
    str, Field(min_length=1, max_length=200, description="The dataset's slug or id, as search_datasets gives it.")
]
Table = Annotated[str, Field(max_length=200, description="Name of the table; default: the dataset's first.")]
Version = Annotated[int | None, Field(ge=1, le=2**31 - 1, description="A version's number; default: the newest.")]
Cursor = Annotated[str, Field(max_length=4000, description="`next` of the page before.")]
Part = Annotated[str, Field(max_length=8000)]


class Taken(BaseModel):
    """Arguments: what is not named here is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Search(Taken):
    """Words and filters."""

    query: Annotated[str, Field(max_length=500, description="Words, Vietnamese or English, marks optional.")] = ""
    organization: Annotated[str, Field(max_length=100, description="Code of the agency, such as H12.")] = ""
    theme: Annotated[str, Field(max_length=100)] = ""
    tag: Annotated[str, Field(max_length=100)] = ""
    standard: Annotated[str, Field(max_length=100, description="Id of a table standard.")] = ""
    since: Annotated[str, Field(max_length=10, description="Year, month or day that the data reach.")] = ""
    until: Annotated[str, Field(max_length=10)] = ""
    sort: Literal["relevance", "modified", "issued", "title"] = "relevance"
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    cursor: Cursor = ""


class Named(Taken):
    """One dataset."""

    dataset: Dataset


class OfTable(Named):
    """One table of a dataset."""

    resource: Table = ""


class Sample(OfTable):
    """A few rows."""

    version: Version = None
    limit: Annotated[int, Field(ge=1, le=50)] = 5


class Query(OfTable):
    """A question to a table."""

    select: Annotated[Part, Field(description="Columns and functions with commas: `tinh, count(*) as n`.")] = ""
    where: Annotated[Part, Field(description="`dan_so > 1000 and ten like 'A%'`; in, between, search('ha noi'). "
                                 "Texts in single quotes, names that have spaces in double quotes.")] = ""
    group_by: Annotated[Part, Field(description="Columns, or date_trunc('year', ngay).")] = ""
    having: Annotated[Part, Field(description="A condition on groups: `n > 5`.")] = ""
    order_by: Annotated[Part, Field(description="`n desc, tinh` or `-n`.")] = ""
    version: Version = None
    as_of: Annotated[date | None, Field(description="What was the newest version on this day.")] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Cursor = ""


class Sql(Taken):
    """One SELECT."""

    sql: Annotated[str, Field(min_length=1, max_length=8000, description="One SELECT in DuckDB's words. A table is "
                             'called by its slug in double quotes: "truong-hoc", "truong-hoc/lop", "truong-hoc@3".')]
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Compare(OfTable):
    """Two versions."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1, description="The newer version.")]
    other: Annotated[int | None, Field(ge=1, le=2**31 - 1, description="The older one; default: that before.")] = None
    change: Annotated[Literal["", "changed", "added", "removed"], Field(description="Only rows of this kind.")] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 20
    cursor: Cursor = ""


class Standards(Taken):
    """Words in a standard's title, or nothing for all."""

    query: Annotated[str, Field(max_length=200)] = ""


class Standard(Taken):
    """One table standard."""

    standard: Annotated[str, Field(min_length=1, max_length=200, description="Id, as list_standards gives it.")]


class Code(Taken):
    """A code or a name in a code list."""

    codelist: Annotated[str, Field(max_length=100, description="Id of the list; without it the lists are told.")] = ""
    query: Annotated[str, Field(max_length=200, description="A code, or part of a name with or without marks.")] = ""
    parent: Annotated[str, Field(max_length=100, description="Only entries under this code.")] = ""
    on: Annotated[date | None, Field(description="In force on this day; default: today.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 20


class Check(Taken):
    """A small file."""

    name: Annotated[str, Field(min_length=1, max_length=200, description="The file's name: schools.csv, report.xlsx.")]
    text: Annotated[str, Field(max_length=1_000_000, description="The content, of a text file (CSV, JSON).")] = ""
    base64: Annotated[str, Field(max_length=1_400_000, description="Any file in base64, instead of text.")] = ""
    standard: Annotated[str, Field(max_length=200, description="Id of a table standard to check against.")] = ""
