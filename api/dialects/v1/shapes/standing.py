"""What the doors of how the site stands give."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.dialects.v1.shapes.answers import Out


class _Head(Out):
    at: str = Field(description="When it was counted.")
    theme: str | None
    period: str
    watched_since: str | None = Field(description="Since when outages are seen; null where no worker ever looked.")


class StatusOut(_Head):
    """Every section, each a list of its rows."""

    sections: dict[str, list[dict[str, Any]]]


class StatusSectionOut(_Head):
    """One section."""

    section: str
    columns: list[str]
    items: list[dict[str, Any]]
    total: int
    next: None
