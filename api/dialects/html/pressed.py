"""A form that is pressed twice acts once: the second press waits for the first and is shown what that made."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import BinaryIO

from catalog.catalog import Catalog
from catalog.errors import Conflict

LONGEST_WAIT = 50.0
PULSE = 0.1
_BLOCK = 1 << 20


def once(catalog: Catalog, mark: str, act: Callable[[], str]) -> str:
    """Do it, unless it was done under this mark within a day; gives what it made. Raises Conflict while it still runs.

    What fails may be tried again under the same mark.
    """
    until = time.monotonic() + LONGEST_WAIT
    while (kept := catalog.claim_answer(mark)) is not None:
        if kept[1]:
            return kept[1].decode()
        if time.monotonic() > until:
            raise Conflict("request-under-way")
        time.sleep(PULSE)
    try:
        made = act()
    except BaseException:
        catalog.drop_answer(mark)
        raise
    catalog.keep_answer(mark, "", made.encode())
    return made


def mark_of(person: str, form: str, fields: Mapping[str, str], file: BinaryIO | None) -> str:
    """What tells one press from another: who, which drawing of the form, what was written, which bytes.

    Another file chosen in the same form, as after going back, is another deed.
    """
    digest = hashlib.sha256(repr((person, form, sorted(fields.items()))).encode())
    if file is not None:
        while block := file.read(_BLOCK):
            digest.update(block)
        file.seek(0)
    return f"form:{digest.hexdigest()}"
