"""What PostgreSQL calls the columns that a reader's statement does not name: ``count``, ``upper``, ``?column?``.

Clients of CKAN read ``record["count"]`` and order by ``count``; DuckDB calls that column ``count_star()``. Names are
written into the tree that was looked at, which changes nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

UNNAMED: Final = "?column?"
FUNCTIONS: Final[Mapping[str, str]] = MappingProxyType({"count_star": "count", "list": "array_agg"})
"""What is said otherwise than DuckDB's parser has it."""

TYPES: Final[Mapping[str, str]] = MappingProxyType({
    "integer": "int4", "int": "int4", "bigint": "int8", "smallint": "int2", "double": "float8", "float": "float4",
    "decimal": "numeric", "boolean": "bool",
})
DEEPEST: Final = 20


def name(tree: Any) -> None:
    """Write the names that PostgreSQL gives into the statements of a parsed tree, into those within them as well."""
    if isinstance(tree, dict):
        for each in tree.get("select_list", ()) if tree.get("type") == "SELECT_NODE" else ():
            found = "" if each.get("alias") else _called(each)
            if found and each.get("class") != "COLUMN_REF":
                each["alias"] = found
        for each in tree.values():
            name(each)
    elif isinstance(tree, list):
        for each in tree:
            name(each)


def name_rest(tree: Mapping[str, Any]) -> None:
    """Write ``?column?`` where the outermost statement has a column that even PostgreSQL has no name for."""
    node = tree["statements"][0]["node"]
    for _ in range(DEEPEST):
        node = node.get("left", node)
    for each in node.get("select_list", ()):
        if not each.get("alias") and each.get("class") not in ("COLUMN_REF", "STAR"):
            each["alias"] = UNNAMED


def _called(one: Mapping[str, Any]) -> str:
    """Give what PostgreSQL calls an expression, "" where it has no name for it."""
    way = WAYS.get(str(one.get("class")))
    return "coalesce" if one.get("type") == "OPERATOR_COALESCE" else way(one) if way else ""


def _function(one: Mapping[str, Any]) -> str:
    said = str(one.get("function_name", ""))
    return "" if one.get("is_operator") or not said.isidentifier() else FUNCTIONS.get(said, said)


def _cast(one: Mapping[str, Any]) -> str:
    said = str(one.get("type_expr", {}).get("type_name", "")).lower()
    return _called(one.get("child", {})) or TYPES.get(said, said)


def _within(one: Mapping[str, Any]) -> str:
    """Give the name of a statement that stands where a value does: that of its only column."""
    kind, node = one.get("subquery_type"), one.get("subquery", {}).get("node", {})
    if kind == "EXISTS":
        return "exists"
    listed = node.get("select_list", ()) if kind == "SCALAR" else ()
    return str(listed[0].get("alias") or _called(listed[0])) if listed else ""


WAYS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = MappingProxyType({
    "COLUMN_REF": lambda one: str(one["column_names"][-1]), "FUNCTION": _function, "WINDOW": _function, "CAST": _cast,
    "CASE": lambda one: _called(one.get("else_expr", {})) or "case", "SUBQUERY": _within,
})
