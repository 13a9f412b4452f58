"""Things made when they are first asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from standards import late
from standards.codelist import codes, load

ROOT = Path(__file__).parents[2]


def test_a_thing_is_made_once_and_not_before_something_of_it_is_asked_for() -> None:
    made = []

    def make() -> str:
        made.append("x")
        return "text"

    one = late.Late(make)
    assert made == []
    assert (one.upper(), one.upper(), one.title()) == ("TEXT", "TEXT", "Text")
    assert made == ["x"]
    with pytest.raises(AttributeError):
        one.nothing  # noqa: B018 - asked for on purpose


def test_a_pattern_that_is_compiled_late_finds_what_it_says() -> None:
    one = late.pattern("[0-9]+")
    assert one.sub("#", "a12b3") == "a#b#"
    assert one.pattern == "[0-9]+"


def test_a_module_is_loaded_when_it_is_used() -> None:
    code = "import sys; from standards import late; m = late.module('wave'); print('wave' in sys.modules, m.WAVE_FORMAT_PCM, 'wave' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.split() == ["False", "1", "True"]


@pytest.mark.parametrize("name", ["vn-mobile-prefix", "vn-personal-id-province", "vn-province"])
def test_the_bare_codes_of_a_list_are_those_of_its_entries(name: str) -> None:
    assert list(codes(name)) == sorted(load(name).entries)
