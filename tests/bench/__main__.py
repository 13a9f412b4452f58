"""Run one benchmark by name and print one line."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import pkgutil
import sys
from pathlib import Path


def names() -> list[str]:
    return [one.name for one in pkgutil.iter_modules([str(Path(__file__).parent)]) if not one.name.startswith(("_", "test_"))]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Run a benchmark.")
    parser.add_argument("name", choices=names())
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--quick", action="store_true", help="a small size, to see that it runs")
    parser.add_argument("--all", dest="every", action="store_true", help="damage: every kind of damage to every file")
    parser.add_argument("--engine", choices=["tantivy", "both"], help="search: hold Elasticsearch beside tantivy")
    parser.add_argument("--size", type=int, help="search: how many datasets")
    given = parser.parse_args(arguments)
    run = importlib.import_module(f"tests.bench.{given.name}").run
    wishes = {name: value for name, value in vars(given).items() if value is not None and name in inspect.signature(run).parameters}
    result = run(**wishes)
    print(json.dumps(result, ensure_ascii=False) if given.json else sentence(result))
    return 0


def sentence(result: dict) -> str:
    detail = ", ".join(f"{key} {value}" for key, value in result.get("detail", {}).items())
    return f"{result['name']}: {result['ours']} against {result['peer']} {result['unit']}, {result['ratio']} times better ({detail})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
