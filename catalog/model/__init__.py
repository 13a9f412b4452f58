"""What we hold: agencies, people, datasets, versions, files, submissions; identity, state, history as frozen values."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalog.model.agency import (
        NOBODY,
        Caller,
        Closing,
        Membership,
        Organisation,
        Person,
        Review,
        Role,
        Session,
        SiteRole,
        Token,
    )
    from catalog.model.dataset import (
        Entry,
        EntryState,
        File,
        Listed,
        Notice,
        Resource,
        ResourceKind,
        Version,
        Visibility,
    )
    from catalog.model.kept import Mark, Origin, OriginKind
    from catalog.model.outcome import Artefact, ColumnInfo, FileRole, Options, Outcome, TableOutcome, Update
    from catalog.model.submission import Staged, Submission, SubmissionState
    from catalog.model.trace import AuditRow, Change, Job, JobCount
    from catalog.model.upload import Offer, Upload

__all__ = [
    "NOBODY",
    "Artefact",
    "AuditRow",
    "Caller",
    "Change",
    "Closing",
    "ColumnInfo",
    "Entry",
    "EntryState",
    "File",
    "FileRole",
    "Job",
    "JobCount",
    "Listed",
    "Mark",
    "Membership",
    "Notice",
    "Offer",
    "Options",
    "Organisation",
    "Origin",
    "OriginKind",
    "Outcome",
    "Person",
    "Resource",
    "ResourceKind",
    "Review",
    "Role",
    "Session",
    "SiteRole",
    "Staged",
    "Submission",
    "SubmissionState",
    "TableOutcome",
    "Token",
    "Update",
    "Upload",
    "Version",
    "Visibility",
]

_ROOMS = {
    "agency": (
        "NOBODY",
        "Caller",
        "Closing",
        "Membership",
        "Organisation",
        "Person",
        "Review",
        "Role",
        "Session",
        "SiteRole",
        "Token",
    ),
    "dataset": ("Entry", "EntryState", "File", "Listed", "Notice", "Resource", "ResourceKind", "Version", "Visibility"),
    "kept": ("Mark", "Origin", "OriginKind"),
    "outcome": ("Artefact", "ColumnInfo", "FileRole", "Options", "Outcome", "TableOutcome", "Update"),
    "submission": ("Staged", "Submission", "SubmissionState"),
    "trace": ("AuditRow", "Change", "Job", "JobCount"),
    "upload": ("Offer", "Upload"),
}


def __getattr__(name: str) -> Any:
    """Load the room of a shape when it is first asked for: the check of a small file needs one of them."""
    room = next((room for room, names in _ROOMS.items() if name in names), None)
    if room is None:
        raise AttributeError(name=name, obj=sys.modules[__name__])
    return globals().setdefault(name, getattr(import_module(f"{__name__}.{room}"), name))
