"""What a file continues: which table of its dataset, and the standard that holds for it when none was asked for."""

from __future__ import annotations

from catalog.model import Options, Resource, Version


def target_of(newest: Version | None, options: Options) -> Resource | None:
    """Find which resource of the newest version a file replaces or continues, if there is one."""
    if newest is None or options.sheet == "all":
        return None
    if not options.resource:
        return newest.first_table
    return next((one for one in newest.resources if one.name == options.resource), None)


def standard_of(of_dataset: str, newest: Version | None, target: Resource | None) -> str:
    """Name the standard that holds when none was asked for: the resource's, or the dataset's for its first table."""
    if target is not None:
        return target.standard
    return of_dataset if newest is None or newest.first_table is None else ""
