"""Rows asked by what a Table's readers ask (``catalog.rows``), of Parquet files: published tables, and snapshots."""
