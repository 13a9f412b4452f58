"""Use cases of sources: catalogues elsewhere that are read again and again; when, how far, and what is asked first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from catalog.catalog.adopting import Adopting
from catalog.errors import Conflict, NotFound, Problem, Stale
from catalog.events import SourceDue
from catalog.harvest import KINDS, Harvested, Run, Source, key_of
from catalog.members import LANGUAGE, SLUG, UUID, check_url, check_words, refuse
from catalog.model import Caller
from catalog.ports import Unit

KEPT_RUNS = 50
MOST_HOURS = 24 * 366
WHOLE_DAYS = 7
"""After so many days everything is looked at again, although a source tells what changed."""

MOST_GONE = 0.1
"""The share of a source's datasets that may go without anybody being asked."""


class Harvesting(Adopting):
    """Sources and their runs. Operators alone see and keep them."""

    def add_source(self, caller: Caller, *, name: str, kind: str, url: str, organisation: str = "",
                   **wishes: Any) -> Source:
        """Keep a source; its first run is due at once unless it is run by hand (``hours=0``).

        ``wishes`` are title, agencies, moved, hours and language of ``Source``. Raises NotAllowed, NotFound, Invalid,
        Conflict("source-taken").
        """
        actor = self._actor(caller)
        self._must(caller, "harvest")
        now = self._now()
        kept = next((one for one in KINDS if one == kind), KINDS[0])
        with self._records.begin() as unit:
            owner = self._organisation(unit, organisation, "#/organization").id if organisation else ""
            one = Source(id=self._new_id(), name=name, kind=kept, url=url, organisation=owner, created=now, by=actor,
                         **wishes)
            refuse(_problems(one, kind))
            if unit.source(name) is not None:
                raise Conflict("source-taken", problems=[Problem("#/name", "source-taken")])
            one = replace(one, due=now if one.hours else None)
            unit.save_source(one)
            unit.audit(actor, "add-source", one.id, name=name, kind=kind, url=url)
        return one

    def sources(self, caller: Caller) -> Sequence[Source]:
        """Give all sources. Raises NotAllowed."""
        self._must(caller, "harvest")
        with self._records.read() as unit:
            return unit.sources()

    def source(self, caller: Caller, key: str) -> Source:
        """Find a source by id or name. Raises NotAllowed, NotFound."""
        self._must(caller, "harvest")
        with self._records.read() as unit:
            return _source(unit, key)

    def amend_source(self, caller: Caller, key: str, **changes: Any) -> Source:
        """Change title, url, agencies, hours, language or pause it. Raises NotAllowed, NotFound, Invalid."""
        actor = self._actor(caller)
        self._must(caller, "harvest")
        with self._records.begin() as unit:
            old = _source(unit, key)
            new = replace(old, **changes)
            refuse(_problems(new, new.kind))
            if new.url != old.url:  # what was noted of another address says nothing of this one
                new = replace(new, hints={}, whole=None)
            new = replace(new, due=None if not new.hours else new.due or self._now())
            unit.save_source(new)
            unit.audit(actor, "amend-source", new.id, name=new.name, changed=sorted(changes))
        return new

    def drop_source(self, caller: Caller, key: str) -> None:
        """Forget a source; what came from it stays, as datasets of their agencies. Raises NotAllowed, NotFound."""
        actor = self._actor(caller)
        self._must(caller, "harvest")
        with self._records.begin() as unit:
            one = _source(unit, key)
            unit.drop_source(one.id)
            unit.audit(actor, "drop-source", one.id, name=one.name)

    def runs(self, caller: Caller, key: str, limit: int = 20) -> Sequence[Run]:
        """Give the runs of a source, newest first. Raises NotAllowed, NotFound."""
        self._must(caller, "harvest")
        with self._records.read() as unit:
            return unit.runs(_source(unit, key).id, limit)

    # -- running ------------------------------------------------------------------------------------------------
    def begin_run(self, caller: Caller, key: str, *, whole: bool = False, here: bool = False) -> Run:
        """Begin a run, or go on with the one that was interrupted; ``here``: the caller works on it, no worker.

        Raises NotAllowed, NotFound.
        """
        self._must(caller, "harvest")
        with self._records.begin() as unit:
            source = _source(unit, key)
            run = self._begin(unit, source, whole=whole)
            if not here:
                unit.announce(SourceDue(source=source.id, run=run.id, attempt=int(run.cursor.get("steps", 0))))
        return run

    def begin_due_runs(self) -> int:
        """Begin the runs whose time has come; for the worker. Returns how many."""
        with self._records.read() as unit:
            waiting = unit.sources(due=self._now())
        if not waiting:
            return 0
        with self._records.begin() as unit:
            due = unit.sources(due=self._now())
            for source in due:
                run = self._begin(unit, source)
                unit.announce(SourceDue(source=source.id, run=run.id))
        return len(due)

    def _begin(self, unit: Unit, source: Source, *, whole: bool = False) -> Run:
        """Give the run that is under way, or make one; the next one is due ``hours`` from now."""
        now = self._now()
        last = unit.run(source.run) if source.run else None
        if last is not None and last.state == "running":
            unit.save_source(replace(source, due=self._next_due(source)))
            return last
        since = "" if whole else str(source.hints.get("since", ""))
        if source.whole is None or now - source.whole > timedelta(days=WHOLE_DAYS):
            since = ""
        run = Run(id=self._new_id(), source=source.id, whole=not since, since=since, started=now)
        unit.save_run(run)
        unit.drop_runs(source.id, KEPT_RUNS)
        unit.save_source(replace(source, run=run.id, due=self._next_due(source)))
        return run

    def _next_due(self, source: Source) -> Any:
        return self._now() + timedelta(hours=source.hours) if source.hours and not source.paused else None

    def at_run(self, run: str) -> tuple[Source, Run]:
        """Give a run with its source, for whoever works on it. Raises NotFound."""
        with self._records.read() as unit:
            found = unit.run(run)
            source = unit.source(found.source) if found else None
            if found is None or source is None:
                raise NotFound
            return source, found

    def unseen(self, source: str, run: str, limit: int) -> Sequence[Harvested]:
        """Give what is held of a source and was not seen by a run; for whoever works on it."""
        with self._records.read() as unit:
            return unit.unseen(source, run, limit)

    def count_harvested(self, source: str) -> int:
        """Count what is held of a source and there still."""
        with self._records.read() as unit:
            return unit.count_harvested(source)

    def harvested(self, source: str, remotes: Sequence[str]) -> Sequence[Harvested]:
        """Give what is held of these ids of a source and not gone."""
        with self._records.read() as unit:
            return [one for one in unit.harvested(source, [key_of(each) for each in remotes]) if not one.gone]

    def still_there(self, run: str, remotes: Sequence[str]) -> None:
        """Note that these were found after all."""
        with self._records.begin() as unit:
            one = unit.run(run)
            if one is not None:
                unit.mark_seen(one.source, remotes, run)

    # -- its end ------------------------------------------------------------------------------------------------
    def end_run(self, run: str, *, reason: str = "", hints: Mapping[str, Any] | None = None,
                unchanged: bool = False) -> Run:
        """End a run: failed with a reason; else what a whole one did not see is gone, unless an operator is asked.

        ``unchanged``: the source said that nothing changed. A source that has nothing any more has failed.
        """
        source, one = self.at_run(run)
        if one.state != "running":
            return one
        if reason:
            return self._run_ended(replace(one, state="failed", reason=reason), source, {})
        with self._records.read() as unit:
            held = unit.count_harvested(source.id)
            going = len(unit.unseen(source.id, run)) if one.whole and not unchanged else 0
        if held and going == held:
            return self._run_ended(replace(one, state="failed", reason="empty", going=going), source, {})
        if going > held * MOST_GONE and not one.confirmed:
            return self._run_ended(replace(one, state="asks", going=going), source, {})
        if going:
            self._let_go(source, one)
        with self._records.read() as unit:
            latest = unit.run(run) or one
        return self._run_ended(replace(latest, state="done", going=0), source, hints or {})

    def _run_ended(self, run: Run, source: Source, hints: Mapping[str, Any]) -> Run:
        now = self._now()
        run = replace(run, finished=now, cursor={"kept": {**hints}} if run.state == "asks" else {})
        with self._records.begin() as unit:
            before = unit.run(run.id)
            if before is None or before.state not in ("running", "asks"):
                return before or run
            unit.save_run(run)
            latest = unit.source(source.id) or source
            if run.state == "done":
                latest = replace(latest, hints={**latest.hints, **hints}, count=unit.count_harvested(source.id),
                                 whole=run.started if run.whole else latest.whole)
            unit.save_source(latest)
            unit.audit("system", "harvested", source.id, name=source.name, state=run.state, counts=dict(run.counts),
                       reason=run.reason)
        return run

    def confirm_run(self, caller: Caller, key: str) -> Run:
        """Let go what the last run did not find, though it is much. Raises NotAllowed, NotFound, Conflict."""
        self._must(caller, "harvest")
        source = self.source(caller, key)
        with self._records.begin() as unit:
            run = unit.run(source.run) if source.run else None
            if run is None or run.state != "asks":
                raise Conflict("nothing-to-confirm")
            run = replace(run, confirmed=True)
            unit.save_run(run)
            unit.audit(self._actor(caller), "confirm-harvest", source.id, name=source.name, going=run.going)
        self._let_go(source, run)
        with self._records.read() as unit:
            latest = unit.run(run.id) or run
        return self._run_ended(replace(latest, state="done", going=0), source, {})

    def _let_go(self, source: Source, run: Run) -> None:
        """Withdraw what a whole run did not see; a tombstone says where it is gone from."""
        if not run.whole:
            return
        with self._records.read() as unit:
            gone = unit.unseen(source.id, run.id)
        reason = f"Không còn ở nguồn {source.title or source.name} (no longer at its source)."
        for one in gone:
            with self._records.read() as unit:
                entry = unit.entry(one.dataset)
            if entry is not None and entry.state == "published":
                self.withdraw(self.system(), entry.id, reason)
            with self._records.begin() as unit:
                unit.save_harvested([replace(one, gone=True)])
                latest = unit.run(run.id)
                if latest is None:
                    raise Stale("run-gone")
                unit.save_run(latest.counted({"gone": 1}))


def _source(unit: Unit, key: str) -> Source:
    found = unit.source(key)
    if found is None:
        raise NotFound("source-not-found")
    return found


def _problems(one: Source, kind: str) -> Iterator[Problem]:
    if not SLUG.fullmatch(one.name) or UUID.fullmatch(one.name):
        yield Problem("#/name", "not-a-slug")
    if kind not in KINDS:
        yield Problem("#/kind", "unknown-value", {"value": kind})
    yield from check_url("#/url", one.url or "none")
    yield from check_words("#/title", one.title, 300)
    if not 0 <= one.hours <= MOST_HOURS:
        yield Problem("#/hours", "unknown-value", {"value": one.hours})
    if not LANGUAGE.fullmatch(one.language):
        yield Problem("#/language", "not-a-language")
    if not one.organisation and not one.agencies:
        yield Problem("#/organization", "required")
