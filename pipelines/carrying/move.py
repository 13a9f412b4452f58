"""Moving a live site to other engines: objects first, then the records in one transaction while nobody writes."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.errors import Conflict, NotFound
from catalog.maintenance import FACT, Maintenance, close, maintenance_in
from catalog.ports import Unit
from pipelines.carrying import rows as changing
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

NOTICE = "Trang đang chuyển sang máy chủ mới. / The site is moving to new servers."
"""What readers of the old site are told."""


def move(source: House, target: House, *, same_files: bool = False, accept_losses: bool = False) -> Filled:
    """Fill an empty site on other engines with everything of this one, which is left as it is.

    No worker may be at work on either side, and the source takes no changes any more. The last part is done under the
    writer's lock of the source; a try that broke off is taken up again: what was copied is not copied twice. Raises
    Conflict("worker-running", "site-not-empty", "files-not-empty", "objects-lost", "moved-elsewhere").
    """
    refuse_worker(source)
    refuse_worker(target)
    mine = _closed(source)
    try:
        return _moved(source, target, same_files=same_files, accept_losses=accept_losses)
    except Conflict:  # before anything was filled; what broke off later is taken up again, and stays closed
        if mine:
            _reopened(source)
        raise


def _closed(source: House) -> bool:
    """Let the source take no changes from here on, whichever process they come through; whether we had to.

    It stays so when all is carried over: what a web process took in afterwards would be lost.
    """
    with source.records.begin() as unit:
        if maintenance_in(unit) is not None:
            return False
        close(unit, "system", Maintenance(notice=NOTICE, by="system"))
    return True


def _reopened(source: House) -> None:
    """Let the source take changes again: nothing was moved."""
    with source.records.begin() as unit:
        unit.set_site(FACT, "")
        unit.audit("system", "read-only-off", "")


def _moved(source: House, target: House, *, same_files: bool, accept_losses: bool) -> Filled:
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
        changing.copied(source.tables, target.tables)
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
        there.set_site(FACT, "")
        resumed = resume(there, keys)
        there.audit("system", "move", "", last_change=needs.last_change)
    return resumed


def _proved(source: House, target: House) -> list[str]:
    """Finish the target and hold it against the source: the same rows in every table, the same numbers."""
    here, there = _rows(source), _rows(target)
    differing = [name for name in here if here[name] != there.get(name) and name not in ("audit", "site")]
    with source.records.read() as one, target.records.read() as other:
        if one.totals() != other.totals():
            differing.append("totals")
    return [*(f"{name} differs from where it came from" for name in differing), *finish(target)]


def _rows(house: House) -> dict[str, int]:
    with house.records.read() as unit:
        found = {name: sum(1 for _ in rows) for name, rows in unit.dump()}
    many = changing.counted(house.tables)
    return {**found, changing.DATASTORE: many} if many else found
