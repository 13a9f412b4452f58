"""A site that starts loads what it serves with, and nothing that only some requests or some files need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.faults.place import ROOT, Place

LATER = ["alembic", "boto3", "duckdb", "elasticsearch", "frictionless", "jsonschema", "mcp", "numpy", "pandas", "pyarrow",
         "rdflib", "xlsxwriter"]
STARTS = f"""
import gc, json, sys
from api.cli.site import make_app
make_app()
print(json.dumps([[one for one in {LATER!r} if one in sys.modules], gc.get_threshold()[0], gc.get_freeze_count()]))
"""


def test_a_web_process_loads_what_it_needs_to_answer_and_leaves_the_rest_for_when_it_is_asked(tmp_path: Path) -> None:
    place = Place(tmp_path)
    environment = {**os.environ, **place.environment, "PYTHONPATH": str(ROOT)}
    made = subprocess.run([sys.executable, "-c", STARTS], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    loaded, every, frozen = json.loads(made.stdout)
    assert loaded == []
    assert every >= 10_000, "to look for garbage while libraries load takes a fifth of the start"
    assert frozen > 100_000, "what a process starts with is not looked through again and again"
