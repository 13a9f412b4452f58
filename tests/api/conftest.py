"""What tests of the doors share: a town with people in every role."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.asking import _askers_are_forked, _children_have_a_mother  # noqa: F401 - used by all
from tests.site import Town, make_town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A site whose agencies publish without a second person."""
    return make_town(tmp_path)


@pytest.fixture
def careful(tmp_path: Path) -> Town:
    """A site whose agencies want a second person."""
    return make_town(tmp_path, review="second_person")
