"""The command `datamo` as a person or a script meets it: exit codes, one JSON document, sentences, no tracebacks."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.cli import globals_first, run
from api.cli.people import parse_expiry
from api.settings import WrongSetting, parse_size, read_settings, rows
from api.wiring import open_site
from catalog.events import FileArrived
from infra.docs import cli as cli_page
from infra.docs import settings as settings_page
from pipelines.fetch import Guard
from tests.running import served
from tests.site import make_town

ROOT = Path(__file__).resolve().parent.parent.parent
Speak = Callable[..., tuple[int, str, str]]


@pytest.fixture
def datamo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Speak:
    """Run commands in an empty working directory, with the default settings."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("DATAMO_"):
            monkeypatch.delenv(name)

    def speak(*words: str, **settings: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"DATAMO_{name.upper()}", value)
        code = run(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return speak


def document(out: str) -> Any:
    assert len(out.splitlines()) == 1, "exactly one document"
    return json.loads(out)


def test_global_options_may_stand_before_or_after_the_command() -> None:
    assert globals_first(["check", "a.csv", "--json", "--lang", "en"]) == ["--json", "--lang", "en", "check", "a.csv"]
    assert globals_first(["--lang=vi", "jobs"]) == ["--lang=vi", "jobs"]
    assert globals_first(["check", "--", "--json"]) == ["check", "--", "--json"]


def test_help_names_every_command(datamo: Speak) -> None:
    code, out, _ = datamo("--help")
    assert code == 0
    commands = ["check", "standards", "init", "migrate", "serve", "work", "user", "org", "token", "publish", "reindex",
                "verify", "gc", "jobs", "reset", "backup", "restore", "move", "rebuild"]
    for name in commands:
        assert f"\n  {name} " in out


def test_wrong_usage_is_two_and_says_what_is_wrong(datamo: Speak) -> None:
    code, out, err = datamo("jobs", "--bogus")
    assert (code, out) == (2, "")
    assert "--bogus" in err
    assert datamo("--lang", "fr", "jobs")[0] == 2
    assert datamo("user", "add", "lan", "--role", "king")[0] == 2
    assert "person" in datamo("token", "create", "nobody", "--lang", "en")[2]
    assert datamo("user", "add", "lan", "--org", "H12:king")[0] == 2


def test_a_wrong_setting_is_named_with_its_remedy_and_is_three(datamo: Speak) -> None:
    code, out, err = datamo("verify", upload_limit="plenty")
    assert (code, out) == (3, "")
    assert err == "DATAMO_UPLOAD_LIMIT is not a size: use a number of bytes, or a number with kB, MB or GB, like 500MB.\n"


@pytest.mark.parametrize(("name", "value"), [
    ("database_url", "mysql://x"), ("database_url", "sqlite:"), ("files_url", "ftp://x"), ("files_url", "file:"),
    ("search_url", "solr:x"), ("language", "fr"), ("environment", "prod"), ("site_url", "x"), ("secret", "short"),
])
def test_every_setting_with_a_value_that_cannot_be_is_refused_by_name(datamo: Speak, name: str, value: str) -> None:
    code, out, _ = datamo("init", "--json", **{name: value})
    told = document(out)["error"]
    assert code == 3
    assert told["params"]["setting"] == f"DATAMO_{name.upper()}"


def test_a_site_is_prepared_twice_without_harm_and_its_secret_is_kept_to_itself(datamo: Speak, tmp_path: Path) -> None:
    assert datamo("init")[0] == 0
    secret = tmp_path / "var" / "datamo.db.secret"
    first = secret.read_text()
    assert len(first) >= 32
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert datamo("init")[0] == 0
    assert datamo("migrate", "--json")[1] == '{"migrated": true}\n'
    assert secret.read_text() == first


def test_people_agencies_and_tokens_are_made_and_a_token_is_printed_alone(datamo: Speak) -> None:
    code, out, _ = datamo("org", "add", "H12", "--title", "Sở Giáo dục", "--title-en", "Education", "--json")
    assert code == 0
    assert document(out)["id"] == "H12"
    code, out, _ = datamo("user", "add", "lan", "--org", "H12:editor", "--json")
    assert (code, document(out)["role"]) == (0, "person")
    code, out, err = datamo("token", "create", "lan", "--expires", "30d")
    assert (code, err) == (0, "")
    assert len(out.split()) == 1
    with_site = open_site()
    assert with_site.catalog.caller_of_token(out.strip()).known
    with_site.close()


def test_a_refusal_is_one_and_a_sentence(datamo: Speak) -> None:
    datamo("org", "add", "H12", "--title", "Sở Giáo dục")
    code, out, err = datamo("org", "add", "H12", "--title", "Sở khác")
    assert (code, out) == (1, "")
    assert err.strip()
    assert "Traceback" not in err
    code, out, _ = datamo("token", "create", "nobody", "--json")
    assert code == 1
    assert document(out)["error"]["code"] == "person-not-found"


def test_spans_and_times_are_understood_as_expiry() -> None:
    assert parse_expiry("") is None
    assert str(parse_expiry("2w")) == "14 days, 0:00:00"
    assert str(parse_expiry("2027-01-31T00:00:00Z")) == "2027-01-31 00:00:00+00:00"
    with pytest.raises(Exception, match="30d"):
        parse_expiry("soon")


def test_an_empty_site_keeps_every_promise_and_has_nothing_to_sweep(datamo: Speak) -> None:
    datamo("init")
    assert document(datamo("verify", "--deep", "--json")[1]) == {"ok": True, "broken": []}
    assert document(datamo("gc", "--json")[1]) == {"objects": 0, "jobs": 0}
    assert document(datamo("jobs", "--json")[1]) == {"items": [], "total": 0, "workers": []}
    assert document(datamo("reindex", "--json")[1]) == {"indexed": 0}
    assert datamo("jobs", "retry", "no-such-job")[0] == 1


def test_reset_is_refused_but_in_environment_test_and_wants_to_be_sure(datamo: Speak) -> None:
    datamo("init")
    assert datamo("reset", "--yes")[0] == 1
    assert datamo("reset", environment="test")[0] == 1
    datamo("org", "add", "H12", "--title", "Sở")
    datamo("user", "add", "boss", "--role", "operator")
    token = datamo("token", "create", "boss")[1].strip()
    assert datamo("reset", "--yes")[0] == 0
    site = open_site()
    assert list(site.catalog.organisations(site.catalog.system())) == []
    assert site.catalog.caller_of_token(token).known
    site.close()


def test_a_file_is_published_by_the_worker_and_the_command_waits_for_it(datamo: Speak, tmp_path: Path) -> None:
    (tmp_path / "truong.csv").write_text("ma,ten\n01,Trường A\n02,Trường B\n", encoding="utf-8")
    (tmp_path / "sai.csv").write_text("ma,ten\n01,Trường A,thừa\n", encoding="utf-8")
    (tmp_path / "rong.csv").write_text('báo cáo,,\nma,ten,so\n01,Trường A,"1,5"\n', encoding="utf-8")
    (tmp_path / "about.yaml").write_text("description: Danh sách trường\ntags: [giáo dục]\ntemporal: {start: 2025-01-01}\n")
    datamo("org", "add", "H12", "--title", "Sở Giáo dục", environment="development")
    stop = threading.Event()
    site = open_site()
    working = threading.Thread(target=site.worker(drain_seconds=1).run, args=(stop,))
    working.start()
    try:
        code, out, _ = datamo("publish", "truong.csv", "--org", "H12", "--title", "Trường học", "--meta", "about.yaml",
                              "--wait", "--json")
        told = document(out)
        assert (code, told["state"], told["version"], told["dataset"]) == (0, "published", 1, "truong-hoc")
        code, out, err = datamo("publish", "sai.csv", "--dataset", "truong-hoc", "--wait", "--json", "--lang", "en")
        told = document(out)
        assert (code, told["state"]) == (1, "blocked")
        assert told["reason"]["code"] == "extra-cell"
        assert "Reason: Cell C2: " in err
        assert "thừa" in err
        keys = {"fields": "truong", "reference": {"package": "truong-hoc", "fields": "ma"}}
        fields = [{"name": "lop", "type": "string"}, {"name": "truong", "type": "string"}]
        (tmp_path / "schema.json").write_text(json.dumps({"fields": fields, "foreignKeys": [keys]}))
        (tmp_path / "lop.csv").write_text("lop,truong\n1A,01\n1B,09\n")
        code, out, err = datamo("publish", "lop.csv", "--org", "H12", "--title", "Lớp", "--schema", "schema.json", "--wait",
                                "--json", "--lang", "en")
        assert (code, document(out)["state"], document(out)["reason"]["code"]) == (1, "blocked", "foreign-key")
        assert "“09”" in err or '"09"' in err
        (tmp_path / "lop.csv").write_text("lop,truong\n1A,01\n1B,02\n")
        code, out, _ = datamo("publish", "lop.csv", "--dataset", "lop", "--schema", "schema.json", "--wait", "--json")
        assert (code, document(out)["state"]) == (0, "published")
        code, out, _ = datamo("publish", "rong.csv", "--dataset", "truong-hoc", "--wait", "--json", "--header-row", "2",
                              "--reading", '{"columns": {"so": {"decimal": ","}}}', "--declaration", "contains")
        told = document(out)
        assert (code, told["state"]) == (0, "ready")
        kept = site.catalog.submission(site.catalog.system(), told["id"])
        assert kept.options.read == {"header_row": 2, "columns": {"so": {"decimal": ","}}}
        assert kept.declaration is not None
        assert kept.declaration.answer == "contains"
        code, out, err = datamo("publish", "sai.csv", "--dataset", "truong-hoc", "--wait", "--lang", "vi")
        assert out == "blocked: có lỗi phải sửa; chưa có gì được công bố\n"
    finally:
        stop.set()
        working.join()
        site.close()
    assert datamo("verify", "--deep")[0] == 0


def test_publishing_wants_a_dataset_or_an_agency_and_a_title(datamo: Speak, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "bad.yaml").write_text("colour: blue\n")
    assert datamo("publish", "a.csv")[0] == 2
    assert datamo("publish", "no.csv", "--dataset", "x")[0] == 2
    assert datamo("publish", "a.csv", "--dataset", "x", "--update", "merge")[0] == 2
    assert datamo("publish", "a.csv", "--dataset", "x", "--declaration", "perhaps")[0] == 2
    assert datamo("publish", "a.csv", "--dataset", "x", "--delimiter", "xx")[0] == 2
    assert datamo("publish", "a.csv", "--dataset", "x", "--reading", "[]")[0] == 2
    assert datamo("publish", "a.csv", "--dataset", "nothing-here")[0] == 1
    datamo("org", "add", "H12", "--title", "Sở")
    assert datamo("publish", "a.csv", "--org", "H12", "--title", "T", "--meta", "bad.yaml")[0] == 2


def test_what_a_site_refuses_is_said_member_by_member_in_its_own_words(datamo: Speak, tmp_path: Path) -> None:
    town = make_town(tmp_path)
    (tmp_path / "a.csv").write_text("a\n1\n")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        with served(town.client.app, listening):
            code, out, err = datamo(
                "publish", "a.csv", "--org", "H12", "--title", "T", "--dataset", "Not a slug", "--lang", "en",
                "--token", town.tokens["editor"], "--site", f"http://127.0.0.1:{listening.getsockname()[1]}",
            )
    assert (code, out) == (1, "")
    assert "#/slug: " in err


def test_a_site_that_does_not_answer_is_three(datamo: Speak, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    words = ("publish", "a.csv", "--org", "H12", "--title", "T", "--token", "x", "--site", "http://127.0.0.1:9", "--json")
    code, out, _ = datamo(*words)
    assert (code, document(out)["error"]["code"]) == (3, "site-unreachable")


def test_settings_come_from_the_environment_before_dotenv_before_toml(datamo: Speak, tmp_path: Path) -> None:
    (tmp_path / "datamo.toml").write_text('language = "en"\nupload_limit = "1MB"\nchecks_at_once = 4\n')
    (tmp_path / ".env").write_text("DATAMO_UPLOAD_LIMIT=2MB\nAWS_ACCESS_KEY_ID=x\n")
    found = read_settings()
    assert (found.language, found.upload_limit, found.checks_at_once) == ("en", 2_000_000, 4)
    datamo("--help", upload_limit="3MB")
    assert read_settings().upload_limit == 3_000_000


def test_a_misspelt_name_in_toml_is_refused(datamo: Speak, tmp_path: Path) -> None:
    (tmp_path / "datamo.toml").write_text('databse_url = "sqlite:///x.db"\n')
    with pytest.raises(WrongSetting, match="DATAMO_DATABSE_URL is not a setting"):
        read_settings()
    (tmp_path / "datamo.toml").write_text("language = \n")
    with pytest.raises(WrongSetting, match=r"datamo\.toml"):
        read_settings()


@pytest.mark.parametrize(
    "wrong", [{"fetch_networks": "10.0.0.0/8, inside"}, {"fetch_networks": "10.1.2.3/8"}, {"fetch_ports": "80,99999"}]
)
def test_networks_and_ports_that_are_none_are_named(wrong: dict[str, str]) -> None:
    with pytest.raises(WrongSetting, match="DATAMO_FETCH_"):
        read_settings(**wrong)
    guard = Guard.of(*read_settings(fetch_networks="10.20.0.0/16, fd12::/16", fetch_ports="8443").reach)
    assert guard.allows("10.20.0.1", 8080)
    assert not guard.allows("10.21.0.1", 8443)


@pytest.mark.parametrize(("text", "count"), [("500MB", 500_000_000), ("12 kB", 12_000), ("1.5GB", 1_500_000_000), ("7", 7), ("9b", 9)])
def test_sizes_are_decimal(text: str, count: int) -> None:
    assert parse_size(text) == count


def test_rate_limits_are_off_in_test_and_a_second_person_is_asked_for_in_production() -> None:
    assert read_settings(environment="test").rate_limited is False
    assert read_settings(environment="production").rate_limited is True
    assert read_settings(environment="test", rate_limits="on").rate_limited is True
    assert read_settings(environment="production").review_default == "second_person"
    assert read_settings(environment="development").review_default == "none"


def test_the_pages_of_settings_and_commands_say_what_the_code_says() -> None:
    """``make docs`` prints them again."""
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page.page()
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == cli_page.page()


def test_every_setting_has_a_help_that_says_something() -> None:
    assert all(len(text) > 20 for _, _, text in rows())


def test_jobs_are_listed_shown_cancelled_and_taken_up_again(datamo: Speak) -> None:
    datamo("init")
    with_job = open_site()
    try:
        with with_job.jobs._engine.begin() as connection:
            with_job.jobs.enqueue(connection, FileArrived(submission="s1"))
    finally:
        with_job.close()
    (listed,) = document(datamo("jobs", "--json")[1])["items"]
    assert (listed["key"], listed["state"]) == ("s1", "waiting")
    assert document(datamo("jobs", "show", "s1", "--json")[1])["id"] == listed["id"]
    assert "waiting" in datamo("jobs", "show", listed["id"])[1]
    assert datamo("jobs", "show", "nobody")[0] == 1
    assert datamo("jobs", "cancel", "s1")[0] == 0
    assert document(datamo("jobs", "--state", "cancelled", "--json")[1])["total"] == 1
    assert document(datamo("jobs", "retry", "--all", "--json")[1]) == {"retried": []}, "cancelled ones were cancelled"
    assert datamo("jobs", "retry", "s1")[0] == 0
    assert document(datamo("jobs", "--state", "waiting", "--json")[1])["total"] == 1
    assert datamo("jobs", "retry")[0] == 2
    site = open_site()
    try:
        acts = [row.act for row in site.catalog.audit(site.catalog.system())]
    finally:
        site.close()
    assert [one for one in acts if one.endswith("-job")] == ["cancel-job", "retry-job"]
