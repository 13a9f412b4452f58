"""The tables of the records: columns for what is looked up, the whole value as JSON text in ``body``."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: naive ones are refused going in, and SQLite's come out with their zone again."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's shape
        """Give the moment in UTC; raises ValueError for one without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - same
        """Give the moment with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(naming_convention=NAMES)

organisations = Table(
    "organisations", metadata,
    Column("id", String(36), primary_key=True),
    Column("slug", String(120), nullable=False, unique=True),
    Column("code", String(64), unique=True),
    Column("state", String(16), nullable=False),
    Column("body", Text, nullable=False),
)

aliases = Table(
    "aliases", metadata,
    Column("kind", String(16), primary_key=True),
    Column("alias", String(200), primary_key=True),
    Column("target", String(36), nullable=False, index=True),
)

origins = Table(
    "origins", metadata,
    Column("source", String(200), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("remote", String(200), primary_key=True),
    Column("target", String(36), nullable=False, index=True),
    Column("part", String(200), nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_origins_kind_remote", "kind", "remote"),
)

marks = Table(
    "marks", metadata,
    Column("kind", String(24), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("subject", String(200), nullable=False, index=True),
    Column("person", String(36), nullable=False, index=True),
    Column("body", Text, nullable=False),
)

sources = Table(
    "sources", metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("due", Moment, index=True),
    Column("body", Text, nullable=False),
)

runs = Table(
    "runs", metadata,
    Column("id", String(36), primary_key=True),
    Column("source", String(36), ForeignKey("sources.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("body", Text, nullable=False),
)

harvested = Table(
    "harvested", metadata,
    Column("source", String(36), ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("remote", String(200), primary_key=True),
    Column("dataset", String(36), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("run", String(36), nullable=False),
    Column("gone", Boolean, nullable=False),
)

voices = Table(
    "voices", metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(24), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("organisation", String(36), nullable=False, index=True),
    Column("dataset", String(36), nullable=False, index=True),
    Column("public", Boolean, nullable=False),
    Column("mark", String(64), nullable=False, index=True),
    Column("due", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

notices = Table(
    "notices", metadata,
    Column("id", String(36), primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("person", String(36), nullable=False, index=True),
    Column("unread", Boolean, nullable=False),
    Column("created", Moment, nullable=False, index=True),
    Column("due", Moment, index=True),
    Column("body", Text, nullable=False),
)

letter_keys = Table(
    "letter_keys", metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("person", String(36), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires", Moment, nullable=False),
)

supports = Table(
    "supports", metadata,
    Column("number", String(24), primary_key=True),
    Column("mark", String(64), primary_key=True),
)

people = Table(
    "people", metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("password_hash", String(255), nullable=False, default=""),
    Column("body", Text, nullable=False),
)

webhooks = Table(
    "webhooks", metadata,
    Column("id", String(36), primary_key=True),
    Column("person", String(36), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("failing", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("due", Moment, index=True),
    Column("body", Text, nullable=False),
)

deliveries = Table(
    "deliveries", metadata,
    Column("id", String(36), primary_key=True),
    Column("webhook", String(36), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("body", Text, nullable=False),
)

memberships = Table(
    "memberships", metadata,
    Column("organisation", String(36), ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(36), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", String(16), nullable=False),
)

tokens = Table(
    "tokens", metadata,
    Column("id", String(36), primary_key=True),
    Column("person", String(36), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),
    Column("last_used", Moment),
)

sessions = Table(
    "sessions", metadata,
    Column("id", String(36), primary_key=True),
    Column("person", String(36), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("csrf", String(64), nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)

datasets = Table(
    "datasets", metadata,
    Column("id", String(36), primary_key=True),
    Column("slug", String(120), nullable=False, unique=True),
    Column("organisation", String(36), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("version", Integer),
    Column("sequence", BigInteger, nullable=False),
    Column("modified", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

versions = Table(
    "versions", metadata,
    Column("dataset", String(36), ForeignKey("datasets.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("issued", Moment, nullable=False),
    Column("manifest", String(64), nullable=False, index=True),
    Column("rows", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

files = Table(
    "files", metadata,
    Column("dataset", String(36), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("public", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    ForeignKeyConstraint(["dataset", "version"], ["versions.dataset", "versions.number"]),
)

submissions = Table(
    "submissions", metadata,
    Column("id", String(36), primary_key=True),
    Column("dataset", String(36), ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Column("due", Moment, index=True),
    Index("ix_submissions_dataset_id", "dataset", "id"),
)

releases = Table(
    "releases", metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("number", Integer),
    Column("state", String(16), nullable=False),
    Column("accepted", Moment),
    Column("content", String(64), nullable=False, index=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("base", String(64), nullable=False, index=True),
    Column("body", Text, nullable=False),
    UniqueConstraint("kind", "subject", "number"),
)

rechecks = Table(
    "rechecks", metadata,
    Column("release", String(36), ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True),
    Column("dataset", String(36), ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

recipes = Table(
    "recipes", metadata,
    Column("dataset", String(36), ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True),
    Column("resource", String(200), primary_key=True),
    Column("body", Text, nullable=False),
)

uploads = Table(
    "uploads", metadata,
    Column("id", String(36), primary_key=True),
    Column("person", String(36), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires", Moment, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

erasures = Table(
    "erasures", metadata,
    Column("id", String(36), primary_key=True),
    Column("dataset", String(36), nullable=False, index=True),
    Column("organisation", String(36), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("body", Text, nullable=False),
)

erased = Table(
    "erased", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("erasure", String(36), nullable=False),
)

objects = Table(
    "objects", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("noted", Moment, nullable=False, index=True),
)

claims = Table(
    "claims", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("holder", String(80), primary_key=True, index=True),
    Column("noted", Moment, nullable=False),
)

audit = Table(
    "audit", metadata,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("act", String(64), nullable=False),
    Column("object", String(200), nullable=False, index=True),
    Column("detail", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

changes = Table(
    "changes", metadata,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("dataset", String(36), nullable=False, index=True),
    Column("version", Integer),
)

positions = Table(
    "positions", metadata,
    Column("reader", String(64), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)

answers = Table(
    "answers", metadata,
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(128), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)

uses = Table(
    "uses", metadata,
    Column("dataset", String(36), ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True),
    Column("day", String(10), primary_key=True, index=True),
    Column("resource", String(200), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("robots", BigInteger, nullable=False),
)

misses = Table(
    "misses", metadata,
    Column("id", String(64), primary_key=True),
    Column("last", String(10), nullable=False, index=True),
    Column("shown", Boolean, nullable=False, index=True),
    Column("rare", Boolean, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

site = Table(
    "site", metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

__all__ = ["Moment", "metadata"]
