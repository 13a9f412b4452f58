"""Excel workbooks of before 2007 (BIFF in an OLE file)."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from pathlib import Path

from pipelines import workbook
from pipelines.format import ReadOptions, Table

NAME = "xls"
MEDIA_TYPES = ("application/vnd.ms-excel",)
EXTENSIONS = (".xls", ".xlt")
SAMPLE = zlib.decompress(
    base64.b64decode(
        "eNrtWE1oE0EU/maSzU9p021NhVYIoWDV2oOih17a1YLWi6GKYBFB0yaotKYSc9GD1tYcBcGT4qXQi5eqB//Qg948KPXnIAhCYm7Wi2DRQ5v1zc"
        "ukpjWHBrSozLfM25n35puZnTc/O/Nqtik3dbctjxXohQdFNwhfhU5QCJYTNsjuuipafgcouAb/FIIBcqTPwuOGF37lQ+XvPCTueJ+RBD5SOIoz"
        "iI2lktE1RB+3IS5UG3pICtwkTQit3KpmlsMs17G8zTmfsNzFmisseyhvThzBrBPr7NajeFC2sy0EVe4D5rxnzXa04LkaxRevilJeC7vTp+Kjf6"
        "ch4q3HNMhv/clUMh0fzSFMDpzGvBsFvpZn6tOo0a+tXoD035fr/VX016QXGId7nAd4FnWY9yiLxGBhAYeUZznQ0DxdIEvmU8oHkaBJmaKSzuJ1"
        "xAK2EXb6IfoQJ6UtPpPxJLShmwwxnMDLyDAZ9yFHddAizpPeXjbpG3gy1JNMoJHjTTwlbFrWF259ebN/aMA5xppxXuhL28FG9QVwcUkxiBxii2"
        "dJdjJjK8sJLnUDx9tYhqmZ9O4YaNGRvZOc5zJbO6ieHYy3zqaK+GaKZ+cOPIxkC84Wis/058+HZ945U2in7SlBfPVMokt0iRvXFR455bfQS8cH"
        "lq2/LCMBaeu2u3rPa8Qi9xmoPxRKKdU7YikldV8ptqjCFsz26PyC2arfLkiVUuziNw+zZRW2ZLal2SXP+DRbMnvinoVe2Yz7Kistfz9RBwMDAw"
        "MDAwMDA4MVdzpS/6yrX1JLHwf8+l5nkULRXJP8tziIMXoydDjcQ+fGDNI4V9P4WQ9LlMsSq+SU7wsVDlPtaYxgiNsxUvP4peOcqPyeVRPt3zeF"
        "aq2/WEs7/3D9PwBqINLI"
    )
)


def matches(head: bytes, name: str) -> bool:
    """Take an OLE file that is called a workbook or whose directory, when it lies near the beginning, names one."""
    ole = head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    return ole and (name.lower().endswith(EXTENSIONS) or "Workbook".encode("utf-16-le") in head)


def sheets(path: Path, options: ReadOptions) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Name the sheets with data, visible ones first."""
    return workbook.sheet_names(path)


def open(path: Path, options: ReadOptions) -> Table:  # noqa: A001 - the shape's verb
    """Read one sheet."""
    return workbook.open_sheet(path, options, NAME)


def unseen(path: Path) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Say that there is no knowing: an old workbook may hold comments, macros and earlier states."""
    return ("unscreened",)
