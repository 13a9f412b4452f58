"""Facets counted on another core while the page is looked for: done once, by whoever comes first, and the same counts."""

from __future__ import annotations

import threading

import pytest

from catalog.adapters.index_tantivy import TantivyIndex
from catalog.adapters.index_tantivy.aside import Aside
from catalog.question import Question
from tests.ports.test_index import SHELF

LIMIT = 120


def test_what_no_thread_has_begun_is_done_by_who_needs_it() -> None:
    go, begun, aside = threading.Event(), threading.Event(), Aside(1)

    def busy() -> bool:
        begun.set()
        return go.wait(LIMIT)

    first, second = aside.begin(busy), aside.begin(threading.get_ident)
    assert begun.wait(LIMIT)
    assert second.result() == threading.get_ident()  # the one thread is busy: this does not wait for it
    go.set()
    assert first.result()
    aside.close()


def test_work_under_way_is_done_once_and_by_a_thread_beside() -> None:
    done: list[int] = []
    begun, aside = threading.Event(), Aside(1)

    def work() -> int:
        begun.set()
        done.append(threading.get_ident())
        return len(done)

    task = aside.begin(work)
    assert begun.wait(LIMIT)
    assert task.result() == 1
    assert done != [threading.get_ident()]
    aside.close()


@pytest.mark.parametrize("threads", [0, 1])
def test_what_goes_wrong_beside_is_told_to_who_asked(threads: int) -> None:
    aside = Aside(threads)
    with pytest.raises(ZeroDivisionError):
        aside.begin(lambda: 1 // 0).result()
    aside.close()


def test_work_that_is_dropped_is_not_begun_any_more() -> None:
    go, begun, aside = threading.Event(), threading.Event(), Aside(1)
    done: list[int] = []

    def busy() -> bool:
        begun.set()
        return go.wait(LIMIT)

    first, second = aside.begin(busy), aside.begin(lambda: done.append(1))
    assert begun.wait(LIMIT)
    second.drop()
    go.set()
    assert first.result()
    aside.close()
    assert not done


def test_facets_counted_beside_are_those_counted_alone_also_when_the_question_is_relaxed(tmp_path) -> None:
    index = TantivyIndex(tmp_path / "index")
    index.rebuild(SHELF)
    names = ("org", "theme", "tag", "format", "year")
    organisation = SHELF[0].org
    asked = [
        Question(facets=names), Question(text="ngân sách", facets=names, filters={"org": (organisation, "nobody")}),
        Question(text="ngan zzzz yyyy xxxx", facets=names), Question(text="zzzz", facets=names), Question(facets=names, limit=0),
    ]
    answers = []
    for threads in (0, 2):
        index._memory.aside = Aside(threads)
        answers.append([index.ask(one) for one in asked])
        index.close()  # a question asked after it begins new threads
    assert answers[0] == answers[1]
    assert [bool(one.total) for one in answers[0]] == [True, True, True, False, True]
