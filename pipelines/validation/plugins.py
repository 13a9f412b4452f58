"""Frictionless's own plug-ins for schemes and formats, and none of other packages, which might change its verdict."""

from __future__ import annotations

from collections import OrderedDict
from importlib import import_module
from pathlib import Path
from typing import Any

GROUPS = ("schemes", "formats")


def settle_plugins() -> None:
    """Tell Frictionless its plug-ins before it looks through every installed module for them (0.1 s a process)."""
    from frictionless import system

    state: dict[str, Any] = vars(system)
    if "plugins" in state:
        return
    plugins: OrderedDict[str, Any] = OrderedDict()
    for group in GROUPS:
        home = Path(str(import_module(f"frictionless.{group}").__file__)).parent
        for name in sorted(one.name for one in home.iterdir() if (one / "__init__.py").is_file()):
            module = import_module(f"frictionless.{group}.{name}")
            made = getattr(module, f"{name.capitalize()}Plugin", None)
            if made is not None:
                plugins[name] = made()
    state["plugins"] = plugins
