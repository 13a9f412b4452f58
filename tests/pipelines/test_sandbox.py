"""Whatever a hostile file makes a parser do, the parent gets a value or a reason, and lives."""

import os
import socket
import time
from pathlib import Path

import pytest

from pipelines import sandbox
from pipelines.format import Unreadable
from pipelines.sandbox import Limits
from tests.pipelines import deeds
from tests.pipelines.deeds import Given, Seen

NOTHING = Given()
SMALL = Limits(memory=512 << 20, cpu=2, wall=20, file=8 << 20, answer=1 << 20)


def fate(deed, given=NOTHING, limits=SMALL) -> tuple[str, dict]:
    with pytest.raises(Unreadable) as caught:
        sandbox.run(deed, given, limits=limits)
    return caught.value.code, caught.value.params


def test_a_value_goes_in_and_comes_out() -> None:
    assert sandbox.run(deeds.echo, Given(word="Hà Nội", number=7)) == Seen(words=("Hà Nội",), numbers=(7,))


def test_what_the_function_cannot_read_is_told_by_its_code() -> None:
    assert fate(deeds.refuse, Given(word="Sheet1")) == ("encrypted", {"sheet": "Sheet1"})


def test_a_child_that_eats_memory_is_too_heavy() -> None:
    assert fate(deeds.eat_memory, Given(number=64 << 20)) == ("too-heavy", {"cause": "memory"})


def test_a_child_that_spins_is_too_heavy() -> None:
    assert fate(deeds.spin) == ("too-heavy", {"cause": "cpu"})


def test_a_child_that_sleeps_is_stopped_by_the_clock() -> None:
    assert fate(deeds.sleep, Given(number=60), Limits(wall=1.5)) == ("timeout", {})


def test_a_child_that_writes_too_much_is_too_heavy() -> None:
    assert fate(deeds.write_much, Given(number=64)) == ("too-heavy", {"cause": "disk"})


def test_a_child_killed_by_the_kernel_is_too_heavy() -> None:
    assert fate(deeds.kill_itself)[0] == "too-heavy"


def test_a_child_that_aborts_has_crashed() -> None:
    assert fate(deeds.abort) == ("crashed", {"cause": "SIGABRT"})


@pytest.mark.parametrize("code", [0, 1, 77])
def test_a_child_that_leaves_without_an_answer_has_crashed(code) -> None:
    assert fate(deeds.leave_quietly, Given(number=code))[0] == "crashed"


def test_an_exception_of_a_library_is_a_crash_with_its_name() -> None:
    code, params = fate(deeds.break_down)
    assert (code, params["cause"]) == ("crashed", "KeyError")


def test_endless_recursion_is_too_heavy() -> None:
    assert fate(deeds.recurse) == ("too-heavy", {"cause": "depth"})


def test_an_answer_of_another_type_is_not_believed() -> None:
    assert sandbox.run(deeds.lie, Given(word="x")) == Seen()


def test_an_answer_that_is_a_link_is_not_followed(tmp_path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"value": {"words": ["secret"]}}')
    assert fate(deeds.answer_with_a_link, Given(word=str(secret)))[0] == "crashed"


def test_the_child_sees_no_credentials_and_works_in_its_own_folder(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("DATAMO_SECRET", "canary")
    seen = sandbox.run(deeds.look_around, Given(), work=tmp_path)
    assert seen.words == (str(tmp_path),)
    assert "canary" not in str(seen.notes)


def test_the_child_has_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        seen = sandbox.run(deeds.call_home, Given(number=server.getsockname()[1]))
    assert seen.words != ("connected",)


def test_nothing_of_the_childs_group_stays_alive(tmp_path) -> None:
    note = tmp_path / "pid"
    assert fate(deeds.leave_a_child_behind, Given(word=str(note)), Limits(wall=3))[0] == "timeout"
    pid = int(note.read_text())
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]:
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    raise AssertionError("the grandchild lives")


def test_a_larger_file_gets_more_time_and_no_more_memory() -> None:
    grown = Limits().scaled(1000 << 20)
    assert (grown.cpu, grown.memory) == (Limits().cpu + 1000, Limits().memory)
