"""A recipe: how the files of a resource are read and repaired, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How the files of a resource are read and repaired, as the last published one was; replayed at the next upload.

    ``fixes`` are words of acceptance (``standards.repair``), columns' new names among them; ``read`` what was
    overridden of the reading.
    """

    dataset: str
    resource: str
    fixes: tuple[str, ...] = ()
    read: Mapping[str, Any] = field(default_factory=dict)
    standard: str = ""
    version: int | None = None
    by: str = ""
    modified: datetime
