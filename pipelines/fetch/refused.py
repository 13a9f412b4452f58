"""Why something on the network was not fetched: one exception with a stable code."""

from __future__ import annotations

from typing import Any


class Unfetched(Exception):
    """Something was not fetched, or not whole.

    Codes: ``url-not-allowed``, ``address-not-allowed``, ``unknown-host``, ``unreachable``, ``certificate``,
    ``too-slow``, ``too-large``, ``too-many-redirects``, ``redirected``, ``encoding-not-allowed``, ``cut-short``,
    ``not-http``, ``http-NNN``. ``params`` hold no credentials.
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({told})" if told else self.code

    @property
    def may_pass(self) -> bool:
        """Say whether the same request may well go through later."""
        if self.code.startswith("http-"):
            return self.code in {"http-408", "http-425", "http-429"} or self.code >= "http-500"
        return self.code in {"unknown-host", "unreachable", "too-slow", "cut-short"}
