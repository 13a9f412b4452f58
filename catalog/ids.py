"""Ids made by us: UUIDv7 (RFC 9562), which sort by the moment of their making."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime


def new_id(now: datetime) -> str:
    """Make an id: 48 bits of milliseconds, 12 of the fraction of one, 62 random."""
    micros = int(now.timestamp() * 1_000_000)
    millis, rest = divmod(micros, 1000)
    moment = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (rest * 4096 // 1000) << 64
    number = moment | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=number))
