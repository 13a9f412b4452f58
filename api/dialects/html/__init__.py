"""The pages, for people with a browser; ``router`` holds their routes, ``error_page`` draws a refusal."""

from fastapi import APIRouter

from api.dialects.html import (
    about,
    account,
    announcing,
    areas,
    cells,
    chart,
    check,
    checked,
    confirming,
    correcting,
    dataset,
    describing,
    desk,
    dossier,
    editions,
    erasure,
    explained,
    feeds,
    history,
    home,
    machines,
    maps,
    matching,
    notices,
    operating,
    organisations,
    overtime,
    people,
    persons,
    publish,
    reading,
    recipes,
    releases,
    repair,
    results,
    searches,
    sign,
    sources,
    standard,
    standing,
    submissions,
    useful,
    voices,
    webhooks,
    withdrawal,
)
from api.dialects.html.brief import sweep
from api.dialects.html.front import Straight, doubt
from api.dialects.html.kept import room_of, swept
from api.dialects.html.refused import bug_page, error_page

GROUPS = (
    home, results, voices, notices, dossier, recipes, dataset, chart, maps, history, organisations, standard, editions,
    releases, repair, reading, describing, confirming, matching, cells, persons, submissions, check, checked, publish,
    desk, useful, explained, about, areas, sign, feeds, machines, withdrawal, erasure, people, account,
    webhooks, announcing, sources, standing, operating, overtime, correcting, searches,
)

router = APIRouter()
for group in GROUPS:
    router.include_router(group.router)

__all__ = ["GROUPS", "Straight", "bug_page", "doubt", "error_page", "room_of", "router", "sweep", "swept"]
