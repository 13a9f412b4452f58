"""The shapes of the catalogue, each loaded when it is first asked for."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from catalog import model

ROOT = Path(__file__).parents[2]


def test_every_shape_that_is_offered_stands_in_one_room_and_every_room_offers_it() -> None:
    held = [name for names in model._ROOMS.values() for name in names]
    assert sorted(held) == sorted(model.__all__)
    for room, names in model._ROOMS.items():
        for name in names:
            assert getattr(model, name) is getattr(importlib.import_module(f"catalog.model.{room}"), name)


def test_what_is_not_offered_is_not_there() -> None:
    with pytest.raises(AttributeError):
        model.Nothing  # noqa: B018 - asked for on purpose
    with pytest.raises(ImportError):
        importlib.import_module("catalog.model.nothing")


def test_the_shapes_of_a_check_do_not_load_those_of_people_and_datasets() -> None:
    code = "import sys; from catalog.model import Options, Outcome; print(*sorted(n for n in sys.modules if n[:14] == 'catalog.model.'))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.split() == ["catalog.model.outcome"]
