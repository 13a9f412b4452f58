"""CKAN's DataStore: rows of resources, asked and changed; published tables are read from their immutable files."""

from __future__ import annotations

from typing import Final

from api.dialects.ckan.datastore import reading, screening, selecting, writing

ACTIONS: Final = (*reading.ACTIONS, *selecting.ACTIONS, *writing.ACTIONS, *screening.ACTIONS)

__all__ = ["ACTIONS"]
