"""A site spoken to over HTTP by the command publish: the native API, streaming, with a token."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import typer

from api.cli import sending
from catalog.errors import Invalid, NotAllowed, NotFound, NotKnown, Problem, Refusal, Unavailable

BLOCK = 1 << 20
TIMEOUT_SECONDS = 120
REFUSALS: Mapping[int, type[Refusal]] = {401: NotKnown, 403: NotAllowed, 404: NotFound}


class RemoteSite:
    """One site's native API. Raises the refusal that the site answered with."""

    def __init__(self, address: str, token: str, language: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise typer.BadParameter("an address like https://data.example.gov.vn", param_hint="--site")
        self._parts = parts
        self._headers = {"Accept": "application/json", "Accept-Language": language, "User-Agent": "datamo-cli"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def dataset(self, slug: str, org: str, about: dict[str, Any]) -> str:
        """Find the dataset, or draft it."""
        if slug:
            try:
                return str(self._call("GET", f"/api/v1/datasets/{quote(slug, safe='')}")["id"])
            except NotFound:
                if not org or "title" not in about:
                    raise
        made = about | {"organization": org} | ({"slug": slug} if slug else {})
        return str(self._call("POST", "/api/v1/datasets", json.dumps(made, default=str).encode())["id"])

    def upload(self, key: str, file: Path, wishes: Mapping[str, str], hold: bool, advance: Any) -> dict[str, Any]:
        """Send the file as a form, or a large one piece by piece; never whole in memory."""
        if file.stat().st_size > sending.LARGE:
            upload = sending.send(self._ask, file, advance)
            return self._submit(key, None, {**wishes, "upload": upload}, hold, advance)
        return self._submit(key, file, wishes, hold, advance)

    def _submit(
        self, key: str, file: Path | None, wishes: Mapping[str, str], hold: bool, advance: Any
    ) -> dict[str, Any]:
        boundary = secrets.token_hex(16)
        head, tail = _frame(boundary, file.name if file else "", wishes)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + (file.stat().st_size if file else 0) + len(tail)),
            "Idempotency-Key": secrets.token_hex(16),
        }
        address = f"/api/v1/datasets/{quote(key, safe='')}/submissions" + ("?publish=false" if hold else "")
        return self._call("POST", address, _body(head, file, tail, advance), headers)

    def codes(self, codelist: str, day: str) -> dict[str, Any]:
        """Give the codes of a list that are in force on a day there, releases of the site's stewards included."""
        return self._call("GET", f"/api/v1/codelists/{quote(codelist, safe='')}?on={quote(day, safe='')}")

    def submission(self, name: str) -> dict[str, Any]:
        """Say how it stands; the site keeps us waiting until it has something to say."""
        return self._call("GET", f"/api/v1/submissions/{quote(name, safe='')}?wait=20")

    def _call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return self._ask(method, path, body, headers)[1]

    def _ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[Mapping[str, str], dict[str, Any]]:
        """Give headers (their names small) and document of an answer."""
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=TIMEOUT_SECONDS)
        content = {"Content-Type": "application/json"} if isinstance(body, bytes) else {}
        try:
            connection.request(
                method, self._parts.path.rstrip("/") + path, body, {**self._headers, **content, **(headers or {})}
            )
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return told, _document(answer.status, answer.read())
        except (OSError, http.client.HTTPException) as problem:
            raise Unavailable("site-unreachable", site=self._parts.netloc, detail=str(problem)) from problem
        finally:
            connection.close()


def _frame(boundary: str, name: str, wishes: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Give what stands before and after the file's bytes; all of the form where there is no file."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in wishes.items()
        if value
    ]
    shown = name.replace("\\", "_").replace('"', "%22").replace("\r", "").replace("\n", "")
    if not name:
        return "".join(parts).encode(), f"--{boundary}--\r\n".encode()
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode()


def _body(head: bytes, file: Path | None, tail: bytes, advance: Any) -> Iterator[bytes]:
    yield head
    if file is not None:
        with file.open("rb") as stream:
            while block := stream.read(BLOCK):
                yield block
                advance(len(block))
    yield tail


def _document(status: int, content: bytes) -> dict[str, Any]:
    """Read the answer; a problem becomes the refusal it names."""
    try:
        found = json.loads(content) if content else {}
    except ValueError:
        found = {}
    found = found if isinstance(found, dict) else {}
    if status < http.HTTPStatus.BAD_REQUEST:
        return found
    kind = Unavailable if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR else REFUSALS.get(status, Invalid)
    known = {key: value for key, value in found.items() if key not in {"code", "errors", "problems"}}
    raise kind(str(found.get("code") or f"http-{status}"), problems=_problems(found.get("errors")), **known)


def _problems(errors: Any) -> list[Problem]:
    """Give what the site says of single members, in its own words."""
    told = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return [
        Problem(str(one.get("pointer", "")), str(one.get("code", "")), {"detail": str(one.get("detail", ""))})
        for one in told
    ]
