"""Releases of code lists: what may be said, what may not, and what comes of it."""

from __future__ import annotations

from datetime import date

import pytest

from standards import codelist, registry, release
from standards.codelist import of_bytes, shipped
from standards.recoding import recode
from tests.releases import BASIS, EFFECTIVE, HEADER, A, B, entry, merger, row

DAY = date.fromisoformat(EFFECTIVE)
NEW = f"{A},Phường Mới,01,{EFFECTIVE},,,"


def flaws(content: bytes | str, nature: str = "release", codelist_id: str = "vn-commune") -> list[tuple[int, str]]:
    """Row and code of everything that is wrong with a release."""
    data = content.encode() if isinstance(content, str) else content
    lines, wrong = release.read(data)
    wrong = wrong or release.sound(lines)
    if not wrong:
        base = shipped(codelist_id)
        new = of_bytes(codelist_id, release.merge(base.decode(), lines, basis=BASIS).encode())
        wrong = release.flaws(registry.codelist(codelist_id), new, lines, effective=DAY, nature=nature,  # type: ignore[arg-type]
                              codelists=registry.codelist)
    return [(one.row, one.code) for one in wrong]


def merged(content: bytes | str):
    data = content.encode() if isinstance(content, str) else content
    lines, _ = release.read(data)
    return of_bytes("vn-commune", release.merge(shipped("vn-commune").decode(), lines, basis=BASIS).encode())


def rows(*lines: str) -> str:
    return "\n".join((HEADER, *lines, ""))


def test_a_merger_closes_one_unit_and_names_its_successor() -> None:
    assert flaws(merger()) == []
    new = merged(merger())
    assert new.verdict(A, DAY) == "closed"
    assert [one.code for one in new.successors(A, DAY)] == [B]
    assert new.on(A, date(2026, 9, 30)) is not None
    [ended] = [one for one in new.entries[A] if one.valid_to == DAY]
    assert ended.basis.endswith(f"→ {BASIS}")
    assert ended.names["en"] == "Ba Dinh Ward"


def test_merging_nothing_changes_no_byte_and_merging_twice_is_merging_once() -> None:
    for name in registry.CODELISTS:
        text = shipped(name).decode()
        assert release.merge(text, []) == text, name
    lines, _ = release.read(merger())
    once = release.merge(shipped("vn-commune").decode(), lines, basis=BASIS)
    assert release.merge(once, lines, basis=BASIS) == once


@pytest.mark.parametrize(("content", "found"), [
    (merger().decode().encode("utf-16"), [(0, "not-utf-8")]),
    ("code,name\n1,a\n", [(1, "columns-missing")]),
    (HEADER + ",colour\n", [(1, "columns-unknown")]),
    (HEADER + "\n", [(0, "no-rows")]),
    (rows("1,a"), [(2, "cells-missing")]),
    (rows(row(A, valid_to="31/12/2026")), [(2, "date-invalid")]),
    (rows(row(A, valid_to="2026-13-01")), [(2, "date-invalid")]),
    (rows(row(A, valid_to="2025-01-01")), [(2, "interval-empty")]),
    (rows(row(A, valid_to=EFFECTIVE).removeprefix(A)), [(2, "code-invalid")]),
    (rows(row(A, name="", valid_to=EFFECTIVE)), [(2, "name-missing")]),
    (rows(row(A, valid_to=EFFECTIVE), row(A, valid_to=EFFECTIVE)), [(3, "row-twice")]),
    (rows(NEW), [(2, "intervals-overlap")]),
    (rows(row(A, valid_to=EFFECTIVE), NEW.replace(",01,", ",77,")), [(3, "parent-unknown")]),
    (rows(row(A, successors=B)), [(2, "successors-of-open")]),
    (rows(row(A, valid_to=EFFECTIVE, successors="99999")), [(2, "successor-unknown")]),
    (rows(row(A, valid_to=EFFECTIVE, successors=B), row(B, valid_to=EFFECTIVE, successors=A)),
     [(2, "successors-circle"), (3, "successors-circle")]),
    (rows(row(A, name="Phường Khác", valid_to=EFFECTIVE)), [(2, "past-rewritten")]),
    (rows(row(A, parent="79", valid_to=EFFECTIVE)), [(2, "past-rewritten")]),
    (rows(row(A, valid_to="2026-01-01")), [(2, "past-rewritten")]),
    (rows("99901,Xã Mới,01,2026-01-01,,,"), [(2, "before-effective")]),
    (rows("99901,Xã Mới,01,,,,"), [(2, "before-effective")]),
    (rows(row(A)), [(0, "nothing-changes")]),
])
def test_what_cannot_be_released_is_said_with_its_row(content: str, found: list[tuple[int, str]]) -> None:
    assert flaws(content) == found


def test_a_correction_may_rewrite_the_past_and_strike_an_entry_out() -> None:
    wrong = rows(row(A, name="Phường Ba Đình (đúng)"))
    assert flaws(wrong) == [(2, "past-rewritten")]
    assert flaws(wrong, "correction") == []
    begin = entry(A).valid_from
    assert begin is not None
    struck = rows(row(A, valid_to=begin.isoformat()))
    assert flaws(struck, "correction") == []
    assert merged(struck).on(A, DAY) is None


def test_a_code_that_changes_hands_is_told_apart_from_a_unit_that_is_renamed() -> None:
    def kinds(name: str) -> list[str]:
        told = rows(row(A, valid_to=EFFECTIVE, successors=A), f"{A},{name},01,{EFFECTIVE},,,")
        assert flaws(told) == []
        return [one.kind for one in release.differences(registry.codelist("vn-commune"), merged(told))]

    assert kinds("Xã Ba Đình") == ["renamed"]
    assert kinds("Phường Thanh Liêm") == ["reused"]


def test_a_recoding_needs_the_day_that_the_code_is_of() -> None:
    new = merged(merger())
    found = recode(new, A, date(2026, 9, 1), date(2026, 11, 1))
    assert found is not None
    assert (found.codes, found.certain, found.same) == ((B,), True, False)
    assert recode(new, A, date(2026, 11, 1), date(2026, 12, 1)) is None
    stays = recode(new, B, date(2026, 9, 1), date(2026, 11, 1))
    assert stays is not None
    assert stays.same
    through = recode(new, "00001", date(2025, 1, 1), date(2026, 11, 1))
    assert through is not None
    assert through.codes == ("00097",)


def test_the_old_27_becomes_24_only_for_data_of_before_july_2025() -> None:
    provinces = registry.codelist("vn-province")
    old = recode(provinces, "27", date(2025, 1, 1), date(2026, 1, 1))
    assert old is not None
    assert old.codes == ("24",)
    giang = recode(provinces, "24", date(2025, 1, 1), date(2026, 1, 1))
    assert giang is not None
    assert (giang.codes, giang.same) == (("24",), False)
    assert recode(provinces, "27", date(2025, 8, 1), date(2026, 1, 1)) is None


def test_a_huge_file_is_refused_before_it_is_worked_on() -> None:
    many = rows(*(f"X{one},a,,2026-10-01,,," for one in range(release.MOST_ROWS + 5)))
    assert flaws(many) == [(0, "rows-too-many")]


def test_lists_shipped_and_installed_are_put_together_without_touching_the_shipped_ones() -> None:
    new = merged(merger())
    both = registry.with_installed({"vn-commune": lambda: new}, {})
    assert both.codelist("vn-commune") is new
    assert both.codelist("vn-gender") is registry.codelist("vn-gender")
    assert registry.codelist("vn-commune").on(A, DAY) is not None
    assert codelist.load("vn-commune").digest != new.digest
