"""Moving a live site to other engines: objects first, then the records in one transaction while nobody writes."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.errors import Conflict, NotFound
from catalog.ports import Unit
from pipelines.carrying.house import (
    MARK,
    House,
    Needs,
    copy_object,
    finish,
    in_order,
    marked,
    needs_of,
    refuse_held,
    refuse_worker,
    resume,
)
from pipelines.carrying.restore import Filled


def move(source: House, target: House, *, same_files: bool = False, accept_losses: bool = False) -> Filled:
    """Fill an empty site on other engines with everything of this one, which is left as it is.

    No worker may be at work on either side. The last part is done under the writer's lock of the source; a try that
    broke off is taken up again: what was copied is not copied twice. Raises Conflict("worker-running",
    "site-not-empty", "files-not-empty", "objects-lost", "moved-elsewhere").
    """
    refuse_worker(source)
    refuse_worker(target)
    begun = marked(target)
    with source.records.read() as unit:
        needs = needs_of(unit)
    if begun:
        if begun != _seal(needs):
            raise Conflict("moved-elsewhere")
        return Filled(rows=_rows(target), objects=len(needs.objects), resumed=0, broken=_proved(source, target))
    if not same_files:
        refuse_held(target, needs.objects)
    wanted = {} if same_files else needs.objects
    lost = _copy(source, target, wanted)
    with source.records.begin(), source.records.read() as unit:
        needs = needs_of(unit)
        late = {one: must for one, must in needs.objects.items() if one not in wanted or one in lost}
        lost = {} if same_files else _copy(source, target, late)
        if lost and not accept_losses:
            raise Conflict("objects-lost", many=len(lost), first=next(iter(lost)))
        keys = {} if same_files else _stage(source, target, needs)
        resumed = _fill(unit, target, needs, keys)
    return Filled(
        rows=_rows(target), objects=len(needs.objects), resumed=resumed, broken=_proved(source, target)
    )


def _seal(needs: Needs) -> str:
    """Say which state of the source was carried over."""
    return f"{needs.last_change}:{needs.audit[0]}:{needs.audit[1]}"


def _copy(source: House, target: House, wanted: Mapping[str, bool]) -> Mapping[str, str]:
    """Copy what is not there yet; gives what the source has lost."""
    wrong = ((sha256, must, copy_object(source.files, target.files, sha256)) for sha256, must in in_order(wanted))
    return {sha256: problem for sha256, must, problem in wrong if must and problem}


def _stage(source: House, target: House, needs: Needs) -> dict[str, str]:
    keys = {}
    for one in needs.uploads:
        try:
            with source.files.open_staged(one.staged.key) as stream:
                keys[one.staged.key], _, got = target.files.stage(stream, one.staged.bytes)
        except NotFound:
            continue
        if got != one.staged.sha256:
            raise Conflict("objects-lost", many=1, first=one.staged.sha256)
    return keys


def _fill(unit: Unit, target: House, needs: Needs, keys: Mapping[str, str]) -> int:
    with target.records.begin() as there:
        there.load(unit.dump())
        there.set_site(MARK, _seal(needs))
        resumed = resume(there, keys)
        there.audit("system", "move", "", last_change=needs.last_change)
    return resumed


def _proved(source: House, target: House) -> list[str]:
    """Finish the target and hold it against the source: the same rows in every table, the same numbers."""
    here, there = _rows(source), _rows(target)
    differing = [name for name in here if here[name] != there[name] and name not in ("audit", "site")]
    with source.records.read() as one, target.records.read() as other:
        if one.totals() != other.totals():
            differing.append("totals")
    return [*(f"{name} differs from where it came from" for name in differing), *finish(target)]


def _rows(house: House) -> dict[str, int]:
    with house.records.read() as unit:
        return {name: sum(1 for _ in rows) for name, rows in unit.dump()}
