"""The command publish: the upload flow from the shell, on this machine's site or over HTTP with a token."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, BinaryIO, cast

import typer

from api.cli.reading import reading_options
from api.cli.voice import EXIT_DONE, EXIT_REFUSED, Voice, opened, progress, voice
from api.messages import Sentences, say

app = typer.Typer()

ENDS = frozenset({"published", "blocked", "failed", "rejected", "withdrawn", "ready", "in_review"})
BAD_ENDS = frozenset({"blocked", "failed", "rejected", "withdrawn"})
POLL_SECONDS = 0.3
STATES: Sentences = MappingProxyType({
    "received": {"vi": "received: đang chờ kiểm tra", "en": "received: waiting for its check"},
    "checking": {"vi": "checking: đang kiểm tra", "en": "checking: the check is under way"},
    "blocked": {
        "vi": "blocked: có lỗi phải sửa; chưa có gì được công bố",
        "en": "blocked: there are errors to mend; nothing was published",
    },
    "ready": {
        "vi": "ready: đã kiểm tra xong, chờ gửi duyệt hoặc công bố",
        "en": "ready: checked; to be submitted for review, or published",
    },
    "in_review": {"vi": "in_review: đang chờ người duyệt", "en": "in_review: waiting for a reviewer"},
    "published": {"vi": "published: đã công bố phiên bản {version}", "en": "published: version {version}"},
    "rejected": {"vi": "rejected: người duyệt đã từ chối", "en": "rejected: turned down by the reviewer"},
    "failed": {"vi": "failed: không kiểm tra được tệp", "en": "failed: the file could not be checked"},
    "withdrawn": {"vi": "withdrawn: đã gỡ", "en": "withdrawn"},
})
"""The states of an upload: the contract's word, for scripts, and what it means."""


@app.command()
@reading_options
def publish(  # noqa: PLR0917 - each is an option
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file.")],
    org: Annotated[str, typer.Option(help="The agency: its public id or slug.")] = "",
    title: Annotated[str, typer.Option(help="Title of a new dataset.")] = "",
    dataset: Annotated[str, typer.Option(help="Slug of the dataset; made when it does not exist.")] = "",
    standard: Annotated[str, typer.Option(help="Table standard to check against.")] = "",
    meta: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="YAML with describing members.")
    ] = None,
    resource: Annotated[str, typer.Option(help="Which resource of the dataset.")] = "",
    sheet: Annotated[str, typer.Option(help="Name of a sheet, or all.")] = "",
    update: Annotated[str, typer.Option(help="replace, append or correct.")] = "replace",
    period: Annotated[str, typer.Option(help="Period of the rows, with append or correct.")] = "",
    note: Annotated[str, typer.Option(help="What has changed.")] = "",
    declaration: Annotated[
        str, typer.Option(help="Whether it holds state secrets or data that may not be opened: none or contains.")
    ] = "",
    schema: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Table Schema (JSON) of your own.")
    ] = None,
    read: Any = None,
    hold: Annotated[bool, typer.Option("--no-publish", help="Stop at ready.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end of the check.")] = False,
    seconds: Annotated[float, typer.Option("--timeout", help="How long to wait, in seconds.")] = 600.0,
    site: Annotated[str, typer.Option(help="Address of a site, instead of this machine's.")] = "",
    token: Annotated[str, typer.Option(help="API token for that site.")] = "",
) -> None:
    """Upload a file, have it checked and, where the agency's rule allows, published."""
    if update not in {"replace", "append", "correct"}:
        raise typer.BadParameter("replace, append or correct", param_hint="--update")
    if not dataset and not (org and title):
        raise typer.BadParameter("--org and --title for a new dataset, or --dataset", param_hint="--dataset")
    wishes = {"resource": resource, "sheet": sheet, "standard": standard, "update": update, "period": period}
    if declaration not in {"", "none", "contains"}:
        raise typer.BadParameter("none or contains", param_hint="--declaration")
    wishes |= {"schema": schema.read_text(encoding="utf-8") if schema else ""}
    wishes |= {"note": note, "declaration": declaration, "reading": json.dumps(read) if read else ""}
    about = _about(meta, title, standard)
    words = voice(context)
    from api.wiring import read_settings

    settings = read_settings()
    secret = token or settings.token
    if site or secret:
        from api.cli.remote import RemoteSite

        door: Any = RemoteSite(site or settings.site_url, secret, words.tongue)
        ended = _through(door, words, file, org, dataset, about, wishes, hold=hold, wait=wait, seconds=seconds)
    else:
        with opened(context) as here:
            here.migrate()
            door = LocalSite(here)
            ended = _through(door, words, file, org, dataset, about, wishes, hold=hold, wait=wait, seconds=seconds)
    raise typer.Exit(ended)


def _about(meta: Path | None, title: str, standard: str) -> dict[str, Any]:
    """Read the describing members: the YAML file's, then what stands on the command line."""
    import yaml

    members: Any = yaml.safe_load(meta.read_text(encoding="utf-8")) if meta else {}
    if not isinstance(members, dict):
        raise typer.BadParameter("a mapping of describing members", param_hint="--meta")
    return members | ({"title": title} if title else {}) | ({"standard": standard} if standard else {})


