"""Whatever a hostile file makes a parser do, the parent gets a value or a reason, and lives.

Every deed is done three times: in a child that is an interpreter of its own, in one from a nursery, and in one forked
from a command.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines import sandbox
from pipelines.format import Unreadable
from pipelines.nursery import Nursery
from pipelines.sandbox import Limits
from tests.pipelines import deeds
from tests.pipelines.deeds import Given, Seen

NOTHING = Given()
SMALL = Limits(memory=512 << 20, cpu=2, wall=150, file=8 << 20, answer=1 << 20)
"""Much time by the clock: on a busy machine two seconds of a core take a minute."""


@pytest.fixture(scope="module")
def nursery():
    there = Nursery()
    yield there
    there.close()


COMMAND = """
import json, sys
from pathlib import Path
from pipelines import sandbox
def never(*_): raise SystemExit("not forked")
sandbox.spawn = never
limits = sandbox.from_json(sandbox.Limits, json.loads(sys.argv[2]))
print(json.dumps(sandbox.fork(sys.stdin.buffer.read(), Path(sys.argv[1]), limits)))
"""


def fork_from_a_command(request, folder, limits):
    """A child forked from a process that has loaded as little as a command has."""
    arguments = [sys.executable, "-c", COMMAND, str(folder), json.dumps(sandbox.to_json(limits))]
    done = subprocess.run(arguments, input=request, stdout=subprocess.PIPE, check=True, cwd=Path(__file__).parents[2])
    code, errors = json.loads(done.stdout)
    return code, errors


@pytest.fixture(params=["interpreter", "nursery", "fork"])
def run(request, nursery):
    """``run(deed, given, limits, work)`` in a child of each kind."""
    start = {"nursery": nursery, "fork": fork_from_a_command}.get(request.param, sandbox.spawn)

    def done(deed, given=NOTHING, limits=SMALL, work=None):
        name = f"{deed.__module__}:{deed.__qualname__}"
        return sandbox.call(name, given, Seen, limits=limits, work=work, start=start)

    return done


@pytest.fixture
def fate(run):
    """How it ends: the code and the parameters of the refusal."""

    def told(*given) -> tuple[str, dict]:
        with pytest.raises(Unreadable) as caught:
            run(*given)
        return caught.value.code, caught.value.params

    return told


def test_a_value_goes_in_and_comes_out(run) -> None:
    assert run(deeds.echo, Given(word="Hà Nội", number=7)) == Seen(words=("Hà Nội",), numbers=(7,))


def test_what_the_function_cannot_read_is_told_by_its_code(fate) -> None:
    assert fate(deeds.refuse, Given(word="Sheet1")) == ("encrypted", {"sheet": "Sheet1"})


def test_a_child_that_eats_memory_is_too_heavy(fate) -> None:
    assert fate(deeds.eat_memory, Given(number=64 << 20)) == ("too-heavy", {"cause": "memory"})


def test_a_child_that_spins_is_too_heavy(fate) -> None:
    assert fate(deeds.spin) == ("too-heavy", {"cause": "cpu"})


def test_a_child_that_sleeps_is_stopped_by_the_clock(fate) -> None:
    assert fate(deeds.sleep, Given(number=60), Limits(wall=1.5)) == ("timeout", {})


def test_a_child_that_writes_too_much_is_too_heavy(fate) -> None:
    assert fate(deeds.write_much, Given(number=64)) == ("too-heavy", {"cause": "disk"})


def test_a_child_killed_by_the_kernel_is_too_heavy(fate) -> None:
    assert fate(deeds.kill_itself)[0] == "too-heavy"


def test_a_child_that_aborts_has_crashed(fate) -> None:
    assert fate(deeds.abort) == ("crashed", {"cause": "SIGABRT"})


@pytest.mark.parametrize("code", [0, 1, 77])
def test_a_child_that_leaves_without_an_answer_has_crashed(fate, code) -> None:
    assert fate(deeds.leave_quietly, Given(number=code))[0] == "crashed"


def test_an_exception_of_a_library_is_a_crash_with_its_name(fate) -> None:
    code, params = fate(deeds.break_down)
    assert (code, params["cause"]) == ("crashed", "KeyError")


def test_endless_recursion_is_too_heavy(fate) -> None:
    assert fate(deeds.recurse) == ("too-heavy", {"cause": "depth"})


def test_an_answer_of_another_type_is_not_believed(run) -> None:
    assert run(deeds.lie, Given(word="x")) == Seen()


def test_an_answer_that_is_a_link_is_not_followed(fate, tmp_path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"value": {"words": ["secret"]}}')
    assert fate(deeds.answer_with_a_link, Given(word=str(secret)))[0] == "crashed"


def test_the_child_sees_no_credentials_and_works_in_its_own_folder(run, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("DATAMO_SECRET", "canary")
    seen = run(deeds.look_around, work=tmp_path)
    assert seen.words == (str(tmp_path),)
    assert "canary" not in str(seen.notes)


def test_the_child_has_no_network(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        seen = run(deeds.call_home, Given(number=server.getsockname()[1]))
    assert seen.words != ("connected",)


def test_nothing_of_the_childs_group_stays_alive(fate, tmp_path) -> None:
    note = tmp_path / "pid"
    for wall in (2, 10, 40):  # until it had the time to begin
        assert fate(deeds.leave_a_child_behind, Given(word=str(note)), Limits(wall=wall))[0] == "timeout"
        if note.exists():
            break
    await_death(int(note.read_text()))


def await_death(pid: int) -> None:
    for _ in range(1200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    raise AssertionError(f"{pid} lives")


def test_a_larger_file_gets_more_time_and_no_more_memory() -> None:
    grown = Limits().scaled(1000 << 20)
    assert (grown.cpu, grown.memory) == (Limits().cpu + 1000, Limits().memory)


def test_a_mother_has_one_thread_so_that_no_lock_is_held_where_she_forks(nursery) -> None:
    """One with two would leave at once, and every child would come from an interpreter of its own."""
    seen = sandbox.call("tests.pipelines.deeds:look_around", NOTHING, Seen, start=nursery)
    assert seen.notes["PARENT"] == str(nursery.pid)
    assert [one.name for one in Path(f"/proc/{nursery.pid}/task").iterdir()] == [str(nursery.pid)]


def test_a_child_of_a_nursery_holds_no_stream_but_its_own(nursery) -> None:
    seen = sandbox.call("tests.pipelines.deeds:count_streams", NOTHING, Seen, start=nursery)
    assert seen.numbers == (0, 1, 2)


def test_when_the_mother_is_lost_children_come_all_the_same(nursery) -> None:
    ask = lambda: sandbox.call("tests.pipelines.deeds:echo", Given(word="x"), Seen, start=nursery)  # noqa: E731
    ask()
    os.kill(nursery.pid, signal.SIGKILL)
    assert ask() == Seen(words=("x",), numbers=(0,))
    assert ask() == Seen(words=("x",), numbers=(0,))
    assert nursery.pid is not None


def test_many_children_live_at_once_and_each_tells_its_own_end(nursery) -> None:
    def ask(number: int):
        return sandbox.call("tests.pipelines.deeds:echo", Given(number=number), Seen, start=nursery).numbers

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == [(one,) for one in range(40)]


def test_children_die_with_the_mother_and_she_with_whom_she_serves(tmp_path) -> None:
    note = tmp_path / "pid"
    script = (
        "import sys\n"
        "from pipelines import sandbox\n"
        "from pipelines.nursery import Nursery\n"
        "from tests.pipelines.deeds import Given, Seen\n"
        "given = Given(word=sys.argv[1], number=60)\n"
        "sandbox.call('tests.pipelines.deeds:note_and_sleep', given, Seen, start=Nursery())\n"
    )
    served = subprocess.Popen([sys.executable, "-c", script, str(note)], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    until = time.monotonic() + 120
    while not (note.exists() and note.read_text().endswith("\n")):
        assert time.monotonic() < until
        time.sleep(0.05)
    served.kill()
    served.wait()
    for pid in note.read_text().split():
        await_death(int(pid))
