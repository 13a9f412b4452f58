"""Every setting of a site: its name, default, meaning and what to do when its value is wrong; read once, in wiring."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from api.ckan_options import parse

PREFIX = "DATAMO_"
UNITS: Mapping[str, int] = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9}

OFF, ON = ("", "off", "no", "false", "0"), ("on", "yes", "true", "1")

REMEDIES: Mapping[str, str] = {
    "database_url": "use sqlite:///var/datamo.db or postgresql://user:password@host/name",
    "files_url": "use file:var/files or s3://bucket/prefix?endpoint=http://host:port",
    "search_url": "use tantivy:var/search or http://host:9200/prefix",
    "site_url": "use the public address of the site, like https://data.example.gov.vn",
    "secret": "use at least 32 characters that nobody can guess, or leave it out and one is made",
    "language": "use vi or en",
    "search_refresh": "use soon or wait",
    "environment": "use production, development or test",
    "upload_limit": "use a number of bytes, or a number with kB, MB or GB, like 500MB",
    "rate_limits": "use on or off",
    "log_format": "use auto, json or console",
    "backup_days": "use a whole number of days",
    "checks_at_once": "use a whole number from 1 to 64",
    "copies_dir": "use the path of a folder that every process of the site on this machine may write to",
    "copies_limit": "use a number of bytes, or a number with kB, MB or GB, like 10GB",
    "ckan_options": "use name=value, separated by commas, with names from docs/ckan-actions.md",
    "fetch_networks": "use networks like 10.20.0.0/16, separated by commas",
    "fetch_ports": "use whole numbers from 1 to 65535, separated by commas",
    "smtp_url": "use smtp://user:password@host:587 or smtps://host:465, and set DATAMO_MAIL_FROM",
    "work_dir": "use the path of a folder that the worker may write to",
}


class WrongSetting(Exception):
    """A setting has a value that cannot be used; ``str()`` is one sentence that names it and says what to do."""

    def __init__(self, name: str, said: str, remedy: str) -> None:
        self.name = PREFIX + name.upper()
        self.remedy = remedy
        super().__init__(f"{self.name} {said}: {remedy}.")


class Away(WrongSetting):
    """What a setting names does not answer: the setting may be wrong, or the engine may be back soon."""


class Settings(BaseSettings):
    """The settings of one site, from the environment, then ``.env``, then ``datamo.toml`` in the working directory.

    In ``datamo.toml`` the names are written small and without the prefix (``database_url = "…"``). Relative addresses
    are taken from the working directory.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", toml_file="datamo.toml", extra="ignore", frozen=True, env_ignore_empty=True
    )

    database_url: str = Field(
        "sqlite:///var/datamo.db",
        description="Where the records and the work queue are kept: `sqlite:///path` (four slashes for an absolute "
        "path) or `postgresql://user:password@host/name`.",
    )
    files_url: str = Field(
        "file:var/files",
        description="Where published files are kept: `file:path`, or `s3://bucket/prefix?endpoint=http://host:port` "
        "with keys from the usual AWS variables.",
    )
    search_url: str = Field(
        "tantivy:var/search",
        description="The search index: `tantivy:path`, or `http://user:password@host:9200/prefix` for Elasticsearch 9 "
        "(`https://…/prefix?ca=path` with the file of its certificate; see docs/search.md).",
    )
    search_key: str = Field(
        "", description="An API key of Elasticsearch, where one is used instead of a name and password in the address."
    )
    site_url: str = Field("http://127.0.0.1:8000", description="The public address of the site.")
    secret: str = Field(
        "",
        description="Signs what the site hands out. Made at the first start and kept in a file with mode 0600 beside "
        "the database; set it when several machines serve one site.",
        json_schema_extra={"shown": "made at first start"},
    )
    language: Literal["vi", "en"] = Field("vi", description="The language of the site where a reader asks for none.")
    search_refresh: Literal["soon", "wait"] = Field(
        "soon",
        description="`soon`: search follows a write within two seconds; `wait`: a write answers only when search "
        "finds it.",
    )
    environment: Literal["production", "development", "test"] = Field(
        "production",
        description="`production`, `development` or `test`; `test` allows `datamo reset`.",
    )
    declaration: Literal["agency", "required"] = Field(
        "agency",
        description="Whether files are published only after somebody answered whether they hold state secrets or "
        "important data: `agency` (each agency decides) or `required` (every agency).",
    )
    upload_limit: int = Field(
        500 * 10**6,
        description="The largest upload: bytes, or a number with kB, MB or GB.",
        json_schema_extra={"shown": "500MB"},
    )
    rate_limits: Literal["on", "off"] | None = Field(
        None,
        description="Whether callers are held to a number of requests per minute.",
        json_schema_extra={"shown": "on (off in environment test)"},
    )
    mcp: Literal["on", "off"] = Field(
        "on", description="Whether `/mcp` answers: read-only tools for assistants (Model Context Protocol)."
    )
    checks_at_once: int = Field(
        2,
        ge=1,
        le=64,
        description="How many files one worker checks at the same time; each takes a process of its own.",
    )
    work_dir: Path = Field(
        Path("var/work"),
        description="A folder for files under way, emptied by the worker that filled it; what web processes share lies "
        "there too and may be thrown away while they stand still.",
    )
    copies_dir: Path = Field(
        Path("var/copies"),
        description="A folder for what is derived of published tables that readers ask for rows of: serving files, "
        "and copies where files are kept in a bucket; it may be emptied at any time.",
    )
    copies_limit: int = Field(
        10 * 10**9,
        description="How much `DATAMO_COPIES_DIR` may hold: bytes, or a number with kB, MB or GB.",
        json_schema_extra={"shown": "10GB"},
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto",
        description="How `datamo serve` and `datamo work` write to standard error: `json` (one object a line), "
        "`console` (for people), or `auto` (`console` on a terminal, else `json`).",
    )
    backup_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="For how many days backups are kept: erased data is said to be in them until then.",
    )
    fetch_networks: str = Field(
        "",
        description="Networks that may be asked although they are not public, and on any port, separated by commas "
        "(`10.20.0.0/16`): an agency's server behind the same wall. Everything else that is not public is refused.",
    )
    harvest_keys: str = Field(
        "",
        description="Keys that sources and targets ask for, as `name=key` separated by commas; they are sent to that "
        "source alone and kept nowhere else.",
        json_schema_extra={"shown": ""},
    )
    fetch_ports: str = Field(
        "",
        description="Ports beside 80 and 443 on which public hosts may be asked, separated by commas.",
    )
    read_only: str = Field(
        "",
        description="While this is set the site takes no changes: `on`, or a sentence that readers are shown. Left "
        "empty (or `off`), it is as `datamo readonly` says.",
    )
    ckan_options: str = Field(
        "",
        description="Options of CKAN under CKAN's own names, that change what its API answers here: "
        "`name=value`, separated by commas (`ckan.auth.user_create_groups=true`); docs/ckan-actions.md lists them.",
    )
    smtp_url: str = Field(
        "",
        description="The mail server that letters go out by: `smtp://user:password@host:587` (STARTTLS; "
        "`?tls=off` for a server behind the same wall without it) or `smtps://host:465`. Left empty, notices are on "
        "people's desks alone.",
        json_schema_extra={"shown": ""},
    )
    mail_from: str = Field(
        "", description="Who letters are from: `data@example.gov.vn` or `Data portal <data@example.gov.vn>`."
    )
    token: str = Field("", description="The API token that `datamo publish` shows to the site of `DATAMO_SITE_URL`.")

    @field_validator("upload_limit", "copies_limit", mode="before")
    @classmethod
    def _size(cls, value: object) -> object:
        return parse_size(value) if isinstance(value, str) else value

    @field_validator("upload_limit", "copies_limit")
    @classmethod
    def _positive(cls, value: int) -> int:
        if value <= 0:
            raise ValueError("is not more than nothing")
        return value

    @field_validator("fetch_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        for one in words(value):
            ip_network(one)
        return value

    @field_validator("fetch_ports")
    @classmethod
    def _ports(cls, value: str) -> str:
        if not all(one.isdecimal() and 0 < int(one) < 1 << 16 for one in words(value)):
            raise ValueError("holds what is no port")
        return value

    @field_validator("ckan_options")
    @classmethod
    def _known_options(cls, value: str) -> str:
        parse(value)
        return value

    @field_validator("site_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("is not a web address")
        return value.rstrip("/")

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 32:  # noqa: PLR2004 - 32 characters, as the sentence says
            raise ValueError("is too short")
        return value

    @field_validator("read_only")
    @classmethod
    def _switch(cls, value: str) -> str:
        return "" if value.strip().lower() in OFF else "on" if value.strip().lower() in ON else value.strip()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment before ``.env`` before ``datamo.toml``."""
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def reach(self) -> tuple[list[int], list[str]]:
        """What may be asked beside the public web: ports, and networks."""
        return [int(one) for one in words(self.fetch_ports)], words(self.fetch_networks)

    def harvest_key(self, name: str) -> str:
        """Give the key of a source or target, "" for none."""
        said = dict(one.partition("=")[::2] for one in words(self.harvest_keys))
        return str(said.get(name, ""))

    @property
    def rate_limited(self) -> bool:
        """Whether limits are on: as said, else on everywhere but in environment test."""
        return (self.rate_limits or ("off" if self.environment == "test" else "on")) == "on"

    @property
    def review_default(self) -> Literal["none", "second_person"]:
        """What a new agency asks for before publishing (CONTRACT §6): a second person in production."""
        return "second_person" if self.environment == "production" else "none"


def words(listed: str) -> list[str]:
    """Give what is listed with commas or spaces between."""
    return listed.replace(",", " ").split()


def parse_size(text: str) -> int:
    """Bytes of ``"500MB"``, ``"12 kB"`` or ``"1048576"``; decimal units. Raises ValueError."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kKmMgG]?[bB]?)\s*", text)
    unit = UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise ValueError("is not a size")
    return int(float(found[1]) * unit)


def read_settings(**overrides: Any) -> Settings:
    """Read the settings in force, ``overrides`` before all others. Raises WrongSetting."""
    _refuse_unknown(Path("datamo.toml"))
    try:
        return Settings(**overrides)
    except ValidationError as problem:
        first = problem.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        said = str(first["msg"]).removeprefix("Value error, ")
        said = said if said.startswith("is ") else "has a value that is not understood"
        raise WrongSetting(name, said, REMEDIES.get(name, "see docs/settings.md")) from None


def _refuse_unknown(path: Path) -> None:
    """Refuse a misspelt name in ``datamo.toml``, which would be silently without effect."""
    if not path.is_file():
        return
    try:
        names = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise WrongSetting(
            "toml", f"cannot be read ({problem})", "correct datamo.toml in the working directory"
        ) from None
    for name in names:
        if name not in Settings.model_fields:
            raise WrongSetting(name, "is not a setting", "remove it from datamo.toml, or see docs/settings.md")


def rows() -> list[tuple[str, str, str]]:
    """(name, default as shown, help) of every setting, for docs/settings.md and ``datamo --help``."""
    found = []
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra
        shown = extra.get("shown") if isinstance(extra, dict) else None
        found.append((PREFIX + name.upper(), str(field.default if shown is None else shown), field.description or ""))
    return found


__all__ = [
    "Settings",
    "WrongSetting",
    "parse_size",
    "read_settings",
    "rows",
]
