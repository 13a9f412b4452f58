"""A dataset as it was after a deed, as far as versions and the audit chain tell: what nobody sealed is not made up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from api.dialects.ckan.action import Call
from api.dialects.ckan.shown import Shown
from catalog.errors import Refusal
from catalog.model import AuditRow, Entry, Version
from catalog.permit import may
from standards.portable import from_json
from standards.record import Dataset

SEALS: Final = frozenset({"publish", "approve", "arrange", "add-link", "remove-resource", "republish", "harvest"})
"""Deeds that make a version, whose manifest says how the dataset was described then."""
CHANGES: Final = frozenset({"amend", "harvest"})
"""Deeds that change how it is described."""
HIDES: Final = frozenset({"hold", "lift-hold"})
ACTS: Final = tuple(sorted(SEALS | CHANGES | HIDES | {"draft", "withdraw", "purge", "erase"}))
MOST: Final = 10_000
"""Deeds of one dataset that are looked through, the newest."""


class Past:
    """A dataset's deeds, from which its state after each is told: once for all activities of an answer."""

    def __init__(self, call: Call, entry: Entry) -> None:
        self._call, self._entry = call, entry
        self._shown = Shown(call)
        self._own = may(call.caller, "see", organisation=entry.organisation)
        found = call.site.catalog.deeds(targets=[entry.id], acts=ACTS, limit=MOST)
        self.rows: Sequence[AuditRow] = list(reversed(found))
        self._whole = len(found) < MOST
        self._sealed: dict[int, Dataset | None] = {}

    def package(self, sequence: int) -> dict[str, Any] | None:
        """Give the dictionary of ``package_show`` as it was after a deed; None where that is not known or not hers."""
        at = next((at for at, row in enumerate(self.rows) if row.sequence == sequence), None)
        if at is None or not self._whole or self._entry.state == "withdrawn":
            return None
        at = self._together(at)
        number, private = self._number(at), self._private(at)
        if number is None or (not self._own and (not number or private or self._held)):
            return None
        about = self._about(at)
        if about is None:
            return None
        try:
            version = self._call.site.catalog.version(self._call.caller, self._entry.id, number) if number else None
        except Refusal:
            return None
        told = self._told(at, about, version, private=bool(private))
        return told if private is not None else {name: value for name, value in told.items() if name != "private"}

    @property
    def _held(self) -> bool:
        """Whether readers' reports hid something of it once: what was seen when is not told to readers then."""
        return bool(self._entry.held) or any(row.act in HIDES for row in self.rows)

    def _together(self, at: int) -> int:
        """Give the place of the deed that made the first version, where both were one: a dataset made of links."""
        if self.rows[at].act == "draft" and at + 1 < len(self.rows):
            after = self.rows[at + 1]
            if after.sequence == self.rows[at].sequence + 1 and after.detail.get("version") == 1 and after.act in SEALS:
                return at + 1
        return at

    def _number(self, at: int) -> int | None:
        """Give the number of the version that was there, 0 before the first one; None where it was withdrawn."""
        for row in reversed(self.rows[: at + 1]):
            if row.act in SEALS:
                return row.detail.get("version")
            if row.act in ("withdraw", "purge", "erase"):
                return None
        return 0

    def _private(self, at: int) -> bool | None:
        """Tell whether it was its agency's alone; None where nothing says so."""
        if not any(row.act in CHANGES | HIDES for row in self.rows):
            return self._entry.visibility == "private"
        for row in reversed(self.rows[: at + 1]):
            if row.act in HIDES:
                return None
            if "visibility" in row.detail:
                return bool(row.detail["visibility"] == "private")
        return None

    def _about(self, at: int) -> Dataset | None:
        """Give how it was described: as the next version has it sealed, or as it is, if nobody changed it meanwhile."""
        for further, row in enumerate(self.rows[at:]):
            if further and row.act in CHANGES:
                return None
            if row.act in SEALS:
                return self._seal(int(row.detail.get("version") or 0))
        return self._entry.about

    def _seal(self, number: int) -> Dataset | None:
        if number not in self._sealed:
            try:
                content = self._call.site.catalog.manifest(self._call.caller, self._entry.id, number)
                self._sealed[number] = from_json(Dataset, json.loads(content)["dataset"]["about"])
            except Refusal:
                self._sealed[number] = None
        return self._sealed[number]

    def _told(self, at: int, about: Dataset, version: Version | None, *, private: bool) -> dict[str, Any]:
        named = (str(row.detail["slug"]) for row in reversed(self.rows[: at + 1]) if row.detail.get("slug"))
        last = not any(row.act in CHANGES | SEALS for row in self.rows[at + 1 :])
        then = replace(
            self._entry, about=about, slug=next(named, self._entry.slug),
            modified=self._entry.modified if last else self.rows[at].at,
            visibility="private" if private else "public", state="published" if version else "draft",
            version=version.number if version else None,
        )
        return self._shown.package(then, version)