def _through(  # noqa: PLR0917 - each is an option
    door: Any,
    words: Voice,
    file: Path,
    org: str,
    dataset: str,
    about: dict[str, Any],
    wishes: Mapping[str, str],
    *,
    hold: bool,
    wait: bool,
    seconds: float,
) -> int:
    """Find or make the dataset, upload, wait; gives the exit code."""
    key = door.dataset(dataset, org, about)
    with progress(file.name, file.stat().st_size) as advance:
        submission = door.upload(key, file, wishes, hold, advance)
    words.say(f"Đã nhận {file.name}: {submission['id']}", f"{file.name} was received: {submission['id']}")
    if wait:
        submission = _wait(door, submission, seconds)
    words.give(submission, _state(submission, words.tongue))
    if wait and submission["state"] not in ENDS:
        words.say("Chưa kiểm tra xong. Bộ xử lý có đang chạy không?", "The check has not ended. Is a worker running?")
        return EXIT_REFUSED
    _explain(words, submission)
    if submission["state"] == "ready" and not hold and not wishes["declaration"]:
        words.say(
            "Nếu cơ quan hỏi về bí mật nhà nước và dữ liệu không được mở: trả lời ở trang báo cáo, "
            "hoặc gửi với --declaration.",
            "Where the agency asks about state secrets and data that may not be opened: answer on the report page, "
            "or send with --declaration.",
        )
    return EXIT_REFUSED if submission["state"] in BAD_ENDS else EXIT_DONE


def _wait(door: Any, submission: dict[str, Any], seconds: float) -> dict[str, Any]:
    until = time.monotonic() + seconds
    found = submission
    with progress("…", None):
        while found["state"] not in ENDS and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
            found = door.submission(submission["id"])
        if found["state"] == "ready":  # it may be on its way to published
            time.sleep(2 * POLL_SECONDS)
            found = door.submission(submission["id"])
    return found


def _state(submission: Mapping[str, Any], language: str) -> str:
    """Say where the upload stands, and what comes next."""
    said = say(STATES, str(submission["state"]), submission, language)
    return said or str(submission["state"])


def _explain(words: Voice, submission: Mapping[str, Any]) -> None:
    from api.messages.findings import why

    reason = submission.get("reason")
    if reason:
        detail = reason.get("detail") or why(reason, words.tongue)
        words.say(f"Lý do: {detail}", f"Reason: {detail}")
    if submission.get("report_url"):
        words.say(f"Báo cáo: {submission['report_url']}", f"Report: {submission['report_url']}")


class LocalSite:
    """The site of this machine, spoken to directly, as the site itself."""

    def __init__(self, site: Any) -> None:
        self._site = site
        self._catalog = site.catalog
        self._system = site.catalog.system()

    def dataset(self, slug: str, org: str, about: dict[str, Any]) -> str:
        """Find the dataset, or draft it."""
        from catalog.errors import NotFound

        if slug:
            try:
                return str(self._catalog.dataset(self._system, slug).id)
            except NotFound:
                if not org or "title" not in about:
                    raise
        entry = self._catalog.draft(self._system, org, describe(about, self._site.settings.language), slug=slug)
        return str(entry.id)

    def upload(self, key: str, file: Path, wishes: Mapping[str, str], hold: bool, advance: Any) -> dict[str, Any]:
        """Take the file in as any door does."""
        from catalog.model import Options
        from pipelines.steps.receive import receive, schema_of

        said: dict[str, Any] = {name: value for name, value in wishes.items() if value}
        read = json.loads(said.pop("reading", "{}"))
        said |= {"schema": schema_of(said.pop("schema", ""))}
        options = Options(**said, read=read, publish=not hold)
        with file.open("rb") as stream:
            made = receive(
                self._catalog,
                self._site.files,
                self._system,
                key,
                cast("BinaryIO", Counted(stream, advance)),
                file.name,
                options,
                limit=self._site.settings.upload_limit,
            )
        return self._told(made)

    def submission(self, name: str) -> dict[str, Any]:
        """Say how it stands."""
        return self._told(self._catalog.submission(self._system, name))

    def _told(self, one: Any) -> dict[str, Any]:
        reason = dict(one.reason) if one.reason else None
        return {
            "id": one.id,
            "state": one.state,
            "dataset": self._catalog.dataset(self._system, one.dataset).slug,
            "version": one.version,
            "reason": reason,
        }


class Counted:
    """A stream that tells how far it was read."""

    def __init__(self, stream: Any, advance: Any) -> None:
        self._stream = stream
        self._advance = advance

    def read(self, size: int = -1) -> bytes:
        """Read and tell."""
        block: bytes = self._stream.read(size)
        self._advance(len(block))
        return block


def describe(about: Mapping[str, Any], language: str) -> Any:
    """Make the describing members a Dataset; a plain string title means the site's language."""
    from standards.portable import NotPortable, from_json
    from standards.record import Dataset

    unknown = sorted(set(about) - set(Dataset.__dataclass_fields__))
    if unknown:
        raise typer.BadParameter(f"unknown members: {', '.join(unknown)}", param_hint="--meta")
    texts = ("title", "description", "source", "notice")
    members = {
        key: {language: value} if key in texts and isinstance(value, str) else value for key, value in about.items()
    }
    try:
        return from_json(Dataset, _plain(members))
    except NotPortable as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--meta") from None


def _plain(value: Any) -> Any:
    """Give YAML's dates as text, as JSON has them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
