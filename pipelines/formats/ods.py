"""OpenDocument spreadsheets (LibreOffice)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

from pipelines import workbook
from pipelines.format import ReadOptions, Table, Unreadable

NAME = "ods"
MEDIA_TYPES = ("application/vnd.oasis.opendocument.spreadsheet",)
EXTENSIONS = (".ods",)
SAMPLE = base64.b64decode(
    "UEsDBBQAAAAAAAAAIVyFbDmKLgAAAC4AAAAIAAAAbWltZXR5cGVhcHBsaWNhdGlvbi92bmQub2FzaXMub3BlbmRvY3VtZW50LnNwcmVhZHNoZW"
    "V0UEsDBBQAAAAIAAAAIVyoW57OOgEAACQFAAALAAAAY29udGVudC54bWzFVEtOwzAQvYrlfUigtCpWkkosECtWILF1nUkbybGj2CntIZDgBoju"
    "EDfoMlykN8FxStsgqEoJwgt7fu+N5kkefzBNOZpArhIpAnx85GEEgskoEaMA31xfOH08CH0ZxwkDEklWpCC0w6TQ5kUGLBSpswEuckEkVYkigq"
    "agiGZEZiA+UGS7mthWdUTDVO+LrmobWDrke7e2xRa9Hmkoo9naUVkONFJjAB36dbG9UW1X1AG+Lee4kXVyedcMMOAcrTgnlBfg6FlmoErnRtcK"
    "XU2RhWk5992VbYxPDIdx6vJFtE4alc8CqeXicSezu1OUg1XyzDltfaRzit4eylcx/jVzzCXVuJEJcK/rnXQ23az7X+L1WxfvarRc3DN0WT79jX"
    "pnnW6nt2ln3R+qtx0x3lc/3G3sAPebJRe+A1BLAwQUAAAACAAAACFce8Mo8I8AAADyAAAAFQAAAE1FVEEtSU5GL21hbmlmZXN0LnhtbGWPwQqD"
    "MBBEf0VyN2mvi9FvWcyKgWQTslHq3zcttFp6mx0eM7PD9Iih26mIT2zVXd/UNA4R2S8kFT6iaxTL97RqKwwJxQswRhKoM6RM7NK8ReIKvzy8ci"
    "+xiw/UN6wc3eltIfQZ62qVUacdyXns65HJKsw5+Blrm2p2dvo9QF97teRC6GQlqsqMg/n7ZHwCUEsBAhQDFAAAAAAAAAAhXIVsOYouAAAALgAA"
    "AAgAAAAAAAAAAAAAAIABAAAAAG1pbWV0eXBlUEsBAhQDFAAAAAgAAAAhXKhbns46AQAAJAUAAAsAAAAAAAAAAAAAAIABVAAAAGNvbnRlbnQueG"
    "1sUEsBAhQDFAAAAAgAAAAhXHvDKPCPAAAA8gAAABUAAAAAAAAAAAAAAIABtwEAAE1FVEEtSU5GL21hbmlmZXN0LnhtbFBLBQYAAAAAAwADALIA"
    "AAB5AgAAAAA="
)


def matches(head: bytes, name: str) -> bool:
    """Take a ZIP that says it is a spreadsheet in its first member, or that is called one."""
    marked = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head[:200]
    return head.startswith(b"PK\x03\x04") and (marked or name.lower().endswith(EXTENSIONS))


def sheets(path: Path, options: ReadOptions) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Name the sheets with data, visible ones first."""
    _check(path)
    return workbook.sheet_names(path)


def open(path: Path, options: ReadOptions) -> Table:  # noqa: A001 - the shape's verb
    """Read one sheet, after its XML was measured."""
    _check(path)
    return workbook.open_sheet(path, options, NAME)


def unseen(path: Path) -> Sequence[str]:
    """Name what a reader of the tables would not see: comments, hidden cells and sheets."""
    found = _check(path)
    return (*found, *(["hidden-sheets"] if workbook.hides(path) else []))


def _check(path: Path) -> Sequence[str]:
    with workbook.check_archive(path) as archive:
        if "META-INF/manifest.xml" in archive.namelist():
            manifest = b"".join(workbook.parts(archive, "META-INF/manifest.xml"))
            if b"encryption-data" in manifest:
                raise Unreadable("encrypted")
        if "content.xml" not in archive.namelist():
            raise Unreadable("not-a-workbook")
        return workbook.check_content(archive)
