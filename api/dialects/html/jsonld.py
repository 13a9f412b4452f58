"""JSON-LD in a page's head, for search engines: safe inside the script element that it stands in."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

ESCAPES: dict[str, str | int | None] = {
    "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029",
}


def script(document: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(str.maketrans(ESCAPES)))  # noqa: S704 - every sign that HTML knows is escaped above
