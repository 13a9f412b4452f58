"""Alarms: each has its runbook, each runbook its alarm, and what they and the dashboard ask for is really counted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from api.watch.gauges import gauges
from api.watch.meters import Meters
from tests.site import make_town

ROOT = Path(__file__).resolve().parent.parent
RULES = yaml.safe_load((ROOT / "infra" / "prometheus" / "alerts.yaml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((ROOT / "infra" / "prometheus" / "dashboard.json").read_text())
OPERATE = (ROOT / "docs" / "operate.md").read_text()
METRIC = re.compile(r"\bdatamo_[a-z_]+\b")


@pytest.fixture(scope="module")
def counted(tmp_path_factory) -> set[str]:
    """The names of all series that a site can tell."""
    folder = tmp_path_factory.mktemp("town")
    town = make_town(folder)
    found = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\w+)$", Meters().text(gauges(town.catalog, {"files": folder})), re.MULTILINE):
        found |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return found


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alarm_is_whole_and_asks_for_what_is_counted(rule, counted):
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    assert set(METRIC.findall(rule["expr"])) - {"datamo_web"} <= counted
    assert rule["expr"].count("(") == rule["expr"].count(")")
    assert rule["expr"].count("{") == rule["expr"].count("}")


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm():
    told = OPERATE.partition("## Alarms and what to do")[2]
    headings = {f"docs/operate.md#{anchor(one)}" for one in re.findall(r"^### (.+)$", told.partition("\n## ")[0], re.MULTILINE)}
    assert {rule["annotations"]["runbook"] for rule in RULES} == headings


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
def test_the_dashboard_shows_what_is_counted(panel, counted):
    (target,) = panel["targets"]
    named = set(METRIC.findall(target["expr"]))
    assert named
    assert named <= counted


def test_the_page_for_operators_names_every_metric_and_no_other(counted):
    assert {re.sub("_(bucket|sum|count)$", "", one) for one in counted} == set(METRIC.findall(OPERATE))


def test_links_between_runbooks_lead_somewhere():
    anchors = {anchor(one) for one in re.findall(r"^#+ (.+)$", OPERATE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", OPERATE)) <= anchors
