"""FORMATS, in the order in which they are asked whether a file is theirs: marks first, plain text last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from pipelines.format import Format
from pipelines.formats import csv, geojson, json, jsonl, ods, parquet, xls, xlsx
from standards.registry import installed

_OURS = (parquet, ods, xlsx, xls, geojson, jsonl, json)

FORMATS: Sequence[Format] = tuple(cast("Format", one) for one in (*_OURS, *installed("datamo.formats"), csv))

BY_NAME: Mapping[str, Format] = {one.NAME: one for one in FORMATS}
