"""Recipes: how a resource's files are read and repaired, kept at each publication, seen, changed, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.catalog.base import Base
from catalog.errors import Invalid, NotFound, Problem
from catalog.model import Caller, Entry, Submission, Version
from catalog.permit import may
from catalog.ports import Unit
from catalog.recipe import Recipe
from standards.repair import SAFE, kept, read

MOST_WORDS = 200


def remember(unit: Unit, one: Submission, version: Version) -> None:
    """Keep what was accepted with an upload that is being published, for the next one of the same resource.

    A decision is kept for the columns in which it was made. An upload for which everything was taken back, and one
    that did not use its recipe, leaves the recipe as it was changed by people: only a replayed one is emptied.
    """
    tables = {table.resource: table for table in (one.outcome.tables if one.outcome else ())}
    if len(tables) != 1:
        return
    [(resource, table)] = tables.items()
    recipe = Recipe(
        dataset=one.dataset, resource=resource, fixes=kept(one.options.fixes, table.repaired),
        read=dict(one.options.read), standard=table.standard, version=version.number, by=one.by,
        modified=version.issued,
    )
    if recipe.fixes or recipe.read:
        unit.save_recipe(recipe)
    elif one.options.recipe:
        unit.drop_recipe(one.dataset, resource)


class Recipes(Base):
    """What the agency keeps of how its files are read and repaired; readers of the agency see it, editors change it."""

    def recipes(self, caller: Caller, key: str) -> Sequence[Recipe]:
        """List a dataset's recipes. Raises NotFound for who may not see what the agency keeps to itself."""
        with self._records.read() as unit:
            return unit.recipes(self._home(unit, caller, key).id)

    def recipe(self, caller: Caller, key: str, resource: str) -> Recipe:
        """Give the recipe of one resource; raises NotFound."""
        with self._records.read() as unit:
            found = unit.recipe(self._home(unit, caller, key).id, resource)
        if found is None:
            raise NotFound
        return found

    def keep_recipe(self, caller: Caller, key: str, resource: str, *, fixes: Sequence[str],
                    options: Mapping[str, Any] | None = None) -> Recipe:
        """Change a recipe: what is accepted and, if given, how the file is read.

        Raises NotFound, NotAllowed, Invalid.
        """
        actor = self._actor(caller)
        wrong = [Problem(f"#/fixes/{at}", "unknown-value", {"value": word, "name": "fixes"})
                 for at, word in enumerate(fixes) if word != SAFE and read(word) is None]
        if wrong or len(fixes) > MOST_WORDS:
            raise Invalid(problems=wrong or [Problem("#/fixes", "too-long", {"limit": MOST_WORDS})])
        with self._records.begin() as unit:
            entry = self._home(unit, caller, key)
            self._must(caller, "keep-recipe", organisation=entry.organisation)
            before = unit.recipe(entry.id, resource)
            if before is None:
                raise NotFound
            one = replace(before, fixes=tuple(dict.fromkeys(fixes)), read=before.read if options is None else options,
                          by=caller.person.id if caller.person else "", modified=self._now())
            unit.save_recipe(one)
            unit.audit(actor, "keep-recipe", entry.id, resource=resource, fixes=list(one.fixes), read=dict(one.read))
        return one

    def drop_recipe(self, caller: Caller, key: str, resource: str) -> None:
        """Forget a recipe. Raises NotFound, NotAllowed."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            entry = self._home(unit, caller, key)
            self._must(caller, "keep-recipe", organisation=entry.organisation)
            if unit.recipe(entry.id, resource) is None:
                raise NotFound
            unit.drop_recipe(entry.id, resource)
            unit.audit(actor, "drop-recipe", entry.id, resource=resource)

    def _home(self, unit: Unit, caller: Caller, key: str) -> Entry:
        entry = self._entry(unit, caller, key)
        if not may(caller, "see", organisation=entry.organisation):
            raise NotFound
        return entry
