"""Use cases of running the site: audit, jobs, health, true numbers, kept answers and the site's facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import get_args

from catalog.catalog.finding import is_late
from catalog.catalog.scrubbing import Scrubbing
from catalog.errors import NotFound, Refusal, Unavailable
from catalog.model import AuditRow, Caller, Job, JobCount, SubmissionState

WORKER_SILENT = 60.0
"""Seconds without a sign of life after which a worker counts as absent."""

INDEX_BEHIND = 1000
FOLLOWERS = ("index", "public-state", "webhooks")
"""The readers of the change sequence that every site has."""


class Operation(Scrubbing):
    """What the people who run the site ask."""

    def audit(self, caller: Caller, after: int = 0, limit: int = 1000) -> Sequence[AuditRow]:
        """Rows of the audit chain after a number, oldest first; raises NotAllowed."""
        self._must(caller, "see-audit")
        with self._records.read() as unit:
            return unit.audit_rows(after, limit)

    def jobs(self, caller: Caller, states: Sequence[str] = ()) -> Sequence[Job]:
        """Work under way or set aside; raises NotAllowed."""
        self._must(caller, "see-jobs")
        return self._jobs.jobs(states=states)

    def job(self, caller: Caller, job: str) -> Job:
        """One job by its id. Raises NotAllowed, NotFound."""
        self._must(caller, "see-jobs")
        found = self._jobs.status(job)
        if found is None or found.id != job:
            raise NotFound("job-not-found", job=job)
        return found

    def retry_job(self, caller: Caller, job: str) -> None:
        """Run a job that was set aside once more. Raises NotAllowed, NotFound, Conflict."""
        actor = self._actor(caller)
        self._must(caller, "operate")
        self._jobs.retry(job)
        with self._records.begin() as unit:
            unit.audit(actor, "retry-job", job)

    def cancel_job(self, caller: Caller, job: str) -> None:
        """Stop a job before its next step. Raises NotAllowed, NotFound."""
        actor = self._actor(caller)
        self._must(caller, "operate")
        self._jobs.cancel(job)
        with self._records.begin() as unit:
            unit.audit(actor, "cancel-job", job)

    def health(self) -> Mapping[str, Mapping[str, str]]:
        """Parts by name with ``state`` ok | degraded | down and, where one is not ok, ``reason``."""
        return {
            "database": _state(self._check_database, "down"),
            "files": self._files_health(),
            "search": _state(self._check_index, "degraded"),
            "worker": _state(self._check_worker, "degraded"),
        }

    def _files_health(self) -> Mapping[str, str]:
        found = _state(self._files.check, "down")
        if found["state"] != "ok":
            return found
        return _state(self._check_objects, "degraded")

    def _check_objects(self) -> None:
        damaged = {}
        with suppress(Unavailable):  # that the database is away is told by its own part
            damaged = self.scrub_state()["damaged"]
        if damaged:
            raise Unavailable("storage-damaged")

    def _check_database(self) -> None:
        with self._records.read() as unit:
            unit.last_change()

    def _check_index(self) -> None:
        self._index.check()
        with self._records.read() as unit:
            if unit.last_change() - unit.position("index") > INDEX_BEHIND or is_late(unit, self._now()):
                raise Unavailable("search-behind")

    def _check_worker(self) -> None:
        if not any(silent <= WORKER_SILENT for _, silent in self._jobs.workers()):
            raise Unavailable("no-worker")

    def statistics(self) -> Mapping[str, int]:
        """Give true numbers of what the public can see: datasets, versions, rows, organisations."""
        with self._records.read() as unit:
            return unit.totals()

    def queue_sizes(self) -> Mapping[str, int]:
        """Tell how many uploads stand in each state that is not final (at most 10,000 are counted), for metrics."""
        open_states = [one for one in get_args(SubmissionState) if one in ("received", "checking", "in_review")]
        with self._records.read() as unit:
            return {state: len(unit.submissions(states=[state], limit=10_000)) for state in open_states}

    def queue(self) -> Sequence[JobCount]:
        """Count the jobs that wait, run or were set aside, by queue, with the age of the oldest of each."""
        return self._jobs.counts()

    def behind(self) -> Mapping[str, int]:
        """Count the changes that each follower of the change sequence has yet to follow."""
        with self._records.read() as unit:
            newest = unit.last_change()
            return {name: max(0, newest - unit.position(name)) for name in FOLLOWERS}

    def workers_alive(self) -> int:
        """Count the workers that gave a sign of life lately."""
        return sum(silent <= WORKER_SILENT for _, silent in self._jobs.workers())

    # -- answers kept under an Idempotency-Key ------------------------------------------------------------------
    def claim_answer(self, key: str) -> tuple[str, bytes] | None:
        """Take a key for a request under way, None when it is ours now; else what is kept: fingerprint and answer.

        An empty answer means that the first request is still under way.
        """
        with self._records.begin() as unit:
            kept = unit.recall(key)
            if kept is None:
                unit.remember(key, "", b"")
            return kept

    def keep_answer(self, key: str, fingerprint: str, answer: bytes) -> None:
        """Keep the answer to the request that took the key; for a day."""
        with self._records.begin() as unit:
            unit.remember(key, fingerprint, answer)

    def drop_answer(self, key: str) -> None:
        """Give a key back: its request came to nothing."""
        with self._records.begin() as unit:
            unit.forget_answer(key)

    # -- facts about the site -----------------------------------------------------------------------------------
    def site_fact(self, name: str) -> str:
        """Give a fact about the site, "" when it is not known."""
        with self._records.read() as unit:
            return unit.site(name)

    def set_site_fact(self, name: str, value: str) -> str:
        """Note a fact about the site unless it is known already; gives the one that counts."""
        with self._records.begin() as unit:
            known = unit.site(name)
            if not known:
                unit.set_site(name, value)
            return known or value


def _state(check: Callable[[], None], when_not: str) -> Mapping[str, str]:
    try:
        check()
    except Refusal as refusal:
        return {"state": when_not, "reason": refusal.code}
    return {"state": "ok"}
