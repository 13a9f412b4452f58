"""One bucket seen through boto3: its address, its client, and what went wrong with it in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from urllib3.exceptions import HTTPError

from catalog.errors import NotFound, Unavailable

OPTIONS: Final = frozenset({"endpoint", "region", "style"})
FAULTS: Final = (BotoCoreError, ClientError, HTTPError)
"""What a call may raise: boto3 hands on as it is what breaks off in the middle of an answer."""
MISSING: Final = frozenset({"NoSuchKey", "404", "NotFound"})
DENIED: Final = frozenset({
    "AccessDenied", "AllAccessDisabled", "AuthorizationHeaderMalformed", "ExpiredToken", "Forbidden",
    "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "403", "401",
})
FULL: Final = frozenset({
    "InsufficientStorage", "QuotaExceeded", "QuotaExceededException", "XMinioStorageFull", "507",
    "XMinioAdminBucketQuotaExceeded", "ServiceQuotaExceededException",
})
SKEWED: Final = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})
SKEW_SECONDS: Final = 600.0
"""A store takes nobody's key whose clock differs from its own by a quarter of an hour (Amazon's; others take less)."""
EXISTS: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
TRIES: Final = 5
CONNECTIONS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a bucket is: its name, a prefix ("" or ending in a slash), the server and how it is spoken to.

    Without ``endpoint`` it is Amazon's. ``style`` is ``path`` (server/bucket/key) or ``virtual`` (bucket.server/key).
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    style: str = "path"


def address_of(text: str) -> Address:
    """Read ``//bucket/prefix?endpoint=http://host:port&region=…&style=path|virtual``; raises ValueError.

    Keys are never part of it: an address that carries a user or a password is refused.
    """
    parts = urlsplit(text if text.startswith("//") else f"//{text}")
    options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    if "@" in parts.netloc or not set(options) <= OPTIONS or not parts.netloc:
        raise ValueError("not a bucket's address")
    endpoint = options.get("endpoint")
    if endpoint is not None and not _is_server(endpoint):
        raise ValueError("the endpoint is not an address of a server")
    style = options.get("style", "path" if endpoint else "virtual")
    if style not in {"path", "virtual"}:
        raise ValueError("style is path or virtual")
    prefix = parts.path.strip("/")
    return Address(
        bucket=parts.netloc,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=endpoint,
        region=options.get("region", "us-east-1"),
        style=style,
    )


def _is_server(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def client_of(address: Address, *, signed: bool = True, timeout: float = 60.0) -> Any:
    """Give a boto3 client; it may be used by several threads at once.

    Each call is tried up to five times with growing pauses; a server that does not answer is given up after
    ``timeout`` seconds.
    """
    return boto3.session.Session().client(
        "s3",
        endpoint_url=address.endpoint,
        region_name=address.region,
        config=Config(
            signature_version="s3v4" if signed else UNSIGNED,
            s3={"addressing_style": address.style},
            retries={"mode": "standard", "max_attempts": TRIES},
            connect_timeout=5,
            read_timeout=timeout,
            max_pool_connections=CONNECTIONS,
        ),
    )


def code_of(wrong: ClientError) -> str:
    """Name an answer that is no success: the error's code, else its status."""
    answer: Mapping[str, Any] = wrong.response
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
    return str(answer.get("Error", {}).get("Code") or status)


@contextmanager
def outside() -> Iterator[None]:
    """Say in our words what the store refused: not there, not allowed, full, or down. Never says a key or a secret."""
    try:
        yield
    except ClientError as wrong:
        code = code_of(wrong)
        raise _said("RequestTimeTooSkewed" if code in DENIED and _skewed(wrong) else code) from wrong
    except (NoCredentialsError, PartialCredentialsError) as wrong:
        raise Unavailable("storage-denied") from wrong
    except (BotoCoreError, HTTPError) as wrong:
        raise Unavailable("storage-down") from wrong


def _skewed(wrong: ClientError) -> bool:
    """Tell whether the clock of who answered is far from ours: what refuses a HEAD says no more than that."""
    answer: Mapping[str, Any] = wrong.response
    said = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        there = parsedate_to_datetime(said)
    except ValueError:
        return False
    there = there if there.tzinfo else there.replace(tzinfo=UTC)
    return abs((there - datetime.now(UTC)).total_seconds()) > SKEW_SECONDS


def _said(code: str) -> NotFound | Unavailable:
    if code in MISSING:
        return NotFound()
    if code == "NoSuchBucket":
        return Unavailable("storage-no-bucket")
    if code in DENIED:
        return Unavailable("storage-denied")
    if code in SKEWED:
        return Unavailable("storage-clock")
    return Unavailable("storage-full" if code in FULL else "storage-down")
