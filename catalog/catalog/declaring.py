"""Use cases about what a publisher declares: whether a file holds state secrets or data that may not be opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from catalog.catalog.submissions import Submissions
from catalog.errors import Conflict, Problem
from catalog.members import check_words, refuse
from catalog.model import Caller, Organisation, Submission
from standards.portable import to_json

ANSWERS = ("none", "contains")
"""``none``: nothing of the kind; ``contains``: state secrets, or important or core data (QĐ 20/2025/QĐ-TTg)."""
BASIS = "Luật Bảo vệ bí mật nhà nước 29/2018/QH14; QĐ 20/2025/QĐ-TTg"
OPEN_TO = ("received", "checking", "blocked", "ready", "in_review")
NOTE_LIMIT = 2_000


class Declaring(Submissions):
    """The question about secrets, its answer, and what may not be published without it."""

    def asks_declaration(self, owner: Organisation) -> bool:
        """Tell whether an agency's files are published only after the question about secrets was answered."""
        return owner.declares or self._declaration == "required"

    def declare(self, caller: Caller, submission: str, answer: str, note: str = "") -> Submission:
        """Keep somebody's answer to the question about secrets, with who and when; a later answer replaces it.

        Whoever may upload for the agency may answer, until the file is published. Raises NotFound, NotAllowed, Invalid,
        Conflict("wrong-state").
        """
        actor = self._actor(caller)
        with self._records.begin() as unit:
            one, entry = self._submission(unit, caller, submission)
            self._must(caller, "upload", organisation=entry.organisation)
            refuse([] if answer in ANSWERS else [Problem("#/answer", "unknown-value", {"value": answer[:100]})])
            refuse(check_words("#/note", note, NOTE_LIMIT))
            if one.state not in OPEN_TO:
                raise Conflict("wrong-state", state=one.state)
            one = replace(one, declaration=self._declared(caller, answer, note))
            unit.save_submission(one)
            unit.audit(actor, "declare", one.id, answer=answer, note=note, sha256=one.staged.sha256)
        return one

    def _refuse_undeclared(self, owner: Organisation, ones: Iterable[Submission]) -> None:
        """Refuse to publish what was declared to hold secrets and, where the agency asks, what nobody answered for."""
        for one in ones:
            if one.declaration is not None and one.declaration.answer == "contains":
                raise Conflict("declared-protected", submission=one.id)
            if one.declaration is None and self.asks_declaration(owner):
                raise Conflict("declaration-missing", submission=one.id)


def told(ones: Iterable[Submission]) -> tuple[Mapping[str, Any], ...]:
    """Give what a version's manifest says of the answers: file, answer, when and on what basis; who is in the audit."""
    return tuple(
        {"sha256": one.staged.sha256, "answer": one.declaration.answer, "at": to_json(one.declaration.at),
         "basis": BASIS}
        for one in ones if one.declaration is not None
    )  # fmt: skip

