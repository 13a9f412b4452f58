"""What the site's own outages put off promises by, at hand for pages and JSON: looked up every few seconds."""

from __future__ import annotations

import time
from typing import Final

from api.deps import Site
from catalog.grace import Grace

SECONDS: Final = 10.0
"""An outage that ended is told by lists and pages so much later at most."""


def grace(site: Site) -> Grace:
    """Give the grace of promises as it was some seconds ago at most."""
    kept: tuple[float, Grace] | None = site.extras.get("grace")
    now = time.monotonic()
    if kept is None or now - kept[0] > SECONDS or site.environment == "test":  # tests write behind the doors
        site.extras["grace"] = kept = (now, site.catalog.grace())
    return kept[1]
