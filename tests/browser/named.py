"""What a screen reader is told of a page, by the browser's own accessibility tree: names, landmarks, headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from playwright.sync_api import Page

ALONE = ("main", "banner", "contentinfo")
APART = ("navigation", "region", "search", "complementary")
"""Landmarks of which a reader sees a list: two of a kind with one name cannot be told apart."""
NAMED = frozenset({"link", "button", "textbox", "searchbox", "combobox", "checkbox", "radio", "listbox", "slider", "spinbutton", "image", "img", "meter",
                   "progressbar", "navigation", "region", "DisclosureTriangle", "columnheader", "rowheader"})
WRONG = re.compile(r"^(undefined|None|NaN)$|%\(|\{\{|\[object")
"""What a name bears where a template or a module said something else than words."""


def told_wrong(page: Page) -> list[str]:
    """What is missing or says nothing in the tree that a screen reader reads."""
    devtools = page.context.new_cdp_session(page)
    try:
        every = devtools.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        devtools.detach()
    heard = [(role(one), name(one), one) for one in in_order(every) if not one.get("ignored")]
    return [*nameless(heard), *landmarks(heard), *headings(heard), *alike(heard)]


def in_order(every: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The nodes as they are read out: each before what is in it."""
    nodes = {one["nodeId"]: one for one in every}
    left = [every[0]["nodeId"]]
    while left:
        one = nodes.get(left.pop())
        if one is not None:
            yield one
            left += reversed(one.get("childIds", ()))


Heard = tuple[str, str, dict[str, Any]]


def role(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def held(node: dict[str, Any], what: str) -> Any:
    return next((one["value"].get("value") for one in node.get("properties", ()) if one["name"] == what), None)


def nameless(heard: Iterable[Heard]) -> Iterator[str]:
    for kind, said, node in heard:
        if not said and (kind in NAMED or held(node, "focusable")) and kind not in ("RootWebArea", "main"):
            yield f"{kind} without a name: {node.get('backendDOMNodeId')}"
        if WRONG.search(said):
            yield f"{kind} is called {said!r}"


def landmarks(heard: list[Heard]) -> Iterator[str]:
    many = Counter(kind for kind, _, _ in heard)
    yield from (f"{many[one]} × {one}" for one in ALONE if many[one] != 1)
    names = Counter((kind, said) for kind, said, _ in heard if kind in APART)
    yield from (f"{kind} {said!r} {times} times" for (kind, said), times in names.items() if times > 1)


def headings(heard: list[Heard]) -> Iterator[str]:
    """Headings go down by one level at a time: a reader goes from one to the next by them."""
    before = 0
    for kind, said, node in heard:
        if kind == "heading":
            level = int(held(node, "level") or 0)
            if level > before + 1:
                yield f"heading {said!r} of level {level} follows one of level {before}"
            before = level


def alike(heard: list[Heard]) -> Iterator[str]:
    """Fields with one name: whoever hears it does not know which one he is at."""
    fields = Counter((kind, said) for kind, said, _ in heard if kind in ("textbox", "searchbox", "combobox", "checkbox"))
    yield from (f"{kind} {said!r} {times} times" for (kind, said), times in fields.items() if times > 1 and said)
