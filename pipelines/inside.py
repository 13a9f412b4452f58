"""What runs inside the child, and nowhere else: inspect → repair → profile → validate → convert on one parcel."""

from __future__ import annotations

from catalog.model import Outcome
from pipelines.step import Parcel, Step, conclude, walk
from pipelines.steps import convert, inspect, profile, repair, validate

STEPS: tuple[Step, ...] = (inspect.run, repair.run, profile.run, validate.run, repair.propose, convert.run)


def look(parcel: Parcel) -> Outcome:
    """Walk the steps and give what they found; raises Unreadable."""
    walked = walk(parcel, STEPS)
    return walked.outcome or conclude(walked)
