"""Loading no more of Arrow than a file asks: its functions one by one, numpy where files are large, pandas never."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

ARROW = "pyarrow.lib"
NEVER = ("pandas", "cloudpickle")
RENAMED = {"and_": "and", "or_": "or"}
"""Functions of Arrow whose names Python keeps for itself."""


def load_arrow(*, numpy: bool) -> None:
    """Load pyarrow for the rest of this process; where it is loaded already nothing changes.

    pandas and cloudpickle are kept out of the process: pyarrow would load the one to ask whether a list is of its
    kind (0.3 s), the other to send around what we never send. Without ``numpy`` (0.15 s) pyarrow's own bridge to it is
    shut; ``pipelines.flat`` needs none.
    """
    if ARROW in sys.modules:
        return
    shut = _Shut({*NEVER, *(() if numpy else ("numpy",))})
    sys.meta_path.insert(0, shut)
    _load_compute()
    shut.names.discard("numpy")


class _Shut:
    """Finds no module of these names, however many places hold one."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> None:
        """Refuse those names, and leave all others to those who find modules."""
        if name in self.names:
            raise ModuleNotFoundError(name=name)


def is_lean() -> bool:
    """Whether pyarrow was loaded in this process without its bridge to numpy."""
    return ARROW in sys.modules and getattr(sys.modules[ARROW], "np", None) is None


def _load_compute() -> None:
    """Load pyarrow.compute without its functions, each of which is then made when it is first asked for.

    pyarrow makes all 300 with signatures and documentation, which takes longer than to check a small file.
    """
    native: Any = import_module("pyarrow._compute")
    registry = native.function_registry
    native.function_registry = lambda: _Few(registry())
    try:
        compute = import_module("pyarrow.compute")
    finally:
        native.function_registry = registry
    vars(compute)["function_registry"] = registry
    vars(compute)["__getattr__"] = _Maker(compute)


class _Few:
    """The registry of functions, which names only what pyarrow.compute itself asks for while it loads."""

    def __init__(self, registry: Any) -> None:
        self.get_function = registry.get_function

    def list_functions(self) -> list[str]:
        """Name few functions."""
        return ["utf8_zero_fill"]


class _Maker:
    """Makes functions of pyarrow.compute, each once, as pyarrow itself makes them."""

    def __init__(self, compute: ModuleType) -> None:
        self._compute = compute

    def __call__(self, name: str) -> Any:
        module: Any = self._compute
        try:
            function = module.function_registry().get_function(RENAMED.get(name, name))
        except KeyError:
            raise AttributeError(name=name, obj=module) from None
        options = module._get_options_class(function)  # noqa: SLF001 - the library's own way of making it
        made = module._make_generic_wrapper(name, function, options, function.arity)  # noqa: SLF001
        return vars(module).setdefault(name, made)
