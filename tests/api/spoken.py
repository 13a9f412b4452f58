"""Every sentence that the pages can say, gathered from the templates and the html dialect."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "api" / "templates").rglob("*.html"))
MODULES = sorted((ROOT / "api" / "dialects" / "html").rglob("*.py"))
CALL = re.compile(r"""\b_h?\(\s*"((?:[^"\\]|\\.)*)\"""")
TABLES = ("THEMES", "FREQUENCIES", "KINDS", "QUALITY", "FACETS", "SORTS", "ROLES", "RULES", "OPERATIONS", "FORMS", "AGGREGATES", "UNITS",
          "TITLES", "LEADS", "COLUMNS", "PARTS", "TABS", "ALARMS")


def in_templates() -> set[str]:
    found = set()
    for path in TEMPLATES:
        found |= {re.sub(r"\\(.)", r"\1", one) for one in CALL.findall(path.read_text(encoding="utf-8"))}
    return found


def in_modules() -> set[str]:
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _says(node.func):
                found |= {one.value for one in node.args[-1:] + node.args[:2] if _is_text(one)}
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in TABLES and isinstance(node.value, ast.Dict):
                found |= {one.value for one in node.value.values if _is_text(one)}
    return found


def _says(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and func.attr in ("say", "gettext", "markup")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def every_sentence() -> set[str]:
    return in_templates() | in_modules()
