"""Use cases of stewards: releases of code lists and versions of table standards, from the draft to being in force."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.catalog.rechecking import Rechecking
from catalog.errors import Conflict, NotFound, Problem, Stale
from catalog.events import ReleaseAccepted, ReleaseDrafted
from catalog.installed import Release
from catalog.members import refuse
from catalog.model import Caller
from catalog.permit import may

LONGEST = 2000
MOST_DRAFTS = 50


class Installing(Rechecking):
    """What holds on this site beside what is shipped."""

    def standards_mark(self) -> str:
        """Give the mark that changes with every release: whoever keeps lists in memory asks for it."""
        with self._records.read() as unit:
            return unit.installed_mark()

    def installed(self) -> tuple[str, Sequence[Release]]:
        """Give the mark, and every accepted release in the order of acceptance."""
        with self._records.read() as unit:
            return unit.installed_mark(), unit.releases(state="accepted")

    def may_keep_standards(self, caller: Caller) -> bool:
        """Tell whether the caller is a steward (or an operator)."""
        return may(caller, "keep-standards")

    def steward(self, caller: Caller) -> str:
        """Give the steward's name; raises NotKnown, NotAllowed."""
        actor = self._actor(caller)
        self._must(caller, "keep-standards")
        return actor

    def releases(self, caller: Caller, *, kind: str = "", subject: str = "") -> Sequence[Release]:
        """Accepted releases for everybody; for stewards the drafts too, behind them."""
        with self._records.read() as unit:
            state = "" if may(caller, "keep-standards") else "accepted"
            return unit.releases(kind=kind, subject=subject, state=state)

    def release(self, caller: Caller, release: str) -> Release:
        """Find a release; a draft is there for stewards only. Raises NotFound."""
        with self._records.read() as unit:
            one = unit.release(release)
        if one is None or (one.state != "accepted" and not may(caller, "keep-standards")):
            raise NotFound
        return one

    def draft_release(self, caller: Caller, one: Release, objects: Sequence[bytes]) -> Release:
        """Keep a draft of a release with the objects that it names. Raises NotAllowed, Invalid, Conflict.

        ``one`` comes without id, number, author and moments, with the number that it ``follows``; the same draft again
        gives the one that is there.
        """
        actor = self.steward(caller)
        refuse(_told(one))
        with self._records.read() as unit:
            drafts = unit.releases(state="draft")
        same = next((each for each in drafts if _same(each, one, actor)), None)
        if same is not None:
            return same
        if len(drafts) >= MOST_DRAFTS:
            raise Conflict("drafts-too-many", limit=MOST_DRAFTS)
        made = replace(
            one, id=self._new_id(), number=0, state="draft",
            by=caller.person.id if caller.person else "", author=actor, created=self._now(), accepted=None,
        )
        self._put(made, objects)
        with self._records.begin() as unit:
            unit.add_release(made)
            unit.release_claims(_holder(made))
            unit.audit(actor, "draft-release", made.id, kind=made.kind, subject=made.subject, digest=made.digest)
        return made

    def _put(self, made: Release, objects: Sequence[bytes]) -> None:
        """Put the objects of a release, claimed first: a crash after this leaves objects that the sweep finds."""
        with self._records.begin() as unit:
            for content in objects:
                unit.claim(hashlib.sha256(content).hexdigest(), _holder(made))
        for content in objects:
            self._files.put(io.BytesIO(content))

    def explore_later(self, release: str) -> None:
        """Have what a draft touches found out in the background."""
        with self._records.begin() as unit:
            if unit.release(release) is not None:
                unit.announce(ReleaseDrafted(release=release))

    def save_report(self, release: str, report: Mapping[str, Any]) -> Release:
        """Keep how far it is known what a draft touches; raises NotFound. Without effect once it is accepted."""
        with self._records.begin() as unit:
            one = unit.release(release)
            if one is None:
                raise NotFound
            if one.state == "draft":
                one = replace(one, report=report)
                unit.save_release(one)
        return one

    def accept_release(self, caller: Caller, release: str, *, digest: str = "") -> Release:
        """Let a draft be in force; with ``digest`` only if that is what it comes to. Published data are checked again.

        The same again is nothing. Raises NotAllowed, NotFound, and Stale when another release of the same list (or
        version of the same standard) came into force since the draft was made.
        """
        actor = self.steward(caller)
        with self._records.begin() as unit:
            one = unit.release(release)
            if one is None:
                raise NotFound
            if digest and digest != one.digest:
                raise Stale("release-differs")
            if one.state == "accepted":
                return one
            accepted = unit.releases(kind=one.kind, subject=one.subject, state="accepted")
            if (accepted[-1].number if accepted else 0) != one.follows:
                raise Stale("release-overtaken", subject=one.subject)
            one = replace(one, state="accepted", number=one.follows + 1, accepted=self._now())
            unit.save_release(one)
            unit.audit(
                actor, "accept-release", one.id, kind=one.kind, subject=one.subject, number=one.number,
                nature=one.nature, basis=one.basis, base=one.base, digest=one.digest,
                effective=one.effective.isoformat() if one.effective else "", reason=one.reason,
            )
            if one.kind == "codelist":
                unit.announce(ReleaseAccepted(release=one.id))
        return one

    def drop_release(self, caller: Caller, release: str) -> None:
        """Throw a draft away. Raises NotAllowed, NotFound, Conflict for one that is in force."""
        actor = self.steward(caller)
        with self._records.begin() as unit:
            one = unit.release(release)
            if one is None:
                raise NotFound
            if one.state != "draft":
                raise Conflict("release-in-force")
            unit.drop_release(release)
            unit.audit(actor, "drop-release", release, kind=one.kind, subject=one.subject)


def _told(one: Release) -> list[Problem]:
    """What must be said of every release."""
    wanted = {"basis": one.basis, "source": one.source} if one.kind == "codelist" else {}
    if one.nature == "correction":
        wanted["reason"] = one.reason
    found = [Problem(f"#/{member}", "required") for member, words in wanted.items() if not words.strip()]
    if one.kind == "codelist" and one.effective is None:
        found.append(Problem("#/effective", "required"))
    words = {"basis": one.basis, "source": one.source, "reason": one.reason, "note": one.note}
    return found + [
        Problem(f"#/{member}", "too-long", {"limit": LONGEST}) for member, said in words.items() if len(said) > LONGEST
    ]


def _same(one: Release, other: Release, actor: str) -> bool:
    members = (
        "kind", "subject", "nature", "effective", "basis", "source", "reason", "note", "content", "digest", "follows",
    )
    return one.author == actor and all(getattr(one, member) == getattr(other, member) for member in members)


def _holder(one: Release) -> str:
    return f"release:{one.id}"
