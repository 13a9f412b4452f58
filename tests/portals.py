"""Portals that tests harvest: a small server that speaks CKAN as far as harvesters ask, and fails when it is told to."""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipelines.format import Unreadable
from pipelines.sandbox import ANSWER, Fate, Limits
from standards.portable import from_json, to_json

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers are functions by path; what was asked is remembered as (verb, address, headers, body)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: dict[str, Answer] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(size)
                outer.asked.append((self.command, self.path, headers, body))
                self.close_connection = True
                outer.answer(self, body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler, _body: bytes) -> None:
        found = self.answers.get(handler.path.partition("?")[0])
        (found or (lambda one: give(one, b"not here", 404)))(handler)

    def say(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> str:
        content = body.encode() if isinstance(body, str) else body
        self.answers[path] = lambda handler: give(handler, content, status, **headers)
        return self.url + path

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


def give(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {"Content-Length": str(len(body)), **named}.items():
        handler.send_header(name, value)
    handler.end_headers()
    try:
        handler.wfile.write(body)
    except OSError:
        return


class Portal(Server):
    """A CKAN site: its packages by id, in a dictionary that tests change; ``fault`` answers in place of all else."""

    def __init__(self, packages: list[dict[str, Any]] | None = None) -> None:
        super().__init__()
        self.packages = {one["id"]: one for one in packages or []}
        self.organisations: list[dict[str, Any]] = []
        self.people: list[dict[str, Any]] = []
        self.groups: list[dict[str, Any]] = []
        self.fault: Callable[[BaseHTTPRequestHandler, str], bool] = lambda _handler, _action: False

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        parts = urlsplit(handler.path)
        action = parts.path.removeprefix("/api/3/action/")
        if self.fault(handler, action):
            return
        given: dict[str, Any] = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if body:
            given |= json.loads(body)
        run = getattr(self, f"do_{action}", None)
        if run is None:
            give(handler, b'{"success": false, "error": {"__type": "Not Found"}}', 404)
            return
        status, result = run(given)
        said = {"success": status == 200, "result" if status == 200 else "error": result}
        give(handler, json.dumps(said).encode(), status, Content_Type="application/json")

    def do_package_search(self, given: dict[str, Any]) -> tuple[int, Any]:
        start, rows = int(given.get("start", 0)), min(int(given.get("rows", 10)), 1000)
        since = given.get("fq", "").removeprefix("metadata_modified:[").partition(" TO")[0]
        found = [one for _, one in sorted(self.packages.items())
                 if one.get("metadata_modified", "9") + "Z" >= since and one.get("state", "active") == "active"]
        return 200, {"count": len(found), "results": found[start : start + rows]}

    def do_package_show(self, given: dict[str, Any]) -> tuple[int, Any]:
        one = next((one for one in self.packages.values() if given.get("id") in (one["id"], one.get("name"))), None)
        if one is None:
            return 404, {"__type": "Not Found Error", "message": "Not found"}
        return 200, one

    def do_organization_list(self, given: dict[str, Any]) -> tuple[int, Any]:
        at = int(given.get("offset", 0))
        return 200, self.organisations[at : at + 25]

    def do_group_list(self, given: dict[str, Any]) -> tuple[int, Any]:
        at = int(given.get("offset", 0))
        return 200, self.groups[at : at + 25]

    def do_user_list(self, _given: dict[str, Any]) -> tuple[int, Any]:
        return (200, self.people) if self.people else (403, {"__type": "Authorization Error"})


def a_package(number: int, **more: Any) -> dict[str, Any]:
    """A package as CKAN gives it, with two links."""
    key = f"{number:08d}-aaaa-4bbb-8ccc-000000000000"
    return {
        "id": key, "name": f"bo-du-lieu-{number}", "title": f"Bộ dữ liệu số {number}", "notes": "Mô tả",
        "license_id": "cc-by", "metadata_modified": "2026-01-02T03:04:05", "state": "active", "private": False,
        "type": "dataset", "tags": [{"name": "giáo dục"}], "extras": [{"key": "năm", "value": "2025"}], "groups": [],
        "organization": {"id": "org-1", "name": "so-giao-duc", "title": "Sở Giáo dục"}, "owner_org": "org-1",
        "resources": [
            {"id": f"{key[:-1]}1", "name": "Bảng", "url": f"https://old.example.org/{number}.csv", "format": "CSV"},
            {"id": f"{key[:-1]}2", "name": "Bảng", "url": f"https://old.example.org/{number}.xlsx", "format": "XLSX"},
        ],
        **more,
    }


def in_this_process(request: bytes, folder: Path, _limits: Limits) -> Fate:
    """Do what a sandbox child does without starting one, for tests that are about something else."""
    asked = json.loads(request)
    room, _, name = asked["function"].partition(":")
    function = getattr(importlib.import_module(room), name)
    kind = importlib.import_module("typing").get_type_hints(function)
    argument = next(value for key, value in kind.items() if key != "return")
    try:
        said = {"value": to_json(function(from_json(argument, asked["argument"])))}
    except Unreadable as problem:
        said = {"unreadable": problem.code, "params": problem.params}
    (folder / ANSWER).write_text(json.dumps(said))
    return 0, ""
