"""The checking room: Frictionless's verdict on a table, and our own checks over its cells."""

from __future__ import annotations

from pipelines.validation.engine import Verdict, validate

__all__ = ["Verdict", "validate"]
