"""A submission looked at again, for a file that is made of it: the report, the table with its problems, the log."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.catalog import Catalog
from catalog.errors import Gone, NotFound
from catalog.model import Resource, Submission, Version
from catalog.ports import Files
from catalog.quality import VIETNAM
from pipelines import references
from pipelines.check import Checked, look
from pipelines.lists import Bookcase
from pipelines.step import Parcel

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is needed to look at a submission again: where its bytes and those of its base are, and the lists in force.

    Who asks has been answered already: the submission is in her sight.
    """

    catalog: Catalog
    files: Files
    bookcase: Bookcase

    def check(self, one: Submission, folder: Path, *, limit_errors: int = 1000, rows: bool = False) -> Checked:
        """Check the upload as it was asked for, as of the day it came, and keep what is made in ``folder``.

        ``rows`` are wanted for the table with its problems; repaired tables and logs are given where repairs were
        accepted. Nothing at the desk changes. Raises NotFound when the bytes are not kept any more.
        """
        work, made = folder / "work", folder / "made"
        work.mkdir()
        made.mkdir()
        path = work / "original"
        self._fetch(one, path)
        parcel = self._parcel(one, path, work)
        return look(replace(parcel, limit_errors=limit_errors, extras={"rows": True} if rows else {}),
                    bytes_=one.staged.bytes, sha256=one.staged.sha256, fixed=made / "repaired.csv",
                    rows=made if rows else None)

    def _fetch(self, one: Submission, path: Path) -> None:
        """Copy the upload from the staging area, or from the object that it became."""
        try:
            with self.files.open_staged(one.staged.key) as stream, path.open("wb") as copy:
                shutil.copyfileobj(stream, copy, _BLOCK)
        except NotFound:
            if self.files.size(one.staged.sha256) is None:
                raise
            with self.files.open(one.staged.sha256) as stream, path.open("wb") as copy:
                shutil.copyfileobj(stream, copy, _BLOCK)

    def _parcel(self, one: Submission, path: Path, work: Path) -> Parcel:
        first = next(iter(one.outcome.tables), None) if one.outcome else None
        options = replace(
            one.options, resource=one.options.resource or (first.resource if first else ""),
            standard=one.options.standard or (first.standard if first else ""),
        )
        entry = self.catalog.dataset(self.catalog.system(), one.dataset)
        before = self._before(one)
        target = next((each for each in before.resources if each.name == options.resource), None) if before else None
        return Parcel(
            path=path, name=one.staged.name, work=work, options=options, keep=False, dataset_slug=entry.slug,
            today=one.created.astimezone(VIETNAM).date(), base=base(self.files, target, work),
            base_periods={target.name: target.periods} if target else {},
            base_version=before.number if before else None,
            editions=self.bookcase.lay_out(self.bookcase.editions(), work / "editions"),
            references=references.lay_out(self.catalog, self.files, entry, options.schema, work),
        )

    def _before(self, one: Submission) -> Version | None:
        """Give the version that the submission builds on."""
        number = one.outcome.base if one.outcome else None
        if one.options.update == "replace" or number is None:
            return None
        try:
            return self.catalog.version(self.catalog.system(), one.dataset, number)
        except (NotFound, Gone):
            return None


def base(files: Files, target: Resource | None, work: Path) -> Mapping[str, Path]:
    """Give the rows that an append or a correction builds on: where they lie on this machine, else a copy."""
    roles = {one.role: one for one in target.files} if target else {}
    file = roles.get("csv") or roles.get("parquet")
    if target is None or file is None:
        return {}
    path = work / f"base.{file.role}"
    if local := files.local(file.sha256):
        path.symlink_to(local)
        return {target.name: path}
    with files.open(file.sha256) as stream, path.open("wb") as copy:
        shutil.copyfileobj(stream, copy, _BLOCK)
    return {target.name: path}
