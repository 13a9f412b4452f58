"""An erasure: personal data published by mistake, taken away everywhere by two people; the record of it holds no value.

Legal basis: Luật 91/2025/QH15 on the protection of personal data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

BASIS = "Luật 91/2025/QH15"
LEDGER = "erasures.json"
"""The record of all erasures beside the public-state records and beside each backup: what is applied again."""

ErasureState = Literal["asked", "confirmed", "done", "refused"]

NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ .\-]?[0-9]){6,}(?![0-9])")
"""Seven digits or more, also in groups: no day, no year and no number of a law is written so."""

MAILBOX = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
SHORTEST = 4
NAME_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What two people had taken away: scope, reason, who and when, and the hashes of what is gone.

    ``versions`` are numbers of ``dataset``; ``whole``: all of it; ``others`` are versions of other datasets that held
    the same bytes; ``uploads`` are ids of submissions; ``kept`` are hashes that stay, as others refer to them.
    ``staged`` names staged bytes that are still to go; ``backups_until`` is when the last backup with them is gone;
    ``store_keeps`` says that the store may hold older states of its objects that we cannot take away.
    """

    id: str
    dataset: str
    slug: str
    organisation: str
    state: ErasureState = "asked"
    versions: tuple[int, ...] = ()
    whole: bool = False
    upload: str = ""
    uploads: tuple[str, ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    sharing: Literal["", "include", "keep"] = ""
    hashes: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    staged: tuple[str, ...] = ()
    reason: str = ""
    basis: str = BASIS
    asked_by: str = ""
    asked: datetime
    confirmed_by: str = ""
    confirmed: datetime | None = None
    finished: datetime | None = None
    backups_until: datetime | None = None
    store_keeps: bool = False

    @property
    def scope(self) -> tuple[tuple[str, int], ...]:
        """Every version that goes, as (dataset, number)."""
        return (*((self.dataset, one) for one in self.versions), *self.others)

    def public(self) -> Mapping[str, Any]:
        """Say of it what everybody may know: no person, no value."""
        return {"id": self.id, "basis": self.basis, "asked": self.asked, "confirmed": self.confirmed,
                "backups_until": self.backups_until, "objects": len(self.hashes), "hashes": list(self.hashes)}


def betrays(reason: str, values: Iterable[str]) -> bool:
    """Tell whether words hold what looks like personal data, or one of the values that are to go."""
    if NUMBER.search(reason) or MAILBOX.search(reason):
        return True
    said = " ".join(reason.casefold().split())
    return any(_telling(one) and " ".join(one.casefold().split()) in said for one in values)


def _telling(value: str) -> bool:
    """Whether a cell tells something by itself: a number, a mailbox, or the words of a full name."""
    digits = sum(sign.isdigit() for sign in value)
    return len(value) >= SHORTEST and (
        digits >= SHORTEST or "@" in value or (not digits and len(value.split()) >= NAME_WORDS and value.istitle())
    )
