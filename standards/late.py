"""Things made when something of them is first asked for: modules that few files need, patterns slow to compile."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast


class Late:
    """Stands for what ``make`` gives, which is called once, when a member of it is first asked for."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = functools.cache(make)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._make(), name)
        setattr(self, name, found)
        return found


def module(name: str) -> Any:
    """Stand for a module, which is loaded when it is first used; for type checkers it is imported as usual."""
    return Late(functools.partial(import_module, name))


def pattern(source: str) -> re.Pattern[str]:
    """Stand for a regular expression, which is compiled when it is first used: a large one takes milliseconds."""
    return cast("re.Pattern[str]", Late(functools.partial(re.compile, source)))
