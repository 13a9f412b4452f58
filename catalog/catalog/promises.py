"""What the publish protocol promises, by name (I1 to I12), and what the logs say of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from catalog.chain import broken_links
from catalog.model import AuditRow, Change, Entry, Submission, Version
from catalog.ports import Unit

PROMISES: Final[Mapping[str, str]] = {
    "I1": "No half version: every file that a manifest names is there in all its formats, with its rows and its hash.",
    "I2": "No upload that was acknowledged is lost: each is being worked on, waits for people, or came to its end.",
    "I3": "Version numbers are 1 to n without a gap, and one upload is published once.",
    "I4": "The bytes of a version never change: its manifest is the one that the audit chain sealed.",
    "I5": "The store holds what is referred to, and what is too young for the sweep; nothing stays half sent.",
    "I6": "Every object that is referred to is there and has its hash.",
    "I7": "Search knows exactly what the public may find, each dataset in its newest state.",
    "I8": "The newest version never goes back, and the change sequence has no gap.",
    "I9": "The audit chain is whole, and has a row for every version and every withdrawal.",
    "I10": "Nothing private, withdrawn or half done stands in the public record.",
    "I11": "No leftovers: no work folder, half-written file or job outlives its maker.",
    "I12": "The site is ready after a start without anybody's hand.",
}
"""The invariants that ``datamo verify`` checks; each of its sentences begins with the name of the broken one."""

PAGE: Final = 1000
RELEASING: Final = "manifest"
"""The member of an audit row's detail that tells a release."""


def audit_of(unit: Unit) -> Iterator[AuditRow]:
    """Give the audit chain, oldest row first."""
    after = 0
    while page := unit.audit_rows(after, PAGE):
        yield from page
        after = page[-1].sequence


def changes_of(unit: Unit) -> Iterator[Change]:
    """Give the change sequence, oldest first."""
    after = 0
    while page := unit.changes(after, PAGE):
        yield from page
        after = page[-1].sequence


@dataclass(slots=True)
class Sealed:
    """What the audit chain says was released and withdrawn; ``first``: of each dataset, the first version it tells."""

    broken: Sequence[str] = ()
    manifests: dict[tuple[str, int], str] = field(default_factory=dict)
    uploads: dict[str, tuple[str, int]] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    withdrawn: set[tuple[str, int | None]] = field(default_factory=set)
    first: dict[str, int] = field(default_factory=dict)
    rebuilt: bool = False

    def covers(self, dataset: str, number: int) -> bool:
        """Tell whether a version must have its row: the chain of a rebuilt site begins with its making."""
        return not self.rebuilt or number >= self.first.get(dataset, number + 1)


def sealed(unit: Unit) -> Sealed:
    """Read the audit chain once, for all that is asked of it."""
    rows = list(audit_of(unit))
    found = Sealed(broken=[f"I9: audit chain broken at row {number}" for number in broken_links(rows)])
    for row in rows:
        _note(found, row)
    return found


def _note(found: Sealed, row: AuditRow) -> None:
    number = row.detail.get("version")
    if row.act == "rebuild":
        found.rebuilt = True
    elif row.act == "erase":
        found.withdrawn |= {(row.object, one) for one in row.detail.get("erased") or ()}
    elif row.act == "withdraw":
        found.withdrawn.add((row.object, number))
    elif row.detail.get(RELEASING) and isinstance(number, int):
        found.manifests[row.object, number] = str(row.detail[RELEASING])
        found.first.setdefault(row.object, number)
        for upload in row.detail.get("submissions") or ():
            if found.uploads.setdefault(upload, (row.object, number)) != (row.object, number):
                found.twice.append(f"I3: upload {upload} was published twice")


def broken_numbers(entry: Entry, versions: Sequence[Version], sealed_: Sealed) -> Iterator[str]:
    """Hold a dataset's version numbers and seals against the audit chain; ``versions`` are oldest first."""
    if [one.number for one in versions] != list(range(1, len(versions) + 1)):
        yield f"I3: {entry.slug}: version numbers are not 1 to {len(versions)}"
    if (entry.version or 0) != len(versions):
        yield f"I8: {entry.slug}: newest version is {len(versions)}, the dataset says {entry.version}"
    for one in versions:
        where = f"{entry.slug} version {one.number}"
        seal = sealed_.manifests.get((entry.id, one.number))
        if seal is None and sealed_.covers(entry.id, one.number):
            yield f"I9: {where}: the audit chain does not know of it"
        elif seal is not None and seal != one.manifest:
            yield f"I4: {where}: its manifest is not the one that was sealed"
        gone = (entry.id, one.number) in sealed_.withdrawn or (entry.id, None) in sealed_.withdrawn
        if one.state == "withdrawn" and not (gone or sealed_.rebuilt):
            yield f"I9: {where}: the audit chain does not know of its withdrawal"


def vanished(sealed_: Sealed, held: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Give the versions that the audit chain saw released and that are not there any more."""
    for dataset, number in sorted(sealed_.manifests.keys() - set(held)):
        yield f"I9: dataset {dataset} version {number} was released and is not there"


def broken_sequence(unit: Unit) -> Iterator[str]:
    """Hold the change sequence against itself: no gap, and no version announced after a newer one."""
    last = 0
    newest: defaultdict[str, int] = defaultdict(int)
    for change in changes_of(unit):
        if last and change.sequence != last + 1:
            yield f"I8: change sequence has a gap after {last}"
        last = change.sequence
        if change.kind == "site-reset":
            newest.clear()
        if change.version and change.kind == "version-published":
            if change.version <= newest[change.dataset]:
                yield f"I8: change {last} goes back to version {change.version} of {change.dataset}"
            newest[change.dataset] = change.version


def published_well(unit: Unit, one: Submission) -> bool:
    """Tell whether the version that an upload says it became is there."""
    return one.version is not None and unit.version(one.dataset, one.version) is not None
