"""A declaration: somebody's answer whether a file holds state secrets, or data that may not be opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The answer (``contains``: state secrets, or important or core data, QĐ 20/2025/QĐ-TTg), by whom (id), when."""

    answer: Literal["none", "contains"]
    by: str
    at: datetime
    note: str = ""
