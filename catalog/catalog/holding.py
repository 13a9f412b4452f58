"""Parts held back: hidden on every surface when personal data are reported, until somebody looked; pure rules of it.

A part is hidden in every version, with the originals of the uploads it came from, which hold its rows too. A dataset
held as a whole is private meanwhile: drafts and private data answer like things that do not exist, everywhere.
"""

from __future__ import annotations

from dataclasses import replace

from catalog.events import DatasetChanged
from catalog.model import Entry, Version
from catalog.ports import Unit
from catalog.voice import WHOLE


def without_held(entry: Entry, version: Version) -> Version:
    """Give a version as readers see it: without the parts that are held back, nor any file that holds them too."""
    if not entry.held:
        return version
    origins = {one.submission for one in version.resources if one.name in entry.held and one.submission}
    return replace(version, resources=tuple(
        replace(one, files=tuple(file for file in one.files if file.role != "original"))
        if one.submission in origins else one
        for one in version.resources if one.name not in entry.held
    ))


def held_now(entry: Entry) -> Entry:
    """Give the dataset with what of it is still reported; private while the whole is."""
    return replace(entry, visibility="private") if WHOLE in entry.held else entry


def hold(unit: Unit, entry: Entry, part: str, number: str, actor: str) -> Entry:
    """Hide a part, or the whole, for the report with this number; the change is announced."""
    entry = held_now(replace(entry, held={**entry.held, part: number}))
    unit.audit(actor, "hold", entry.id, resource=part, report=number)
    return _told(unit, entry)


def release(unit: Unit, entry: Entry, part: str, actor: str) -> Entry:
    """Show a part again, or the whole, which was public before."""
    entry = replace(entry, held={name: number for name, number in entry.held.items() if name != part})
    if part == WHOLE:
        entry = replace(entry, visibility="public")
    unit.audit(actor, "lift-hold", entry.id, resource=part)
    return _told(unit, entry)


def _told(unit: Unit, entry: Entry) -> Entry:
    told = replace(entry, sequence=unit.announce(DatasetChanged(dataset=entry.id)))
    unit.save_entry(told)
    return told
