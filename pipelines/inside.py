"""What runs inside the child, and nowhere else: inspect → look → repair → profile → validate → convert."""

from __future__ import annotations

from catalog.model import Outcome
from pipelines.format import Unreadable
from pipelines.step import Parcel, Step, conclude, walk
from pipelines.steps import convert, inspect, profile, repair, structure, validate

STEPS: tuple[Step, ...] = (
    inspect.run,
    structure.run,
    repair.run,
    profile.run,
    validate.run,
    repair.propose,
    convert.run,
)


def look(parcel: Parcel) -> Outcome:
    """Walk the steps and give what they found; a file that cannot be read is told with what it looks like."""
    try:
        walked = walk(parcel, STEPS)
    except Unreadable as refused:
        reason = {"code": refused.code, "params": refused.params}
        return Outcome(readable=False, reason=reason, file=inspect.looks_like(parcel))
    return walked.outcome or conclude(walked)
