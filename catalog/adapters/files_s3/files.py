"""The Files port on a bucket: staging, objects under their own hashes, public-state records, presigned addresses."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from catalog.adapters.files_s3 import writing
from catalog.adapters.files_s3.bucket import EXISTS, Address, client_of, code_of, outside
from catalog.adapters.files_s3.copies import Copies
from catalog.adapters.files_s3.growing import Growing
from catalog.adapters.files_s3.reading import Body, Reader
from catalog.errors import NotFound, TooLarge, Unavailable
from catalog.model import Offer

HASH: Final = re.compile(r"[0-9a-f]{64}")
KEY: Final = re.compile(r"[0-9A-Za-z_-]{20,64}")
STATE: Final = re.compile(r"[0-9a-z][0-9a-z._-]{0,127}(/[0-9a-z][0-9a-z._-]{0,127})?")
CHUNK: Final = 1024 * 1024
STILL_THERE: Final = 60.0
"""Seconds for which a copy is given out without asking the store whether the object is still there."""

LONGEST: Final = 900


class S3Files:
    """Objects under ``sha256/ab/abcd…``, made once; uploads under ``staging/``, records under ``state/``.

    What is written is read again and hashed before a verb returns. ``copies`` is a folder for copies of objects that
    an engine on this machine wants to read, held below ``room`` bytes. Raises Unavailable with ``storage-down``,
    ``storage-denied``, ``storage-clock``, ``storage-no-bucket``, ``storage-public``, ``storage-full`` or
    ``storage-damaged``.
    """

    def __init__(self, address: Address, copies: Path, *, room: int = 10 * 10**9,
                 clock: Callable[[], float] = time.time, timeout: float = 60.0) -> None:
        self._address, self._clock = address, clock
        self._client = client_of(address, timeout=timeout)
        self._copies = Copies(copies, room, clock=clock)
        self._seen: dict[str, float] = {}
        self._private = False
        self._versioned: bool | None = None

    def _where(self, name: str) -> dict[str, str]:
        return {"Bucket": self._address.bucket, "Key": self._address.prefix + name}

    # -- staging ------------------------------------------------------------------------------------------------
    def stage(self, stream: BinaryIO, limit: int) -> tuple[str, int, str]:
        """Write a stream under a random key; returns key, bytes, sha256. Raises TooLarge and leaves nothing behind."""
        key = secrets.token_urlsafe(24)
        with outside():
            tally = writing.send(self._client, self._where(f"staging/{key}"), stream, limit=limit)
        return key, tally.size, tally.sha256

    def open_staged(self, key: str) -> BinaryIO:
        """Give the bytes of an upload; raises NotFound."""
        return cast("BinaryIO", Reader(Body(self._client, self._staged(key)), key))

    def local_staged(self, key: str) -> str | None:
        """Give no path: an upload is not on this machine."""
        self._staged(key)
        return None

    def drop_staged(self, key: str) -> None:
        """Delete an upload, if it is there, and what was begun and never finished under this key."""
        with outside():
            self._delete(self._staged(key)["Key"])
            self._delete(self._tail(key)["Key"])
            for at, upload, _ in self._unfinished():
                if at.rpartition("/")[2] == key:
                    self._client.abort_multipart_upload(Bucket=self._address.bucket, Key=at, UploadId=upload)

    def staged(self, older_than_hours: int) -> Iterator[str]:
        """Keys of uploads, unfinished ones too, that were begun before that time."""
        before = datetime.fromtimestamp(self._clock() - older_than_hours * 3600, UTC)
        with outside():
            for part in ("staging/", "tails/"):
                for name, at in self._list(part):
                    if at <= before:
                        yield name
            yield from sorted({key.rpartition("/")[2] for key, _, at in self._unfinished() if at <= before})

    def begin(self) -> tuple[str, str]:
        """Begin an upload that comes piece by piece; returns its key and the store's name of it."""
        key = secrets.token_urlsafe(24)
        with outside():
            return key, str(self._client.create_multipart_upload(**self._staged(key))["UploadId"])

    def held(self, key: str, handle: str) -> int:
        """Count the bytes that are safe; raises NotFound."""
        with outside():
            return self._growing(key, handle).held()

    def grow(self, key: str, handle: str, at: int, stream: BinaryIO) -> int:
        """Write a stream behind the first ``at`` bytes; returns how many are safe. Raises NotFound, Stale."""
        with outside():
            return self._growing(key, handle).grow(at, stream)

    def finish(self, key: str, handle: str) -> tuple[int, str]:
        """Make one object of the parts and read it; returns bytes and sha256. Raises NotFound."""
        with outside():
            self._growing(key, handle).finish()
        return self._read(key)

    def _growing(self, key: str, handle: str) -> Growing:
        return Growing(self._client, self._staged(key), self._tail(key), handle)

    def _tail(self, key: str) -> dict[str, str]:
        return self._where(f"tails/{key}")

    def _read(self, key: str, limit: int | None = None) -> tuple[int, str]:
        """Count and hash staged bytes; raises NotFound, TooLarge."""
        with self.open_staged(key) as stream:
            tally = writing.Tally(stream, limit)
            while tally.part(CHUNK):
                pass
        return tally.size, tally.sha256

    def offer(self, size: int, sha256: str, seconds: int = LONGEST) -> Offer:
        """Give an address to which exactly these bytes may be put, for at most a quarter of an hour.

        The signature covers key, length and checksum; ``accept`` reads them again all the same, since not every store
        compares a checksum.
        """
        key, seconds = secrets.token_urlsafe(24), min(seconds, LONGEST)
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
        url = self._client.generate_presigned_url(
            "put_object", ExpiresIn=seconds,
            Params={**self._where(f"staging/{key}"), "ContentLength": size, "ChecksumSHA256": checksum},
        )
        headers = {"Content-Length": str(size), "x-amz-checksum-sha256": checksum}
        return Offer(key=key, url=url, headers=headers, seconds=seconds)

    def accept(self, key: str, limit: int) -> tuple[str, int, str]:
        """Move what a client put itself to a key that he does not know; returns that key, bytes, sha256.

        His address holds for a while yet: what is checked must not be what he can put again. Raises NotFound, and
        TooLarge after deleting it.
        """
        ours = secrets.token_urlsafe(24)
        with outside():
            size = int(self._client.head_object(**self._staged(key))["ContentLength"])
            if size <= limit:
                writing.copy(self._client, self._staged(key), self._staged(ours), size)
        self.drop_staged(key)
        if size > limit:
            raise TooLarge("too-large", limit=limit)
        return ours, *self._read(ours)

    def _staged(self, key: str) -> dict[str, str]:
        if not KEY.fullmatch(key):
            raise NotFound
        return self._where(f"staging/{key}")

    # -- objects ------------------------------------------------------------------------------------------------
    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Store a stream under its own hash, unless it is there; re-read and re-hash. Returns hash and bytes."""
        if isinstance(stream, Reader) and stream.staged:
            return self._keep(stream, lambda where, size, only: self._copy(stream.staged, where, size, only))
        if stream.seekable():
            return self._keep(stream, lambda where, _, only: self._send(stream, where, only))
        with tempfile.TemporaryFile() as whole:
            shutil.copyfileobj(stream, whole, CHUNK)
            whole.seek(0)
            return self.put(cast("BinaryIO", whole))

    def _keep(self, stream: BinaryIO, write: Callable[[dict[str, str], int, bool], None]) -> tuple[str, int]:
        """Hash the stream, write it where that hash says, and read it again; mends an object that is damaged."""
        tally = writing.Tally(stream)
        while tally.part(CHUNK):
            pass
        sha256, size = tally.sha256, tally.size
        if self.size(sha256) is None:
            with outside():
                _unless_taken(lambda: write(self._object(sha256), size, True))
        if not self._holds(sha256):
            with outside():
                write(self._object(sha256), size, False)
            if not self._holds(sha256):
                raise Unavailable("storage-damaged", sha256=sha256)
        return sha256, size

    def _send(self, stream: BinaryIO, where: dict[str, str], only: bool) -> None:
        stream.seek(0)
        writing.send(self._client, where, stream, create_only=only)

    def _copy(self, key: str, where: dict[str, str], size: int, only: bool) -> None:
        writing.copy(self._client, self._staged(key), where, size, create_only=only)

    def _holds(self, sha256: str) -> bool:
        """Tell whether the object is there and has its hash, by reading all of it."""
        digest = hashlib.sha256()
        try:
            with Body(self._client, self._object(sha256)) as body:
                while chunk := body.read(CHUNK):
                    digest.update(chunk)
        except NotFound:
            return False
        return digest.hexdigest() == sha256

    def open(self, sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """Give the bytes of an object, or ``length`` of them from ``start``; raises NotFound.

        A whole object ends only when its hash is right; else its end is Unavailable("storage-damaged").
        """
        where = self._object(sha256)
        if length == 0 and self.size(sha256) is None:
            raise NotFound
        whole = sha256 if start == 0 and length is None else ""
        return cast("BinaryIO", Reader(Body(self._client, where, start, length, sha256=whole)))

    def size(self, sha256: str) -> int | None:
        """Give the size of an object, None where there is none."""
        try:
            with outside():
                return int(self._client.head_object(**self._object(sha256))["ContentLength"])
        except NotFound:
            return None

    def url(self, sha256: str, seconds: int = 60, *, disposition: str = "", media_type: str = "",
            head: bool = False) -> str | None:
        """Give a presigned address of an object for one verb, under which it answers with this disposition and type."""
        said = {**self._object(sha256), "ResponseContentDisposition": disposition, "ResponseContentType": media_type}
        verb, params = "head_object" if head else "get_object", {name: one for name, one in said.items() if one}
        with outside():
            return cast("str", self._client.generate_presigned_url(verb, Params=params, ExpiresIn=seconds))

    def local(self, sha256: str) -> str | None:
        """Give the path of a copy on this machine, made now where there is none; None when there is no such object.

        An object that was deleted is missed within a minute, also when a copy of it lies here.
        """
        if not HASH.fullmatch(sha256):
            return None
        if self._clock() - self._seen.get(sha256, 0.0) > STILL_THERE:
            if self.size(sha256) is None:
                self._forget(sha256)
                return None
            self._seen[sha256] = self._clock()
        return str(self._copies.find(sha256) or self._copies.make(sha256, lambda: self.open(sha256)))

    def distrust(self, sha256: str) -> bool:
        """Throw the copy on this machine away; the bucket may have better bytes."""
        self._forget(sha256)
        return True

    def delete(self, sha256: str) -> None:
        """Delete an object, if it is there, with every older state that the bucket kept of it."""
        self._forget(sha256)
        with outside():
            self._delete(self._object(sha256)["Key"])

    def _forget(self, sha256: str) -> None:
        self._seen.pop(sha256, None)
        self._copies.drop(sha256)

    def hashes(self) -> Iterator[str]:
        """Hashes of all objects."""
        with outside():
            for name, _ in self._list("sha256/"):
                if HASH.fullmatch(name):
                    yield name

    def _object(self, sha256: str) -> dict[str, str]:
        if not HASH.fullmatch(sha256):
            raise NotFound
        return self._where(f"sha256/{sha256[:2]}/{sha256}")

    # -- public-state records -----------------------------------------------------------------------------------
    def put_state(self, name: str, content: bytes) -> None:
        """Write a record under a name like ``<dataset>/<sequence>.json``; the same name again replaces it."""
        if not STATE.fullmatch(name):
            raise ValueError(f"not a name of a state record: {name!r}")
        with outside():
            writing.send(self._client, self._where(f"state/{name}"), io.BytesIO(content), create_only=False)

    def drop_older_states(self, name: str) -> None:
        """Delete every older state that the bucket kept of a record; the one that holds stays."""
        with outside():
            self._delete(self._where(f"state/{name}")["Key"], newest=False)

    def keeps_states(self) -> bool:
        """Tell whether the bucket may keep older states that we cannot see: then it must be done by hand."""
        try:
            with outside():
                if self._client.get_bucket_versioning(Bucket=self._address.bucket).get("Status"):
                    self._client.list_object_versions(Bucket=self._address.bucket, MaxKeys=1)
        except (NotFound, Unavailable):
            return True
        return False

    def states(self) -> Iterator[tuple[str, bytes]]:
        """Give all records with their names, in the order of the names."""
        with outside():
            names = sorted(key for key, _ in self._keys("state/"))
        strip = len(self._address.prefix) + len("state/")
        with ThreadPoolExecutor(8) as crew:
            yield from zip((name[strip:] for name in names), crew.map(self._content, names), strict=True)

    def _content(self, key: str) -> bytes:
        with Body(self._client, {"Bucket": self._address.bucket, "Key": key}) as body:
            return body.readall() or b""

    # -- the store ----------------------------------------------------------------------------------------------
    def check(self) -> None:
        """Raise Unavailable when nothing can be written, or when anybody could read what is written."""
        probe = self._where(f"staging/probe-{secrets.token_urlsafe(24)}")
        try:
            with outside():
                self._client.head_bucket(Bucket=self._address.bucket)
        except NotFound:
            raise Unavailable("storage-no-bucket") from None
        with outside():
            self._client.put_object(**probe, Body=b"datamo")
            try:
                self._refuse_public(probe)
            finally:
                self._delete(probe["Key"])

    def _refuse_public(self, probe: dict[str, str]) -> None:
        """Refuse a bucket whose objects a stranger can read: staged and private files lie in it too. Asked once."""
        if self._private:
            return
        try:
            client_of(self._address, signed=False, timeout=10).get_object(**probe)
        except (BotoCoreError, ClientError):
            self._private = True
        else:
            raise Unavailable("storage-public")

    def wipe(self) -> None:
        """Delete everything under the prefix."""
        self._copies.clear()
        self._seen.clear()
        with outside():
            for key, upload, _ in self._unfinished():
                self._client.abort_multipart_upload(Bucket=self._address.bucket, Key=key, UploadId=upload)
            for part in ("sha256/", "staging/", "tails/", "state/"):
                for key, _ in list(self._keys(part)):
                    self._delete(key)

    # -- keys ---------------------------------------------------------------------------------------------------
    def _keys(self, part: str) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._address.bucket, Prefix=self._address.prefix + part):
            for one in page.get("Contents", ()):
                yield one["Key"], one["LastModified"]

    def _list(self, part: str) -> Iterator[tuple[str, datetime]]:
        for key, at in self._keys(part):
            yield key.rpartition("/")[2], at

    def _unfinished(self) -> Iterator[tuple[str, str, datetime]]:
        """Uploads in parts that nobody finished: key, upload, begun."""
        pages = self._client.get_paginator("list_multipart_uploads")
        for page in pages.paginate(Bucket=self._address.bucket, Prefix=self._address.prefix):
            for one in page.get("Uploads", ()):
                yield one["Key"], one["UploadId"], one["Initiated"]

    def _delete(self, key: str, *, newest: bool = True) -> None:
        """Delete a key; where the bucket keeps old states, delete those too: erased means erased."""
        if not self._keeps_states():
            _ = newest and self._client.delete_object(Bucket=self._address.bucket, Key=key)
            return
        pages = self._client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._address.bucket, Prefix=key):
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                if one["Key"] == key and (newest or not one.get("IsLatest")):
                    self._client.delete_object(Bucket=self._address.bucket, Key=key, VersionId=one["VersionId"])

    def _keeps_states(self) -> bool:
        if self._versioned is None:
            try:
                answer: dict[str, Any] = self._client.get_bucket_versioning(Bucket=self._address.bucket)
            except ClientError:
                answer = {}
            self._versioned = answer.get("Status") in {"Enabled", "Suspended"}
        return self._versioned


def _unless_taken(write: Callable[[], None]) -> None:
    """Write create-only; a key that somebody else took meanwhile, or our own try whose answer got lost, is no fault."""
    try:
        write()
    except ClientError as wrong:
        if code_of(wrong) not in EXISTS | {"NoSuchUpload"}:
            raise
