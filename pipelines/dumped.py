"""What the sandbox's child does for dumps: the lines of the catalogue as one Parquet table, a row for each dataset."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from pipelines.lean import load_arrow
from standards import late

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
else:
    pa = late.module("pyarrow")
    pq = late.module("pyarrow.parquet")

AT_ONCE: Final = 1000
SPOKEN: Final = ("vi", "en")


def table(asked: Mapping[str, str]) -> int:
    """Write the Parquet file ``table`` of the lines in ``lines`` (JSON, gzip); gives how many rows it has."""
    load_arrow(numpy=True)
    shape, rows = schema(), 0
    with gzip.open(asked["lines"], "rb") as lines, pq.ParquetWriter(asked["table"], shape, compression="zstd") as out:
        while batch := [row(orjson.loads(line)) for line in itertools.islice(lines, AT_ONCE)]:
            out.write_table(pa.Table.from_pylist(batch, schema=shape))
            rows += len(batch)
    return rows


def schema() -> pa.Schema:
    """Give the columns: one for each member that is asked for often, lists and structures where there are several."""
    texts, moment = pa.list_(pa.string()), pa.timestamp("us", tz="UTC")
    column = pa.struct([("resource", pa.string()), ("name", pa.string()), ("type", pa.string()), ("title", pa.string()),
                        ("meaning", pa.string())])
    file = pa.struct([("resource", pa.string()), ("name", pa.string()), ("role", pa.string()),
                      ("media_type", pa.string()), ("bytes", pa.int64()), ("rows", pa.int64()),
                      ("sha256", pa.string()), ("url", pa.string())])
    spoken = [(f"{name}_{tag}", pa.string()) for name in ("title", "description") for tag in SPOKEN]
    return pa.schema([
        ("id", pa.string()), ("slug", pa.string()), *spoken, ("publisher_id", pa.string()), ("publisher", pa.string()),
        ("licence", pa.string()), ("standard", pa.string()), ("themes", texts), ("tags", texts), ("spatial", texts),
        ("frequency", pa.string()), ("period_start", pa.string()), ("period_end", pa.string()), ("issued", moment),
        ("modified", moment), ("version", pa.int32()), ("rows", pa.int64()), ("quality", pa.float64()),
        ("columns", pa.list_(column)), ("files", pa.list_(file)), ("page", pa.string()), ("api", pa.string()),
    ])


def row(one: Mapping[str, Any]) -> dict[str, Any]:
    """Put a dataset of the native API into a row."""
    resources = one["resources"]
    counted = [each["rows"] for each in resources if each["rows"] is not None]
    period = one["temporal"] or {}
    return {
        **{name: one[name] for name in ("id", "slug", "licence", "standard", "themes", "tags", "spatial", "frequency",
                                        "version")},
        **{f"{name}_{tag}": one[name].get(tag) for name in ("title", "description") for tag in SPOKEN},
        "publisher_id": one["organization"]["id"], "publisher": _said(one["organization"]["title"]),
        "period_start": period.get("start"), "period_end": period.get("end"), "issued": _moment(one["issued"]),
        "modified": _moment(one["modified"]), "rows": sum(counted) if counted else None,
        "quality": one["quality"]["score"], "page": one["links"]["page"], "api": one["links"]["self"],
        "columns": list(_columns(resources)),
        "files": [{name: each[name] for name in ("resource", "name", "role", "media_type", "bytes", "rows", "sha256",
                                                 "url")} for each in one["files"]],
    }


def _columns(resources: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in resources:
        for one in each["columns"]:
            yield {"resource": each["name"], "name": one["name"], "type": one["type"], "title": _said(one["title"]),
                   "meaning": one["meaning"]}


def _said(text: Mapping[str, str]) -> str | None:
    return text.get("vi") or next(iter(text.values()), None)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
