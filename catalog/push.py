"""Pushing as values: portals elsewhere that are told of our datasets, and how each dataset stands there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PushState = Literal["waiting", "sent", "withdrawn", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A portal that speaks CKAN. Datasets of ``organisation`` (an id) go there, as those of ``owner`` (its name there).

    ``prefix`` goes before our addresses, so that they are nobody else's there. Its key stands in the settings.
    """

    name: str
    url: str
    organisation: str
    owner: str = ""
    prefix: str = ""
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """How a dataset stands at a target: its id there, what was sent, how often it was tried, what went wrong last."""

    target: str
    dataset: str
    state: PushState = "waiting"
    remote: str = ""
    name: str = ""
    sequence: int = 0
    tries: int = 0
    error: str = ""
    at: datetime

    @property
    def key(self) -> str:
        """What it is kept under."""
        return f"{self.target}.{self.dataset}"
