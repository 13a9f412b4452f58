"""Tokens, session secrets and passwords: how they are made, kept as hashes and compared."""

from __future__ import annotations

import hashlib
import secrets
import threading
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

PREFIX = "dtm_"


class Hasher(Protocol):
    """Keeps passwords."""

    def hash(self, password: str) -> str:
        """Give what is kept of a password."""

    def fits(self, kept: str, password: str) -> bool:
        """Tell whether the password is the one kept; takes as long where nothing is kept."""


class Argon2:
    """Passwords as Argon2id, at most two at a time: each takes 64 MB."""

    def __init__(self, hasher: PasswordHasher | None = None, *, at_once: int = 2) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(at_once)
        self._nobody = ""  # made at the first look, whomever that is for: most processes never see a password

    def hash(self, password: str) -> str:
        """Give what is kept of a password."""
        with self._turns:
            return self._hasher.hash(password)

    def fits(self, kept: str, password: str) -> bool:
        """Tell whether the password is the one kept; takes as long where nothing is kept."""
        with self._turns:
            self._nobody = self._nobody or self._hasher.hash(secrets.token_urlsafe(16))
            try:
                return self._hasher.verify(kept or self._nobody, password) and bool(kept)
            except (Argon2Error, InvalidHashError):
                return False


def new_secret() -> str:
    """Make a secret of 32 random bytes that reads like one of ours."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Give what is kept of a token or session secret: long and random, it needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
