"""Settings that name an engine that is wrong, away, closed to us or too open: one sentence, the setting's name, exit 3, no secret."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests import faulty, seaweed
from tests.api.test_cli import Speak, datamo, document  # noqa: F401 - the fixture is used by its name
from tests.conftest import NUMBERS
from tests.elastic_proxy import Said, always, proxied

SECRET = "hunter2"
CLOSED = "127.0.0.1:9"
DATABASE, FILES, SEARCH = "DATAMO_DATABASE_URL", "DATAMO_FILES_URL", "DATAMO_SEARCH_URL"
WORK, COPIES = "DATAMO_WORK_DIR", "DATAMO_COPIES_DIR"

WRONG: list[tuple[str, str, str]] = [
    (DATABASE, "no words at all", "nothing"),
    (DATABASE, "no database", f"mysql://me:{SECRET}@h/x"),
    (DATABASE, "no host", "postgresql://"),
    (DATABASE, "no port", f"postgresql://me:{SECRET}@host:port/x"),
    (DATABASE, "nobody there", f"postgresql://me:{SECRET}@{CLOSED}/x"),
    (DATABASE, "no path", "sqlite:"),
    (DATABASE, "a folder that cannot be made", "sqlite:////proc/none/datamo.db"),
    (DATABASE, "a folder", "sqlite:///folder"),
    (DATABASE, "another kind of file", "sqlite:///garbage"),
    (DATABASE, "a newer Datamo's", "sqlite:///newer.db"),
    (FILES, "no store", "ftp:x"),
    (FILES, "no bucket in the address", "s3://"),
    (FILES, "a bucket's name that cannot be", "s3://A_B/x"),
    (FILES, "an endpoint that cannot be", f"s3://bucket/x?endpoint=me:{SECRET}"),
    (FILES, "a setting that is not one", "s3://bucket/x?endpoint=http://h&color=red"),
    (FILES, "nobody there", f"s3://bucket/x?endpoint=http://{CLOSED}"),
    (FILES, "a folder that cannot be made", "file:/proc/none"),
    (FILES, "a file", "file:garbage"),
    (SEARCH, "no engine", "ftp:x"),
    (SEARCH, "no prefix", f"http://me:{SECRET}@host:9200"),
    (SEARCH, "no port", f"http://me:{SECRET}@host:port/site"),
    (SEARCH, "nobody there", f"http://me:{SECRET}@{CLOSED}/site"),
    (SEARCH, "a file", "tantivy:garbage"),
    (SEARCH, "a folder that cannot be made", "tantivy:/proc/none"),
    (WORK, "a folder that cannot be made", "/proc/none"),
    (WORK, "a file", "garbage"),
    (COPIES, "a folder that cannot be made", "/proc/none"),
]

Told = Callable[[str, str, str], str]


@pytest.fixture
def told(datamo: Speak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:  # noqa: F811
    """Run ``datamo init`` with one setting wrong; gives the one sentence, which names it and shows no secret."""
    (tmp_path / "garbage").write_bytes(b"not a database, and no folder either\n" * 50)
    (tmp_path / "folder").mkdir()
    with closing(sqlite3.connect(tmp_path / "newer.db")) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('from the future')")
        connection.commit()
    for name, value in seaweed.credentials().items():
        monkeypatch.setenv(name, value)

    def init(setting: str, value: str, command: str = "init") -> str:
        name = setting.removeprefix("DATAMO_").lower()
        code, out, err = datamo(command, "--lang", "en", **{name: value})
        assert (code, out) == (3, ""), err
        assert len(err.splitlines()) == 1, err
        assert setting in err
        assert "Something went wrong inside" not in err
        for secret in (SECRET, seaweed.SECRET, seaweed.READER_SECRET):
            assert secret not in err
        code, out, more = datamo(command, "--json", **{name: value})
        assert code == 3
        assert SECRET not in out + more
        assert document(out)["error"]["code"] != "internal"
        assert setting in datamo(command, "--lang", "vi", **{name: value})[2]
        return err

    return init


@pytest.mark.parametrize(("setting", "value"), [(one, value) for one, _, value in WRONG],
                         ids=[f"{one.split('_')[1].lower()}: {why}" for one, why, _ in WRONG])
def test_a_wrong_address_is_a_sentence_that_names_the_setting_and_the_remedy(told: Told, setting: str, value: str) -> None:
    sentence = told(setting, value, "init")
    assert sentence.count(" ") > 6, "what is wrong, and what to do"


@pytest.mark.parametrize("command", ["jobs", "verify", "gc", "migrate", "reindex"])
@pytest.mark.parametrize(("setting", "value"), [
    (DATABASE, f"postgresql://me:{SECRET}@{CLOSED}/x"), (FILES, f"s3://bucket/x?endpoint=http://{CLOSED}"),
    (DATABASE, "sqlite:///newer.db"),
])
def test_every_command_says_it(datamo: Speak, told: Told, command: str, setting: str, value: str) -> None:  # noqa: F811
    if (setting, command) == (FILES, "jobs"):
        assert told(setting, value, "init")
        return
    assert told(setting, value, command)


@pytest.mark.parametrize(("user", "password", "database"), [
    ("nobody-of-this-name", SECRET, "postgres"), ("", "", "a_database_that_is_not_there"),
])
def test_a_database_server_that_does_not_let_us_in(told: Told, postgres: str, user: str, password: str, database: str) -> None:
    url = make_url(postgres).set(database=database)
    url = url.set(username=user, password=password) if user else url
    assert "let" in told(DATABASE, url.render_as_string(hide_password=False), "init")


@pytest.mark.parametrize(("how", "words"), [
    ("ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'", "UTF-8"), ("read only", "no changes"), ("somebody else's", "make tables"),
])
def test_a_database_that_cannot_keep_what_we_write(told: Told, postgres: str, how: str, words: str) -> None:
    """What init meets most: a cluster made without a locale, a standby, and a database that its user does not own."""
    name = f"unfit{next(NUMBERS)}"
    url = make_url(postgres).set(database=name)
    with closing(psycopg.connect(postgres, autocommit=True)) as owner:
        owner.execute(f"CREATE DATABASE {name} TEMPLATE template0 {how if 'ENCODING' in how else ''}")
        if how == "read only":
            owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        if how == "somebody else's":
            owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{SECRET}'")
            url = url.set(username=name, password=SECRET)
        assert words in told(DATABASE, url.render_as_string(hide_password=False), "init")


@pytest.mark.parametrize("command", [("serve", "--port"), ("work", "--metrics-port")], ids=["serve", "work"])
def test_a_port_where_somebody_else_listens(datamo: Speak, command: tuple[str, str]) -> None:  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, out, err = datamo(*command, str(taken.getsockname()[1]), "--lang", "en")
    assert (code, out, len(err.splitlines())) == (3, "", 1)
    assert command[1] in err


def test_a_store_whose_clock_is_far_from_ours(told: Told, s3_server: seaweed.Seaweed) -> None:
    with faulty.before(s3_server.endpoint) as proxy:
        proxy.plan = lambda asked, _path: "skewed" if asked == "HEAD" else ""
        assert "clock" in told(FILES, f"s3://datamo/bad?endpoint={proxy.url}", "init")


@pytest.mark.parametrize(("bucket", "keys", "words"), [
    ("nowhere", "owner", "bucket"), ("open", "owner", "anybody"), ("datamo", "reader", "keys"), ("datamo", "wrong", "keys"),
])
def test_a_bucket_that_is_missing_public_or_closed_to_us(  # noqa: PLR0917
    told: Told, s3_server: seaweed.Seaweed, monkeypatch: pytest.MonkeyPatch, bucket: str, keys: str, words: str
) -> None:
    shown = {"owner": (seaweed.ACCESS, seaweed.SECRET), "reader": (seaweed.READER, seaweed.READER_SECRET),
             "wrong": (seaweed.ACCESS, SECRET)}[keys]
    for name, value in zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), shown, strict=True):
        monkeypatch.setenv(name, value)
    assert words in told(FILES, s3_server.address(bucket, "bad"), "init")


@pytest.mark.parametrize(("answer", "words"), [
    (Said(200, {"version": {"number": "3.4.0", "distribution": "opensearch"}}, {}), "Elasticsearch 9"),
    (Said(200, {"version": {"number": "8.19.0"}, "tagline": "You Know, for Search"}, {}), "Elasticsearch 9"),
    (Said.error(400, "media_type_header_exception"), "Elasticsearch 9"),
    (Said.error(401, "security_exception"), "refuses"), (Said.error(403, "security_exception"), "refuses"),
])
def test_another_search_engine_or_one_that_does_not_know_us(told: Told, answer: Said, words: str) -> None:
    with proxied() as server:
        server.plan = always(answer)
        assert words in told(SEARCH, f"http://me:{SECRET}@{server.url.removeprefix('http://')}/site", "init")
