"""The architecture, the docs and the manners of the house, as small truths that a machine keeps."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("standards", "catalog", "pipelines", "api")
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
LATE_IMPORTS_ALLOWED = ("api/cli", "api/wiring", "pipelines/validation")
# Rooms and functions over the limit. These lists may only shrink: a name that no longer needs its excuse fails too.
EXCUSED_ROOMS: frozenset[str] = frozenset()
EXCUSED_FUNCTIONS: frozenset[str] = frozenset()
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """What a room is made of, parsed once for all tests of this file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_the_import_contracts_hold() -> None:
    """Arrows go down only, corridors' siblings are strangers, each driver has its room."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_opens_with_one_sentence(path: Path) -> None:
    doc = ast.get_docstring(tree_of(path))
    assert doc, f"{name_of(path)} does not say what room it is"
    first = doc.split("\n\n")[0].replace("\n", " ")
    assert len(first) <= 240, f"{name_of(path)}: the first sentence is too long"


def test_no_room_is_too_large() -> None:
    large = {name_of(path) for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES}
    assert large == EXCUSED_ROOMS


def test_no_function_is_too_long() -> None:
    long = {
        f"{name_of(path)}:{function.name}"
        for path in MODULES
        for function in functions(tree_of(path))
        if (function.end_lineno or 0) - function.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    }
    assert long == EXCUSED_FUNCTIONS


def test_imports_stand_at_the_top() -> None:
    """But in the command line, the wiring and the validation engine, for start-up time."""
    hidden = [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        if not name_of(path).startswith(LATE_IMPORTS_ALLOWED)
        for function in functions(tree_of(path))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def test_only_the_command_line_prints() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in MODULES
        if not name_of(path).startswith("api/cli")
        for name, line in calls(path)
        if name == "print"
    ]
    assert found == []


def test_settings_are_read_in_one_room() -> None:
    """os.environ is read nowhere but in settings, language and wiring (the sandbox empties its child's)."""
    allowed = {"api/settings.py", "api/language.py", "api/wiring/shared.py", "pipelines/sandbox.py"}
    pattern = re.compile(r"\bos\.(environ|getenv)\b")
    found = [name_of(path) for path in MODULES if pattern.search(path.read_text()) and name_of(path) not in allowed]
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    pattern = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|pragma: no cover")
    found = [name_of(path) for path in MODULES if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_repealed_law_is_never_cited_as_in_force() -> None:
    """NĐ 47/2020 and NĐ 13/2023 may be named only where it is said that they no longer hold."""
    pattern = re.compile(r"(47/2020/NĐ-CP|NĐ 47/2020|13/2023/NĐ-CP|NĐ 13/2023)")
    spoken = [*MODULES, *(ROOT / "standards").rglob("*.yaml"), *(ROOT / "api" / "templates").rglob("*.html")]
    found = [name_of(path) for path in spoken if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("floor", FLOORS)
def test_every_module_can_be_imported(floor: str) -> None:
    package = importlib.import_module(floor)
    for found in pkgutil.walk_packages(package.__path__, f"{floor}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def siblings(folder: str) -> set[str]:
    here = ROOT / folder
    files = {path.stem for path in here.glob("*.py") if path.stem != "__init__"}
    return files | {path.name for path in here.iterdir() if (path / "__init__.py").exists()}


def test_each_corridor_equals_its_list() -> None:
    checks = importlib.import_module("standards.registry").CHECKS
    formats = importlib.import_module("pipelines.registry").FORMATS
    listed = {getattr(one, "__name__", type(one).__module__).rsplit(".", 1)[-1] for one in checks}
    assert listed == siblings("standards/checks") | siblings("standards/readability")
    assert {one.__name__.rsplit(".", 1)[-1] for one in formats} == siblings("pipelines/formats")
    tables = importlib.import_module("standards.registry").TABLES
    assert {one.id for one in tables.values()} == {path.stem for path in (ROOT / "standards/tables").glob("*.yaml")}


def test_every_path_in_the_architecture_page_exists() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:api|catalog|pipelines|standards|tests|infra|docs)/[\w./-]*)`", page)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_readme_names_the_two_commands() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in page
    assert "make test" in page


def test_requirements_name_no_index_and_bear_hashes() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        pins = len(re.findall(r"^\S+==", text, flags=re.MULTILINE))
        assert pins
        assert text.count("--hash=sha256:") >= pins


def test_no_machine_path_is_written_down() -> None:
    pattern = re.compile(r"(^|[\s\"'=(])/(work|root|home)/")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    texts = [ROOT / name for name in tracked if name.endswith((".py", ".md", ".toml", ".yaml", ".sh", ".txt", "Makefile"))]
    found = [name_of(path) for path in texts if path.exists() and pattern.search(path.read_text(encoding="utf-8"))]
    assert [name for name in found if name != "tests/test_house.py"] == []
