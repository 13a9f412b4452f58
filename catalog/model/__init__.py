"""What we hold: agencies, people, datasets, versions, files, submissions; identity, state, history as frozen values."""

from __future__ import annotations

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
    ColumnInfo,
    Entry,
    EntryState,
    File,
    FileRole,
    Resource,
    ResourceKind,
    Version,
    Visibility,
)
from catalog.model.submission import (
    Artefact,
    Options,
    Outcome,
    Staged,
    Submission,
    SubmissionState,
    TableOutcome,
    Update,
)
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
    "Membership",
    "Offer",
    "Options",
    "Organisation",
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
