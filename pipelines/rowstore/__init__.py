"""Rows asked by what a Table's readers ask (``catalog.rows``), of Parquet files: published tables, and snapshots."""

from __future__ import annotations

from pipelines.rowstore.making import child

__all__ = ["child"]
