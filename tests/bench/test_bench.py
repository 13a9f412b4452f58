"""Benchmarks start by name and print one line that a machine can read."""

from __future__ import annotations

import json

import pytest

from tests.bench.__main__ import main, names


def test_every_benchmark_is_found_by_its_name():
    assert "search" in names()


def test_a_benchmark_prints_one_line_with_ours_peer_and_ratio(capsys):
    assert main(["search", "--json", "--quick"]) == 0
    line, rest = capsys.readouterr().out.split("\n", 1)
    result = json.loads(line)
    assert rest == ""
    assert {"name", "unit", "ours", "peer", "ratio"} <= result.keys()
    assert result["ours"] > 0
    assert result["peer"] > 0


def test_an_unknown_benchmark_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["nonsense"])
    assert "invalid choice" in capsys.readouterr().err
