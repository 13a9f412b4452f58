"""Pages far behind the first, in the index on tantivy: by an order of the whole answer that is kept while nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.adapters.index_tantivy import TantivyIndex
from catalog.question import PUBLIC, Document, Question

MANY, PAGE = 420, 30


def doc(at: int, sequence: int = 1, **more: object) -> Document:
    told = {"issued": f"2025-01-{at % 28 + 1:02d}T00:00:00Z", "modified": f"2025-02-01T00:{at // 60:02d}:{at % 60:02d}Z",
            "audience": ("public",) if at % 7 else ("org:a",), **more}
    return Document(id=f"d{at:04d}", sequence=sequence, slug=f"d{at}", title={"vi": f"Bộ {at}"}, **told)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TantivyIndex:
    made = TantivyIndex(tmp_path_factory.mktemp("search"), writer=True)
    made.rebuild(doc(at) for at in range(MANY))
    return made


def page(index: TantivyIndex, start: int, sort: str, audience: tuple[str, ...] = (PUBLIC,), limit: int = PAGE) -> list[str]:
    asked = Question(sort=sort, start=start, limit=limit, facets=(), audience=audience)  # type: ignore[arg-type]
    return [hit.id for hit in index.ask(asked).hits]


def in_pages(index: TantivyIndex, sort: str, audience: tuple[str, ...] = (PUBLIC,)) -> list[str]:
    return [one for start in range(0, MANY, PAGE) for one in page(index, start, sort, audience)]


@pytest.mark.parametrize("sort", ["modified", "issued", "title"])
def test_pages_far_behind_are_those_of_the_whole_answer_however_often_they_are_asked(index: TantivyIndex, sort: str) -> None:
    for audience in ((PUBLIC,), (PUBLIC, "org:a")):
        whole = page(index, 0, sort, audience, MANY)
        assert len(whole) == (MANY if "org:a" in audience else MANY - MANY // 7)
        assert [in_pages(index, sort, audience) for _ in range(3)] == [whole] * 3


def test_a_cursor_taken_far_behind_goes_on_there(index: TantivyIndex) -> None:
    whole = in_pages(index, "modified")
    for _ in range(3):
        first = index.ask(Question(sort="modified", start=270, limit=PAGE, facets=()))
        after = index.ask(Question(sort="modified", after=first.next, limit=PAGE, facets=()))
        assert [hit.id for hit in (*first.hits, *after.hits)] == whole[270 : 270 + 2 * PAGE]


def test_a_change_is_seen_far_behind_at_once_and_cursors_keep_their_place(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "search", writer=True)
    index.rebuild(doc(at) for at in range(MANY))
    before = in_pages(index, "modified")
    cursor = index.ask(Question(sort="modified", start=270, limit=PAGE, facets=())).next
    index.put([doc(MANY + 6, 2, modified="2026-01-01T00:00:00Z", audience=("public",))])
    index.drop([(before[0], 3), (before[1], 4), (before[250], 5)])
    whole = [f"d{MANY + 6:04d}", *(one for at, one in enumerate(before) if at not in (0, 1, 250))]
    assert in_pages(index, "modified") == in_pages(index, "modified") == whole
    after = index.ask(Question(sort="modified", after=cursor, limit=PAGE, facets=()))
    assert [hit.id for hit in after.hits] == before[270 + PAGE : 270 + 2 * PAGE]
    index.close()
