"""Our Helm chart drawn up without Helm: as much of its template language as the chart speaks, and nothing that it does not."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_ACTION = re.compile(r"({{-?.*?-?}})", re.DOTALL)
_WORDS = re.compile(r"\(.*\)|\"[^\"]*\"|\S+")
RELEASE = "town"


class Chart:
    """The objects of a chart with some of its values chosen otherwise; an unknown word of the language raises KeyError."""

    def __init__(self, folder: Path, chosen: Mapping[str, Any] | None = None) -> None:
        self.values = copy.deepcopy(yaml.safe_load((folder / "values.yaml").read_text()))
        for path, value in (chosen or {}).items():
            *way, last = path.split(".")
            here = self.values
            for one in way:
                here = here[one]
            here[last] = value
        about = yaml.safe_load((folder / "Chart.yaml").read_text())
        self.root = {"Values": self.values, "Chart": {"AppVersion": about["appVersion"]}, "Release": {"Name": RELEASE},
                     "Template": {"BasePath": "templates"}}
        self.defined: dict[str, list[str]] = {}
        self.files = {path.name: path.read_text() for path in (folder / "templates").iterdir()}
        self._draw(_ACTION.split(self.files["_helpers.tpl"]), self.root)

    def objects(self) -> list[dict[str, Any]]:
        """Every object that the chart would make."""
        texts = [self._draw(_ACTION.split(text), self.root) for name, text in sorted(self.files.items()) if name.endswith(".yaml")]
        return [one for text in texts for one in yaml.safe_load_all(text) if one]

    def _draw(self, parts: list[str], here: Any) -> str:
        """Draw pieces up to their end; blocks are drawn in their turn."""
        out = ""
        while parts:
            part = parts.pop(0)
            if not part.startswith("{{"):
                out += part
                continue
            if part.startswith("{{-"):
                out = out.rstrip()
            verb, _, rest = part.strip("{}").strip("-").strip().partition(" ")
            if verb in ("if", "with", "define"):
                out += self._block(verb, rest, _body(parts), here)
            else:
                out += str(self._value(f"{verb} {rest}".strip(), here))
            if part.endswith("-}}") and parts:
                parts[0] = parts[0].lstrip()
        return out

    def _block(self, verb: str, rest: str, body: list[str], here: Any) -> str:
        if verb == "define":
            self.defined[rest.strip('"')] = body
            return ""
        value = self._value(rest, here)
        return self._draw(body, value if verb == "with" else here) if value else ""

    def _value(self, told: str, here: Any) -> Any:
        first, *pipes = told.split(" | ")
        value = self._call(_WORDS.findall(first), here)
        for pipe in pipes:
            value = self._call([*_WORDS.findall(pipe), value], here)
        return value

    def _call(self, words: list[Any], here: Any) -> Any:
        name, *given = words
        if not isinstance(name, str) or name[0] in '.$"(' or not given:
            return self._atom(name, here)
        values = [self._atom(one, here) if isinstance(one, str) and at < len(given) else one for at, one in enumerate(given)]
        if name == "include":
            return self._included(str(values[0]), here)
        return _FUNCTIONS[name](*values)

    def _included(self, name: str, here: Any) -> str:
        parts = list(self.defined[name]) if name in self.defined else _ACTION.split(self.files[Path(name).name])
        return self._draw(parts, here).strip("\n") if name in self.defined else self._draw(parts, self.root)

    def _atom(self, word: Any, here: Any) -> Any:
        if not isinstance(word, str) or not word or word[0] not in '.$"(':
            return int(word) if isinstance(word, str) and word.isdigit() else word
        if word[0] == '"':
            return word.strip('"')
        if word[0] == "(":
            return self._value(word[1:-1], here)
        value = self.root if word[0] == "$" or here is self.root else here
        for one in filter(None, word.lstrip("$").split(".")):
            value = value[one]
        return value


def _body(parts: list[str]) -> list[str]:
    """Take the pieces of a block, up to its own end."""
    depth, body = 1, []
    while depth:
        part = parts.pop(0)
        verb = part.strip("{}").strip("-").split()[:1] if part.startswith("{{") else []
        depth += (verb in (["if"], ["with"], ["define"], ["range"])) - (verb == ["end"])
        body.append(part)
    end = body.pop()
    if end.startswith("{{-") and body and not body[-1].startswith("{{"):
        body[-1] = body[-1].rstrip()
    return body


def _indented(spaces: int, text: str) -> str:
    return "".join(f"\n{' ' * spaces}{line}" if line else "\n" for line in text.splitlines())


_FUNCTIONS = {
    "nindent": _indented,
    "quote": lambda value: json.dumps(str(value)),
    "default": lambda fallback, value: value or fallback,
    "toYaml": lambda value: yaml.safe_dump(value).rstrip(),
    "sha256sum": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    "print": lambda *values: "".join(map(str, values)),
}
