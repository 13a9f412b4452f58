"""What anybody may see, at hand: packages rendered once, answers of searches; given again while they hold."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from api.deps import Site
from catalog.catalog.keeping import MOST_FAR
from catalog.model import NOBODY, Organisation
from pipelines.rendered import Known, Made, Rendered, place
from pipelines.rendered import Mark as Stand

MOST: Final = 20_000
"""Packages that one process keeps; about 4 kB each. So many names lead to them at most."""

ANSWERS: Final = 2048
ROOM: Final = 32_000_000
"""Answers of searches, and their bytes, that one process keeps."""

LONGEST: Final = 200_000
"""Bytes of an answer that is worth to be kept: a harvester's page comes once."""

PULSE: Final = 0.05

Mark = tuple[int, int, int]
Named = tuple[str, str]


class Agencies(NamedTuple):
    """Every agency: its name and title by what search calls it, and itself by its id."""

    named: Mapping[str, Named]
    owners: Mapping[str, Organisation]


class Kept:
    """Packages as anybody sees them, and answers of ``package_search``, by what was asked.

    They hold while neither the change sequence nor the audit chain grows nor search follows. That is looked up every
    PULSE seconds, and at once after a write of this process: a change made by another process is seen PULSE seconds
    later at most. Where single datasets were written, only their packages are forgotten, and all answers of searches.

    Packages that one process made are ``shared`` with the others in a file, and found there after a start.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, shared: Rendered | None = None) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._shared, self._followed = shared, (-1, -1)
        self._behind: tuple[Mark, Known] | None = None
        self._packages: dict[str, orjson.Fragment] = {}
        self._ids: dict[str, str] = {}
        self._answers: dict[bytes, bytes] = {}
        self._room = ROOM
        self._agencies: Agencies | None = None
        self._names: Sequence[str] | None = None
        self._given: bool | None = None
        self._seen: Mark = (-1, -1, -1)
        self._fresh_until = 0.0
        self._sure = self._due = False
        self._doubts = 0

    # -- whether it holds -------------------------------------------------------------------------------------------
    def holds(self) -> bool:
        """Tell whether what is kept may be given without a look; one caller in PULSE seconds is sent to look."""
        now = self._clock()
        if not self._sure:
            return False
        if now >= self._fresh_until:
            self._fresh_until, self._due = now + PULSE, True
            return False
        return True

    @property
    def mark(self) -> Mark:
        """Give the mark under which to remember while what is kept holds."""
        return self._seen

    def doubt(self) -> None:
        """Something may have been written: look before anything is given again."""
        with self._lock:
            self._doubts += 1
            self._sure = False

    def look(self, site: Site) -> Mark:
        """Forget what does not hold any more; gives a mark under which to remember."""
        if self._sure and not self._due and self._clock() < self._fresh_until:
            return self._seen
        doubts, self._due, before = self._doubts, False, self._seen
        last = site.catalog.last_deeds()
        grown = last[:2] != before[:2] and last[0] >= before[0] and last[1] >= before[1] >= 0
        touched = site.catalog.touched(*before[:2]) if grown else None
        with self._lock:
            if last != self._seen:
                self._forget(touched if before == self._seen else None, whole=last[:2] != self._seen[:2])
                self._seen = last
            if doubts == self._doubts:
                self._sure, self._fresh_until = True, self._clock() + PULSE
        if self._shared is not None and self._followed != last[:2]:
            self._behind = last, Known(lambda change, deed: touched if (change, deed) == before[:2] else
                                       site.catalog.touched(change, deed, MOST_FAR), site.catalog.hash_of_deed)
        return last

    def _caught_up(self) -> Rendered | None:
        """Give what is shared with other processes, true to the newest look: most looks need no package."""
        behind = self._behind
        if self._shared is not None and behind is not None:
            last, known = behind
            if self._shared.follow(Stand(*last[:2], known.hash(last[1])), known):
                self._followed = last[:2]
                if self._behind is behind:
                    self._behind = None
        return self._shared

    def _forget(self, touched: Any, *, whole: bool) -> None:
        """Forget answers, and of packages those touched, or all where it is not known which."""
        self._answers, self._room, self._given = {}, ROOM, None
        if not whole:  # search has followed, nothing was written
            return
        self._names = None
        if touched is None:
            self._packages, self._ids, self._agencies = {}, {}, None
            return
        for one in touched:
            self._packages.pop(one, None)
        self._ids = {name: key for name, key in self._ids.items() if key not in touched} if touched else self._ids

    # -- packages ---------------------------------------------------------------------------------------------------
    @property
    def packages(self) -> Mapping[str, orjson.Fragment]:
        """Public packages as JSON by the ids of their datasets."""
        return self._packages

    def named(self, name: str) -> orjson.Fragment | None:
        """Give the package with this id, or that was shown when this name was asked for."""
        return self._packages.get(self._ids.get(name, name))

    def made_elsewhere(self, mark: Mark, ids: Sequence[str]) -> dict[str, orjson.Fragment]:
        """Give those of the packages that another process made, by their ids."""
        shared = self._caught_up() if ids else None
        found = shared.some(*mark[:2], ids) if shared is not None else {}
        return {key: self._held(mark, key, body) for key, body in found.items()}

    def named_elsewhere(self, mark: Mark, name: str) -> orjson.Fragment | None:
        """Give the package with this id or name, if another process made it."""
        shared = self._caught_up()
        found = shared.named(*mark[:2], name) if shared is not None else None
        return self._held(mark, *found, name) if found else None

    def remember(self, mark: Mark, every: Iterable[tuple[Named, dict[str, Any]]],
                 asked: str = "") -> list[orjson.Fragment]:
        """Keep public packages by their ids and names, for other processes too, unless something was written meanwhile.

        ``asked`` is another name by which one was asked for.
        """
        made = [_said(named, shown) for named, shown in every]
        shared = self._caught_up()
        if shared is not None:
            shared.keep(*mark[:2], made)
        # copies: what orjson gives stands in a block of twice its size
        return [self._held(mark, one.id, bytes(memoryview(one.body)), asked or one.name) for one in made]

    def alone(self) -> bool:
        """Take it on, or go on, to make for all processes of the machine what nobody asked for yet."""
        return self._shared is not None and self._shared.alone()

    def there(self, ids: Sequence[str]) -> Collection[str]:
        """Give those of the datasets whose packages lie there for every process."""
        shared = self._caught_up()
        return shared.there(*self._seen[:2], ids) if shared is not None else ()

    def share(self, mark: Mark, every: Iterable[tuple[Named, dict[str, Any]]]) -> bool:
        """Let all processes find public packages, this one too when it is asked; tells whether they do now."""
        shared = self._caught_up()
        return shared is not None and shared.keep(*mark[:2], [_said(named, shown) for named, shown in every])

    def _held(self, mark: Mark, key: str, body: bytes, name: str = "") -> orjson.Fragment:
        """Keep a package in this process."""
        made = orjson.Fragment(body)
        with self._lock:
            if mark[:2] == self._seen[:2] and len(self._packages) < MOST:
                self._packages[key] = made
                if name and len(self._ids) < MOST:
                    self._ids[name] = key
        return made

    # -- answers ----------------------------------------------------------------------------------------------------
    def answer(self, asked: bytes) -> bytes | None:
        """Give what was answered to these members; what is asked often stays longest."""
        with self._lock:
            body = self._answers.pop(asked, None)
            if body is not None:
                self._answers[asked] = body
        return body

    def remember_answer(self, mark: Mark, asked: bytes, body: bytes) -> None:
        """Keep an answer, unless something was written meanwhile or search has followed."""
        with self._lock:
            if mark != self._seen or len(body) > LONGEST:
                return
            self._room += len(self._answers.pop(asked, b"")) - len(body)
            self._answers[asked] = body
            while self._room < 0 or len(self._answers) > ANSWERS:  # what was asked longest ago makes room
                self._room += len(self._answers.pop(next(iter(self._answers))))

    # -- names ------------------------------------------------------------------------------------------------------
    def names(self, site: Site) -> Sequence[str]:
        """Give the names of all public datasets in order: harvesters ask for them page by page."""
        mark, found = self.look(site), self._names
        if found is None:
            found = sorted(one.slug for one in site.catalog.listed())
            with self._lock:
                if mark[:2] == self._seen[:2]:
                    self._names = found
        return found

    # -- agencies ---------------------------------------------------------------------------------------------------
    def agencies(self, site: Site, words: Callable[[Mapping[str, str]], str]) -> Mapping[str, Named]:
        """Give name and title of every agency by what search calls it."""
        return self._every_agency(site, words).named

    def owners(self, site: Site, words: Callable[[Mapping[str, str]], str]) -> Mapping[str, Organisation]:
        """Give every agency by its id."""
        return self._every_agency(site, words).owners

    def given(self, site: Site, look: Callable[[], bool]) -> bool:
        """Tell whether any package shows a licence by another id than ours; ``look`` asks search."""
        mark, found = self.look(site), self._given
        if found is None:
            found = look()
            with self._lock:
                if mark == self._seen:
                    self._given = found
        return found

    def _every_agency(self, site: Site, words: Callable[[Mapping[str, str]], str]) -> Agencies:
        mark, found = self.look(site), self._agencies
        if found is None:
            every = site.catalog.organisations(NOBODY)
            named = {one.public_id: (one.slug, words(one.title)) for one in every}
            found = Agencies(named, {one.id: one for one in every})
            with self._lock:
                if mark[:2] == self._seen[:2]:
                    self._agencies = found
        return found


def _said(named: Named, shown: dict[str, Any]) -> Made:
    return Made(*named, orjson.dumps(shown, option=orjson.OPT_NON_STR_KEYS, default=str))


def kept_of(site: Site) -> Kept:
    """The site's packages at hand."""
    found: Kept = site.extras.get("ckan.kept") or site.extras.setdefault("ckan.kept", Kept(shared=_shared(site)))
    return found


def _shared(site: Site) -> Rendered | None:
    """The file of packages in the site's working folder, by all that they are made of beside the records."""
    work = site.extras.get("rooms", {}).get("work")
    if work is None:
        return None
    options = sorted((site.extras.get("ckan_options") or {}).items())
    said = orjson.dumps([site.url, site.language, site.environment, options, _code()])
    return place(work, blake2b(said, digest_size=12).hexdigest())


def _code() -> list[tuple[str, int, int]]:
    """Name the files of which this release is made, with their sizes and times: another one may show other packages."""
    root = Path(__file__).parents[3]
    walks = (each for floor in ("api", "catalog", "standards") for each in os.walk(root / floor))
    files = (Path(folder, name) for folder, _, names in walks for name in names if not name.endswith(".pyc"))
    return sorted((str(one.relative_to(root)), one.stat().st_size, one.stat().st_mtime_ns) for one in files)


def doubt(site: Site) -> None:
    """Say that something may have been written."""
    kept_of(site).doubt()
