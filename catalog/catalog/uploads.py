"""Use cases of uploads that come in piece by piece, or straight into the store, before they become submissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from catalog.catalog.base import Base
from catalog.catalog.submissions import unknown_upload
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotKnown, Problem, TooLarge, TooMany
from catalog.model import Caller, Offer, Staged, Upload
from catalog.permit import may
from catalog.ports import Unit

OPEN: Final = 20
"""So many uploads one person may have under way."""

ROOM: Final = 4
"""So many times the site's largest upload may be promised by one person at a time."""

LEFT_ALONE: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=7)
"""An upload is forgotten a day after its last piece, and a week after its first whatever comes."""

SECONDS: Final = 900
ONE_PUT: Final = 5 * 1024**3
"""The largest object that a store takes in one piece."""


class Uploads(Base):
    """Bytes on their way in; each upload is known only to the person who began it."""

    def begin_upload(self, caller: Caller, *, size: int, name: str, media_type: str = "",
                     sha256: str = "") -> Upload:
        """Begin an upload of ``size`` bytes that comes piece by piece.

        Raises NotKnown, NotAllowed for whoever may upload nowhere, TooLarge, TooMany beyond her share of room, and
        Conflict("erased-bytes") where the hash is one of what was erased.
        """
        person = self._may_send(caller, size, sha256)
        key, handle = self._files.begin()
        one = self._made(person, key, handle, name=name, bytes=size, media_type=media_type, wanted=sha256)
        return self._kept(one)

    def offer_upload(self, caller: Caller, *, size: int, name: str, sha256: str,
                     media_type: str = "") -> tuple[Upload, Offer]:
        """Give an address of the store to which the caller may put exactly these bytes herself, for a quarter hour.

        Raises what ``begin_upload`` raises, and Conflict("no-direct-uploads") where the store gives no addresses.
        """
        person = self._may_send(caller, size, sha256)
        if size > ONE_PUT:
            raise TooLarge("too-large", limit=ONE_PUT)
        offer = self._files.offer(size, sha256, SECONDS)
        if offer is None:
            raise Conflict("no-direct-uploads")
        one = self._made(person, offer.key, "", name=name, bytes=size, media_type=media_type, wanted=sha256)
        return self._kept(replace(one, direct=True)), offer

    def _may_send(self, caller: Caller, size: int, sha256: str) -> str:
        """Give the caller's id if she may upload anywhere."""
        if caller.person is None:
            raise NotKnown
        if not may(caller, "upload") and not any(may(caller, "upload", organisation=one) for one in caller.roles):
            raise NotAllowed(act="upload")
        if size > self.upload_limit:
            raise TooLarge("too-large", limit=self.upload_limit)
        with self._records.read() as unit:
            self._refuse_many(unit, caller.person.id, size)
            if sha256 and unit.erased([sha256]):
                raise Conflict("erased-bytes")
        return caller.person.id

    def _made(self, person: str, key: str, handle: str, **members: object) -> Upload:
        now = self._now()
        return Upload(id=self._new_id(), person=person, key=key, handle=handle, created=now, expires=now + LEFT_ALONE,
                      **members)  # type: ignore[arg-type]  # named by the two callers above

    def _kept(self, one: Upload) -> Upload:
        """Record a new upload, and forget those of hers whose time is over."""
        try:
            with self._records.begin() as unit:
                over = [old for old in unit.uploads(person=one.person) if old.expires < one.created]
                for old in over:
                    unit.drop_upload(old.id)
                self._refuse_many(unit, one.person, one.bytes)
                unit.add_upload(one)
        except BaseException:
            self._files.drop_staged(one.key)
            raise
        for old in over:
            self._files.drop_staged(old.key)
        return one

    def _refuse_many(self, unit: Unit, person: str, size: int) -> None:
        now = self._now()
        held = [one for one in unit.uploads(person=person) if one.expires >= now]
        if len(held) >= OPEN:
            raise TooMany("too-many-uploads", limit=OPEN, retry_after=_seconds(held, now))
        if held and size + sum(one.bytes for one in held) > ROOM * self.upload_limit:
            raise TooMany("too-much-uploading", limit=ROOM * self.upload_limit, retry_after=_seconds(held, now))

    # -- under way ----------------------------------------------------------------------------------------------
    def upload(self, caller: Caller, upload: str) -> tuple[Upload, int]:
        """Give an upload of the caller's and how many of its bytes are safe; raises NotFound."""
        one = self._hers(caller, upload)
        return one, self._held(one)

    def uploads(self, caller: Caller) -> Sequence[Upload]:
        """List the caller's uploads under way, in the order of their making; raises NotKnown."""
        if caller.person is None:
            raise NotKnown
        with self._records.read() as unit:
            return [one for one in unit.uploads(person=caller.person.id) if one.expires >= self._now()]

    def _hers(self, caller: Caller, upload: str) -> Upload:
        with self._records.read() as unit:
            one = unit.upload(upload)
        if one is None or caller.person is None or one.person != caller.person.id or one.expires < self._now():
            raise NotFound
        return one

    def _held(self, one: Upload) -> int:
        if one.sha256:
            return one.bytes
        return 0 if one.direct else self._files.held(one.key, one.handle)

    def grow_upload(self, caller: Caller, upload: str, at: int, stream: BinaryIO) -> tuple[Upload, int]:
        """Write what a stream gives behind the first ``at`` bytes; gives how many are safe. It may end early.

        Raises NotFound, Busy, Stale("upload-offset") with the right ``offset``, TooLarge for more than was promised
        (what was promised is kept).
        """
        one = self._hers(caller, upload)
        if one.direct:
            raise NotFound
        limited = _Limited(stream, max(one.bytes - at, 0))
        held = one.bytes if one.sha256 and at == one.bytes else self._files.grow(
            one.key, one.handle, at, limited)  # type: ignore[arg-type]  # only read is asked of it
        now = self._now()
        one = replace(one, expires=min(now + LEFT_ALONE, one.created + LONGEST))
        with self._records.begin() as unit:
            unit.save_upload(one)
        if limited.over():
            raise TooLarge("more-than-promised", limit=one.bytes)
        return one, held

    def drop_upload(self, caller: Caller, upload: str) -> None:
        """Forget an upload and its bytes; raises NotFound."""
        self._drop(self._hers(caller, upload))

    def _drop(self, one: Upload) -> None:
        with self._records.begin() as unit:
            mine = unit.drop_upload(one.id)
        if mine:
            self._files.drop_staged(one.key)

    # -- at its end ---------------------------------------------------------------------------------------------
    def finish_upload(self, caller: Caller, upload: str) -> Staged:
        """Read all of an upload again and give it as staged bytes; done once, asked as often as one likes.

        Raises Invalid("unknown-upload"), Conflict("upload-unfinished"), Invalid("upload-damaged") when it does not
        have the hash that its sender said, Conflict("erased-bytes") when it is what was erased; then it is gone.
        """
        try:
            one = self._hers(caller, upload)
        except NotFound:
            raise unknown_upload(upload) from None
        if not one.sha256:
            one = self._taken(one) if one.direct else self._proved(one)
        return Staged(key=one.key, name=one.name, bytes=one.bytes, sha256=one.sha256, media_type=one.media_type)

    def _proved(self, one: Upload) -> Upload:
        held = self._held(one)
        if held != one.bytes:
            raise Conflict("upload-unfinished", held=held, bytes=one.bytes)
        size, sha256 = self._files.finish(one.key, one.handle)
        return self._known(one, size, sha256)

    def _taken(self, one: Upload) -> Upload:
        """Take what its sender put into the store to a key that he does not know."""
        try:
            key, size, sha256 = self._files.accept(one.key, one.bytes)
        except NotFound:
            raise Conflict("upload-unfinished", held=0, bytes=one.bytes) from None
        except TooLarge:
            self._drop(one)
            raise _damaged() from None
        return self._known(replace(one, key=key), size, sha256)

    def _known(self, one: Upload, size: int, sha256: str) -> Upload:
        if size != one.bytes or (one.wanted and one.wanted != sha256):
            self._drop(one)
            raise _damaged()
        one = replace(one, sha256=sha256)
        with self._records.begin() as unit:
            erased = bool(unit.erased([sha256]))
            if not erased:
                unit.save_upload(one)
        if erased:
            self._drop(one)
            raise Conflict("erased-bytes")
        return one


def _damaged() -> Invalid:
    return Invalid("upload-damaged", problems=[Problem("#/upload", "upload-damaged")])


def _seconds(held: Sequence[Upload], now: datetime) -> int:
    """Give the seconds after which the first of them is forgotten."""
    return max(1, int((min(one.expires for one in held) - now).total_seconds()))


class _Limited:
    """A stream of at most so many bytes."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        self._stream, self._left = stream, left

    def read(self, size: int = -1) -> bytes:
        """Give at most so many bytes; b"" at the end."""
        if not self._left:
            return b""
        piece = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def over(self) -> bool:
        """Whether the stream has more."""
        return not self._left and bool(self._stream.read(1))
