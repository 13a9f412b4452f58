"""Who may do what: one table of acts and one pure function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.model import Caller, Review

READERS = frozenset({"reader", "editor", "reviewer", "admin"})
EDITORS = frozenset({"editor", "reviewer", "admin"})
REVIEWERS = frozenset({"reviewer", "admin"})
ADMINS = frozenset({"admin"})
NO_ONE: frozenset[str] = frozenset()
OPERATOR = frozenset({"operator"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may: roles in the agency that the thing belongs to, roles on the site, and the person whom it concerns."""

    agency: frozenset[str] = NO_ONE
    site: frozenset[str] = OPERATOR
    herself: bool = False


ACTS: Mapping[str, Rule] = {
    # what an agency keeps to itself: drafts, private datasets, uploads and their reports, private originals
    "see": Rule(READERS),
    "draft": Rule(EDITORS),
    "describe": Rule(EDITORS),
    "remove-draft": Rule(EDITORS),
    "upload": Rule(EDITORS),
    "submit": Rule(EDITORS),
    "keep-recipe": Rule(EDITORS),
    # making a version visible; where the agency wants a second person, "release" is asked instead
    "publish": Rule(EDITORS),
    "release": Rule(REVIEWERS),
    "approve": Rule(REVIEWERS),
    "reject": Rule(REVIEWERS),
    "release-column": Rule(REVIEWERS),
    "withdraw": Rule(REVIEWERS),
    # personal data published by mistake: anybody of the agency who may write asks, a second person confirms
    "ask-erasure": Rule(EDITORS),
    "erase": Rule(REVIEWERS),
    # what readers ask and report: moderated and answered; what a report of personal data hid is shown again
    "answer-voices": Rule(EDITORS),
    "lift-hold": Rule(REVIEWERS),
    "see-members": Rule(READERS),
    "manage-agency": Rule(ADMINS),
    # the site
    "add-agency": Rule(),
    "restructure": Rule(),
    "add-person": Rule(),
    "see-people": Rule(),
    "see-person": Rule(herself=True),
    "amend-person": Rule(herself=True),
    "disable-person": Rule(),
    "webhooks": Rule(herself=True),
    "tokens": Rule(herself=True),
    "see-audit": Rule(),
    "see-jobs": Rule(),
    "harvest": Rule(),
    "keep-standards": Rule(site=OPERATOR | {"steward"}),
    "operate": Rule(),
}


def may(caller: Caller, act: str, *, organisation: str = "", person: str = "") -> bool:
    """Tell whether the caller may do an act on a thing of this organisation (an id), or one that concerns this person.

    Raises KeyError for an act that the table does not name.
    """
    rule = ACTS[act]
    if caller.person is None or caller.person.disabled:
        return False
    if caller.person.role in rule.site:
        return True
    if rule.herself and person and caller.person.id == person:
        return True
    return bool(organisation) and caller.roles.get(organisation) in rule.agency


def publishing_act(review: Review) -> str:
    """Give the act that making a version visible is, under an agency's rule."""
    return "release" if review == "second_person" else "publish"
