"""Activities tell datasets as they were, as far as versions sealed it; what is not known, or was hidden then, stays out."""

from __future__ import annotations

from typing import Any

import pytest

from api.dialects.ckan import comparing
from tests.api.test_ckan_writing import GIVEN, action, errors, result
from tests.site import Town

LINKS = [{"name": "A", "url": "https://example.org/a.csv"}]
MORE = [*LINKS, {"name": "C", "url": "https://example.org/c.csv"}]


def told(town: Town, who: str = "", key: str = "tai-lieu", /, **given: Any) -> list[dict[str, Any]]:
    """Give the datasets of all activities, the oldest first; one of which only the name is known is empty."""
    every = result(town, "package_activity_list", who, id=key, **given)
    return [one["data"]["package"] if "resources" in one["data"]["package"] else {} for one in reversed(every)]


@pytest.fixture
def story(town: Town) -> Town:
    """Made with a link, described anew, given a second link, described anew twice."""
    result(town, "package_create", **{**GIVEN, "resources": LINKS})
    for step in ({"title": "Hai"}, {"resources": MORE}, {"title": "Ba"}, {"title": "Bốn"}):
        town.stand.clock.forward(seconds=60)
        result(town, "package_patch", id="tai-lieu", **step)
    return town


def test_each_activity_tells_the_dataset_as_it_was_where_that_is_known(story: Town) -> None:
    first, again, second, third, fourth, fifth = told(story)
    assert (first["title"], [one["name"] for one in first["resources"]]) == ("Tài liệu", ["A"])
    assert again == first
    assert (second["title"], len(second["resources"])) == ("Hai", 1)
    assert (third["title"], len(third["resources"])) == ("Hai", 2)
    assert fourth == {}  # nobody sealed how it was described then
    assert fifth == result(story, "package_show", "", id="tai-lieu")
    assert first.keys() == fifth.keys()
    assert first["metadata_modified"] <= second["metadata_modified"] < third["metadata_modified"] < fifth["metadata_modified"]
    assert [one["version"] for one in (first, fifth)] == ["1.2", "1.2"]


def test_lists_of_many_datasets_tell_them_whole_only_when_asked(story: Town) -> None:
    for name, given in (("recently_changed_packages_activity_list", {}), ("organization_activity_list", {"id": "H12"}), ("group_activity_list", {"id": "econ"})):
        short = [one for one in result(story, name, "", **given) if "package" in one["data"]]
        assert all(one["data"]["package"].keys() == {"id", "name", "title"} for one in short)
        whole = [one for one in result(story, name, "", include_data=True, **given) if "package" in one["data"]]
        assert ["resources" in one["data"]["package"] for one in whole] == [True, False, True, True, True, True]
        assert [one["id"] for one in whole] == [one["id"] for one in short]
    assert told(story, include_data=False) == [{}] * 6


def test_an_activity_gives_its_data_or_says_that_it_has_none(story: Town) -> None:
    last, unknown, *_, first = result(story, "package_activity_list", "", id="tai-lieu")
    assert result(story, "activity_show", "", id=first["id"]) == first
    assert result(story, "activity_data_show", "", id=first["id"]) == first["data"]
    assert result(story, "activity_data_show", "", id=first["id"], object_type="package") == first["data"]["package"]
    for key, kind in ((unknown["id"], "package"), (first["id"], "group")):
        answer = action(story, "activity_data_show", "", id=key, object_type=kind)
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Not found: Could not find that object_type in the activity")
    assert result(story, "activity_show", "", id=last["id"], include_data=False)["data"]["package"].keys() == {"id", "name", "title"}


def test_a_diff_tells_what_an_activity_changed(story: Town) -> None:
    last, unknown, third, second, again, first = result(story, "package_activity_list", "", id="tai-lieu")
    found = result(story, "activity_diff", "", id=second["id"], object_type="package")
    assert [one["id"] for one in found["activities"]] == [again["id"], second["id"]]
    changed = [line for line in found["diff"].split("\n") if line[:5] in ('+  "t', '-  "t')]
    assert changed == ['-  "title": "Tài liệu",', '+  "title": "Hai",']
    assert "c.csv" in result(story, "activity_diff", "", id=third["id"], object_type="package", diff_type="context")["diff"]
    assert "<table" in result(story, "activity_diff", "", id=third["id"], object_type="package", diff_type="html")["diff"]
    assert errors(story, "activity_diff", id=third["id"], object_type="package", diff_type="x") == {"message": ["diff_type not recognized"]}
    assert errors(story, "activity_diff").keys() == {"id", "object_type"}
    for key, words in ((first["id"], "Previous activity for this object not found"), (unknown["id"], "Could not find object in the activity data"),
                       (last["id"], "Could not find object in the activity data")):
        answer = action(story, "activity_diff", id=key, object_type="package")
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, f"Not found: {words}")


def test_what_a_dataset_said_while_it_was_hidden_is_told_to_its_agency_alone(town: Town) -> None:
    made = result(town, "package_create", **{**GIVEN, "title": "bi-mat", "private": True})
    result(town, "package_patch", id=made["id"], title="cong-khai")
    result(town, "package_patch", id=made["id"], private=False)
    result(town, "package_patch", id=made["id"], resources=MORE)
    assert [one.get("title") for one in told(town, "editor", made["name"])] == ["bi-mat", "bi-mat", None, "cong-khai", "cong-khai"]
    for who in ("", "stranger"):
        assert [one.get("title") for one in told(town, who, made["name"])] == [None, None, None, "cong-khai", "cong-khai"]
        for one in result(town, "package_activity_list", who, id=made["name"]):
            for name in ("activity_show", "activity_data_show", "activity_diff"):
                assert "bi-mat" not in action(town, name, who, id=one["id"], object_type="package").text


def test_a_draft_says_nothing_to_readers_after_it_came_out(town: Town) -> None:
    made = result(town, "package_create", name="nhap", owner_org="h12-so", state="draft", title="nhap-cu")
    result(town, "package_patch", id="nhap", title="nhap-moi", state="active")
    assert [one.get("title") for one in told(town, "", "nhap")] == [None, None, "nhap-moi"]
    assert [one.get("state") for one in told(town, "editor", "nhap")] == [None, "draft", "active"]
    assert "nhap-cu" not in action(town, "package_activity_list", "", id=made["id"]).text


def test_a_withdrawn_dataset_and_a_hidden_part_tell_nothing_of_before(story: Town) -> None:
    result(story, "package_delete", "reviewer", id="tai-lieu")
    assert told(story, "editor") == [{}] * 7
    assert action(story, "package_activity_list", "", id="tai-lieu").status_code == 404


def test_too_much_that_differs_is_refused_rather_than_compared() -> None:
    many = [[{"a": number % 50, side: "x"} for number in range(2000)] for side in "ab"]
    for way in comparing.WAYS:
        assert comparing.difference(*many, way) is None
    assert comparing.difference(many[0][:90], many[1][:90], "html") is None
    one = comparing.difference(many[0], [*many[0][:1000], {"new": 1}, *many[0][1000:]], "unified")
    assert one is not None
    assert '+    "new": 1' in one.split("\n")
    assert comparing.difference({"a": "<b>"}, {"a": "<i>"}, "html").count("<b>") == 0  # type: ignore[union-attr]
