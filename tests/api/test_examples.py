"""The examples of the docs, as they stand there, against a site that runs."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from api.dialects.v1 import render
from catalog.model import NOBODY, Entry
from pipelines.dumps import Dumps
from tests.running import served
from tests.site import URL, Town, make_town, replace_paths

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(sh|python|js|r|)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROWS = """ma,ten,tinh,so_lop,ngay
00123,Tiểu học Đống Đa Hà Nội,01,25,2025-09-05
00456,THCS Lê Lợi,01,18,2025-09-05
00789,THPT Nguyễn Du,79,31,2024-09-05
""".encode()
SAYS = {
    '"cursor": cursor': "3 rows of version 1", "so_lop > many": "422 query ['unknown-column']",
    "duckdb.from_arrow": "[('01', 43), ('79', 31)]", "hexdigest() ==": "True", '"Row1"': "'so_lop': 'integer'",
    "RemoteCKAN": "Trường học", "If-None-Match": "304", "tail -c 4": "PAR1", "so_lop.mean()": "21.5", "truong.csv": "<!doctype html>",
    "answer.ok": "{ tinh: '01', n: 2 }", "library(jsonlite)": "1   01 2", "read.csv": "2 00456",
    "call_tool": "'so_truong': 2",
}
"""Words of an example, and what it prints."""


COMMANDS = {"sh": ["sh", "-ec"], "js": ["node", "--input-type=module", "-e"], "r": ["Rscript", "-e"]}
BY_HAND = {"js": "import ", "r": "library(arrow)"}


def blocks(page: str) -> list[tuple[str, str]]:
    """(language, code) of every example of a page that can be run; one without a language is for the shell if it calls curl.

    Those in JavaScript that import a package of npm, and those in R that load Arrow, are run by hand: the tests install none.
    """
    found = FENCE.findall((DOCS / f"{page}.md").read_text(encoding="utf-8"))
    return [(language or "sh", code) for language, code in found
            if (language or code.startswith("curl")) and not code.startswith(BY_HAND.get(language, "\0"))]


NODE = pytest.mark.skipif(shutil.which("node") is None, reason="node is not here: examples in JavaScript are not run")
R = pytest.mark.skipif(
    shutil.which("Rscript") is None or subprocess.run(["Rscript", "-e", "library(jsonlite)"], capture_output=True, check=False).returncode != 0,
    reason="R with jsonlite is not here: examples in R are not run")
EXAMPLES = [
    pytest.param(language, code, id=f"{page}-{number}-{language}", marks={"js": [NODE], "r": [R]}.get(language, []))
    for page in ("examples", "rows", "mcp") for number, (language, code) in enumerate(blocks(page))
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with the dataset of the examples, its numbers as numbers, and with dumps."""
    folder = tmp_path_factory.mktemp("examples")
    town = make_town(folder / "town")
    publish(town)

    def document(entry: Entry) -> dict[str, Any]:
        version, owner = town.catalog.version(NOBODY, entry.id), town.catalog.organisation(NOBODY, entry.organisation)
        return render.dataset(entry, version, owner, URL, town.stand.clock.at.date())

    Dumps(town.catalog, document, folder, first=0.0).step(60)
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        with served(town.client.app, listening):
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def publish(town: Town) -> None:
    made = town.draft("Trường học")
    sent = town.upload(made["slug"], ROWS, name="truong-hoc.csv").json()["id"]
    town.catalog.begin_check(sent)
    outcome = replace_paths(town, town.catalog.submission(town.catalog.system(), sent))
    parquet = next(one.path for one in outcome.tables[0].artefacts if one.role == "parquet")
    text = pq.read_table(parquet)
    typed = text.set_column(4, "so_lop", pc.cast(text["so_lop"], pa.int64()))
    pq.write_table(typed.set_column(5, "ngay", pc.cast(text["ngay"], pa.date32())), parquet)
    town.catalog.settle(sent, town.catalog.shelve_outcome(sent, outcome))
    town.catalog.publish(town.catalog.system(), [sent])
    town.stand.follow()


@pytest.mark.parametrize(("language", "code"), EXAMPLES)
def test_an_example_of_the_docs_does_what_it_says(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, code: str
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    code = code.replace(URL, address)
    if language in COMMANDS:
        command = COMMANDS[language]
        done = subprocess.run([*command, code], capture_output=True, text=True, timeout=240, env={**os.environ}, check=False)
        assert done.returncode == 0, done.stderr
        said = done.stdout + "".join(one.read_text(encoding="utf-8")[:100] for one in tmp_path.iterdir())
    else:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "example", "exec"), {"__name__": "__main__"})
        said = out.getvalue()
    assert said.strip()
    assert '"status":4' not in said, said
    for words, answer in SAYS.items():
        assert words not in code or answer in said, said
