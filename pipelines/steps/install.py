"""Step: read what a steward brings, in the child: a release of a code list, or a version of a table standard."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.format import Unreadable
from pipelines.lists import Edition, from_path, standards_of
from pipelines.validation.patterns import Unsupported, matcher
from standards import codelist as codelists
from standards import registry, release
from standards.registry import Standards
from standards.release import Difference, Flaw, Nature
from standards.standard import TableStandard, elements, from_yaml

MOST_FLAWS = 200
MOST_DIFFERENCES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A release as it came (``path``), the list, its state in force (``base``) and what else is in force."""

    path: str
    out: str
    codelist: str
    base: Edition
    editions: tuple[Edition, ...] = ()
    effective: date
    nature: Nature = "release"
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was made of it: flaws, or the whole list with it (at ``out``) under its digest, and what it changes."""

    flaws: tuple[Flaw, ...] = ()
    digest: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()


def take(brought: Brought) -> Taken:
    """Read, check and merge a release."""
    lines, wrong = release.read(Path(brought.path).read_bytes())
    wrong = wrong or release.sound(lines)
    if wrong:
        return Taken(flaws=wrong[:MOST_FLAWS])
    base = _base(brought.base)
    text = release.merge(base.decode(), lines, basis=brought.basis)
    data = text.encode()
    old = codelists.of_bytes(brought.codelist, base)
    new = codelists.of_bytes(brought.codelist, data)
    standards = standards_of(brought.editions)
    wrong = release.flaws(
        old, new, lines, effective=brought.effective, nature=brought.nature, codelists=standards.codelist
    )
    if wrong:
        return Taken(flaws=wrong[:MOST_FLAWS])
    Path(brought.out).write_bytes(data)
    found = release.differences(old, new)
    return Taken(
        digest=hashlib.sha256(data).hexdigest(), counts=Counter(one.kind for one in found),
        differences=found[:MOST_DIFFERENCES],
    )


def _base(edition: Edition) -> bytes:
    return from_path(edition) if edition.path else codelists.shipped(edition.subject)


# --- table standards --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A table standard as it came: YAML or JSON at ``path``."""

    path: str
    editions: tuple[Edition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What was made of it: flaws (their ``column`` is the member), or the standard and the version it follows."""

    flaws: tuple[Flaw, ...] = ()
    standard: TableStandard | None = None
    before: str = ""


ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LARGEST = 400_000
LONGEST = 2_000
MOST_FIELDS = 1_000
LONGEST_ID = 64
PARTS = 3
DEEPEST = 30
OPENING = (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken,
           yaml.BlockMappingStartToken)
CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


def understand(proposed: Proposed) -> Understood:
    """Read and check a version of a table standard."""
    data = Path(proposed.path).read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Understood(flaws=(Flaw(row=0, code="not-utf-8"),))
    if len(data) > LARGEST:
        raise Unreadable("too-heavy", cause="memory")
    try:
        _refuse_traps(text)
        one = from_yaml(text, elements())
        _shape(one)
    except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError, RecursionError) as wrong:
        return Understood(flaws=(Flaw(row=0, code="standard-unreadable", params={"detail": str(wrong)[:300]}),))
    standards = standards_of(proposed.editions)
    before = standards.tables.get(one.id)
    found = (*_honest(one), *_newer(one, before), *_sound(one, standards))
    return Understood(flaws=found[:MOST_FLAWS], standard=one, before=before.version if before else "")


def _refuse_traps(text: str) -> None:
    """An alias in YAML can make a small text very large; a hundred thousand brackets take minutes to read."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            raise ValueError("anchors and aliases are not taken")  # noqa: TRY004 - the reader's mistake, not a type
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if depth > DEEPEST:
            raise ValueError("nested too deeply")


def _shape(one: TableStandard) -> None:
    """What the reading of YAML leaves open: texts are texts, lists hold text."""
    words = [one.id, one.version, one.adapted_from, one.country, *one.basis, *one.primary_key]
    words += [each.name for each in one.fields] + [each.codelist for each in one.fields]
    for text in (one.title, one.description, one.notes, *(each.title for each in one.fields)):
        words += [*text, *text.values()]
    if not all(isinstance(word, str) and len(word) <= LONGEST for word in words):
        raise ValueError("a member is not text")


def _honest(one: TableStandard) -> Sequence[Flaw]:
    """An official standard names the instrument that fixes its list of columns, and where each column comes from."""
    if one.status != "official":
        return ()
    if not one.basis:
        return (Flaw(row=0, code="basis-needed", column="basis"),)
    bare = [each.name for each in one.fields if each.required and not each.source]
    told = {"columns": ", ".join(bare)[:200]}
    return (Flaw(row=0, code="source-needed", column="fields", params=told),) if bare else ()


def _newer(one: TableStandard, before: TableStandard | None) -> Sequence[Flaw]:
    number = _number(one.version)
    if not number:
        return (Flaw(row=0, code="version-invalid", column="version", params={"value": one.version[:40]}),)
    if before is not None and number <= _number(before.version):
        return (Flaw(row=0, code="version-not-newer", column="version", params={"was": before.version}),)
    return ()


def _number(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    whole = len(parts) == PARTS and all(one.isascii() and one.isdigit() and len(one) < LONGEST_ID for one in parts)
    return tuple(map(int, parts)) if whole else ()


def _sound(one: TableStandard, standards: Standards) -> Sequence[Flaw]:
    found: list[Flaw] = []
    if not ID.fullmatch(one.id) or len(one.id) > LONGEST_ID:
        found.append(Flaw(row=0, code="id-invalid", column="id"))
    if not one.fields or len(one.fields) > MOST_FIELDS:
        found.append(Flaw(row=0, code="fields-count", column="fields"))
    names = [each.name for each in one.fields]
    twice = [name for name, count in Counter(names).items() if count > 1 or not name]
    found += [Flaw(row=0, code="field-twice", column="fields", params={"value": name}) for name in twice]
    missing = [name for name in one.primary_key if name not in names]
    found += [Flaw(row=0, code="field-unknown", column="primary_key", params={"value": name}) for name in missing]
    unknown = [name for name in one.codelists() if name not in standards.codelists]
    found += [Flaw(row=0, code="codelist-unknown", column="fields", params={"value": name}) for name in unknown]
    checks = {each.CODE for each in registry.CHECKS}
    found += [
        Flaw(row=0, code="check-unknown", column="checks", params={"value": use.code[:60]})
        for _, use in one.uses() if use.code not in checks
    ]
    return [*found, *_patterns(one)]


def _patterns(one: TableStandard) -> Sequence[Flaw]:
    found = []
    for each in one.fields:
        pattern: Any = each.constraints.get("pattern")
        if pattern is not None:
            try:
                matcher(str(pattern))
            except Unsupported:
                told = {"pattern": str(pattern)[:200]}
                found.append(Flaw(row=0, code="pattern-unsupported", column=each.name, params=told))
    return found
