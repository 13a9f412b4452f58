"""Excel workbooks of today (Office Open XML)."""

from __future__ import annotations

import base64
import functools
from collections.abc import Sequence
from pathlib import Path

from pipelines import workbook
from pipelines.format import ReadOptions, Table, Unreadable

NAME = "xlsx"
MEDIA_TYPES = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)
EXTENSIONS = (".xlsx", ".xlsm")
SAMPLE = base64.b64decode(
    "UEsDBBQAAAAIAAAAIVyg3KTl6gAAAOQBAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbK2Ry07EMAxFfyXKFjXusEAItZ0FjyWwGD7ApG4bNS/Fma"
    "H8PWkHWLACiZWV+PgeR2n2i7PiRIlN8K3cqVoK8jr0xo+tfDk8VNdy3zWH90gsCuq5lVPO8QaA9UQOWYVIvnSGkBzmckwjRNQzjgSXdX0FOvhM"
    "Pld5zZBdc0cDHm0W90u5PmsTWZbi9gyurlZijNZozKUPJ9//sFSfBlUmN4YnE/miABK65qm8J5mexDOm/IiuxMFi4S2k+TWEWa3Yn2xhGIymPu"
    "ijKyOKYyLseSLKzqqtKofG/8K/wQxb2f3zIt/5X3vA9m3dB1BLAwQUAAAACAAAACFcHEn3vqQAAAAWAQAACwAAAF9yZWxzLy5yZWxzjc/BDsIg"
    "DAbgVyG9O6YHY8zYLsZkVzMfAFnHyAYlgDrfXo7OePDY9P+/plWz2Jk9MERDTsC2KIGhU9QbpwVcu/PmAE1dXXCWKSfiaHxkueKigDElf+Q8qh"
    "GtjAV5dHkzULAy5TFo7qWapEa+K8s9D58GrE3W9gJC22+BdS+P/9g0DEbhidTdoks/TnwlsiyDxiRgmfmTwnQjmoqMAq8rvnqwfgNQSwMEFAAA"
    "AAgAAAAhXDDEOQmyAAAABwEAAA8AAAB4bC93b3JrYm9vay54bWyNjzsOwjAMhq8SeYcUBoSqPhaExA4Sa2jdNmoTV3Z43IejcDGilu5Mtn/bn/"
    "1n5csN6oEslnwOm3UCCn1FtfVtDpfzcbWHssiexP2NqFdx2ksOXQhjqrVUHTojaxrRx05D7EyIJbdaRkZTS4cY3KC3SbLTzlgPMyHlfxjUNLbC"
    "A1V3hz7MEMbBhPirdHYUKLLpgvyi8sZhDtfPG9QknOroCRSnNiZ8qjegi0wvO3qxVXwBUEsDBBQAAAAIAAAAIVzwpmKBpgAAABcBAAAaAAAAeG"
    "wvX3JlbHMvd29ya2Jvb2sueG1sLnJlbHONz0sKwjAQANCrhNnbaV2ISNNuROhW6gFCOk1Kmw9J/N3e4EIsuHA1zO8NU7cPs7AbhTg5y6EqSmBk"
    "pRsmqzhc+tNmD21Tn2kRKU9EPfnI8oqNHHRK/oAYpSYjYuE82dwZXTAi5TQo9ELOQhFuy3KH4duAtcm6gUPohgpY//T0j+3GcZJ0dPJqyKYfJ/"
    "Duwhw1UcqoCIoSh08p4jtURVYBmxpXHzYvUEsDBBQAAAAIAAAAIVyY7koSDwEAAF4CAAAYAAAAeGwvd29ya3NoZWV0cy9zaGVldDEueG1sfZJB"
    "TsMwEEWvYnlPJ41pVJDjioIQKzbAAazEJBaxHdlWyiWQ4AYIdogbdBku0pvgRlUEyMGrmT//e55k09WjalAnrJNG53g+SzASujCl1FWO724vj5"
    "Z4xejG2AdXC+FRsGuX49r79hTAFbVQ3M1MK3SY3BuruA+trcC1VvByCKkG0iTJQHGpMaODdsE9Z9SaDbJhbVCLfXE2x8jnWOpGanHjbdClY9Qz"
    "1b9T8IzCvoXiYF9P2X3/oSP+8yl/2b9p5Hbbl98hCHwjZDpCphO3JOEcxzCnAmuOvp77T13HWPf7OpYtkpRQ6CJAZAQi/wAtY0BTgetqt30q0F"
    "X/GiMiA9EJWZDsDxH8eFMYPwv7BlBLAQIUAxQAAAAIAAAAIVyg3KTl6gAAAOQBAAATAAAAAAAAAAAAAACAAQAAAABbQ29udGVudF9UeXBlc10u"
    "eG1sUEsBAhQDFAAAAAgAAAAhXBxJ976kAAAAFgEAAAsAAAAAAAAAAAAAAIABGwEAAF9yZWxzLy5yZWxzUEsBAhQDFAAAAAgAAAAhXDDEOQmyAA"
    "AABwEAAA8AAAAAAAAAAAAAAIAB6AEAAHhsL3dvcmtib29rLnhtbFBLAQIUAxQAAAAIAAAAIVzwpmKBpgAAABcBAAAaAAAAAAAAAAAAAACAAccC"
    "AAB4bC9fcmVscy93b3JrYm9vay54bWwucmVsc1BLAQIUAxQAAAAIAAAAIVyY7koSDwEAAF4CAAAYAAAAAAAAAAAAAACAAaUDAAB4bC93b3Jrc2"
    "hlZXRzL3NoZWV0MS54bWxQSwUGAAAAAAUABQBFAQAA6gQAAAAA"
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def matches(head: bytes, name: str) -> bool:
    """Take a ZIP that is called a workbook or that holds one, and what is encrypted under such a name."""
    named = name.lower().endswith(EXTENSIONS)
    if head.startswith(OLE):
        return named
    return head.startswith(b"PK\x03\x04") and (named or b"xl/workbook.xml" in head or b"xl/worksheets/" in head)


def sheets(path: Path, options: ReadOptions) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Name the sheets with data, visible ones first."""
    _check(path)
    return workbook.sheet_names(path)


def open(path: Path, options: ReadOptions) -> Table:  # noqa: A001 - the shape's verb
    """Read one sheet, after its XML was measured."""
    _check(path)
    return workbook.open_sheet(path, options, NAME)


def unseen(path: Path) -> Sequence[str]:
    """Name what a reader of the tables would not see: comments, hidden cells and sheets, attachments, authors."""
    found = list(_check(path))
    return (*found, *(["hidden-sheets"] if workbook.hides(path) else []))


def _check(path: Path) -> Sequence[str]:
    facts = path.stat()
    return _checked(path, facts.st_mtime_ns, facts.st_size)


@functools.lru_cache(maxsize=4)
def _checked(path: Path, _changed: int, _size: int) -> Sequence[str]:
    """Measure a workbook once, however often it is opened while it stays as it is."""
    with path.open("rb") as file:
        data = file.read(8)
        if data.startswith(OLE):
            rest = file.read(64 << 20)
            raise Unreadable("encrypted" if ENCRYPTED in rest else "not-a-workbook")
    with workbook.check_archive(path) as archive:
        if not any(one.lower().startswith("xl/workbook.") for one in archive.namelist()):
            raise Unreadable("not-a-workbook")
        return workbook.check_sheets(archive)
