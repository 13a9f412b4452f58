"""What a parsed statement may hold: every node is of a kind that is known to read only, every function is listed.

The tree is DuckDB's own (``json_serialize_sql``): what is looked at is what runs, so no comment, no case and no
unusual letter hides anything. Whatever is not on a list is refused, also what a later DuckDB brings: its 2.0 already
calls ``WITH d AS (DELETE … RETURNING *) SELECT * FROM d`` a SELECT.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pipelines.guardedsql.words import FUNCTIONS, TABLE_FUNCTIONS

DEEPEST: Final = 120
LARGEST: Final = 20_000
"""Nodes of one statement."""
NODES: Final = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
SOURCES: Final = frozenset({
    "BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY", "EMPTY_FROM", "EXPRESSION_LIST", "TABLE_FUNCTION", "PIVOT",
})
MODIFIERS: Final = frozenset({"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER"})
ORDERS: Final = frozenset({"ORDER_DEFAULT", "ASCENDING", "DESCENDING", "INVALID"})
CLASSES: Final = frozenset({
    "COLUMN_REF", "CONSTANT", "FUNCTION", "CAST", "CASE", "COMPARISON", "CONJUNCTION", "OPERATOR", "SUBQUERY", "WINDOW",
    "STAR", "BETWEEN", "COLLATE", "LAMBDA", "LAMBDA_REF", "POSITIONAL_REFERENCE", "TYPE",
})


class Refused(Exception):
    """A statement that does not run: a stable code, and what in it is refused."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code, what)
        self.code = code
        self.what = what[:100]


def tables(tree: Mapping[str, Any], taken: Collection[str]) -> tuple[str, ...]:
    """Give the tables that one SELECT reads, as they are written, each once. Raises Refused for anything more.

    ``taken`` are names that the engine gives to something of its own: no WITH may bear one, so that none of them is
    reached by a name that seems to be the statement's.
    """
    statements = tree.get("statements", ())
    if tree.get("error") or len(statements) != 1:
        raise Refused("sql-not-one-select")
    found: dict[str, None] = {}
    made: set[str] = set()
    for node in _nodes(statements[0]):
        _look(node)
        made |= _with(node, taken)
        if node.get("type") == "BASE_TABLE":
            found[_named(node)] = None
    return tuple(name for name in found if name.casefold() not in made)


def _nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Give every object of the tree but what stands inside a constant."""
    stack: list[tuple[Any, int]] = [(tree, 0)]
    many = 0
    while stack:
        item, depth = stack.pop()
        many += 1
        if depth > DEEPEST or many > LARGEST:
            raise Refused("sql-too-large")
        if isinstance(item, dict):
            yield item
            if item.get("class") != "CONSTANT":
                stack += [(one, depth + 1) for one in item.values()]
        elif isinstance(item, list):
            stack += [(one, depth + 1) for one in item]


def _look(node: Mapping[str, Any]) -> None:
    kind = node.get("class")
    if kind is not None:
        if kind not in CLASSES:
            raise Refused("sql-not-allowed", str(kind).lower())
    elif isinstance(node.get("type"), str) and node["type"] not in NODES | SOURCES | MODIFIERS | ORDERS:
        raise Refused("sql-not-allowed", node["type"].removesuffix("_NODE").replace("_", " ").lower())
    if node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            raise Refused("sql-not-allowed", name)
    if "function_name" in node:
        name = str(node["function_name"]).lower()
        if name not in FUNCTIONS and name not in TABLE_FUNCTIONS:
            raise Refused("sql-not-allowed", name)
        _refuse_path(node, str(node["function_name"]))
    if kind == "TYPE":
        _refuse_path(node, str(node.get("type_name", "")))


def _named(node: Mapping[str, Any]) -> str:
    name = str(node.get("table_name", ""))
    _refuse_path(node, name)
    if node.get("at_clause"):
        raise Refused("sql-not-allowed", "at")
    return name


def _refuse_path(node: Mapping[str, Any], name: str) -> None:
    """Names stand alone: no schema, no catalogue before them."""
    qualified = node.get("qualified_name", {}).get("path")
    loose = [node.get(one) for one in ("schema", "catalog", "schema_name", "catalog_name")]
    if any(loose) or (qualified is not None and qualified != [name]):
        told = qualified or [str(one) for one in (*loose, name) if one]
        raise Refused("sql-not-allowed", ".".join(map(str, told)))


def _with(node: Mapping[str, Any], taken: Collection[str]) -> set[str]:
    """Give the names that WITH makes here."""
    listed = node.get("cte_map", {})
    names = {str(one.get("key", "")).casefold() for one in listed.get("map", ())} if isinstance(listed, dict) else set()
    if "cte_name" in node:
        names.add(str(node["cte_name"]).casefold())
    for name in names:
        if name in taken:
            raise Refused("sql-not-allowed", name)
    return names
