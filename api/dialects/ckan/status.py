"""The site itself: status_show, site_read, and help_show from the declarations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from api.dialects.ckan.action import Action, Call, Refused, Wrong

CKAN: Final = "2.12.0"
"""The version of CKAN whose API this is: clients choose their parameters by it."""

EXTENSIONS: Final = ("activity", "datastore", "image_view", "text_view", "webpage_view", "scheming_datasets",
                     "validation", "datamo")
"""What clients look for before they call: the plugins of CKAN whose actions are answered here, and our own name."""

TITLES: Final = {"vi": "Dữ liệu mở trên Datamo", "en": "Open data on Datamo"}


def status_show(call: Call) -> dict[str, Any]:
    """Answer ``status_show``."""
    return {
        "ckan_version": CKAN, "site_url": call.site.url,
        "site_title": call.option("ckan.site_title") or call.words(TITLES),
        "site_description": call.option("ckan.site_description"),
        "error_emails_to": "", "locale_default": call.option("ckan.locale_default") or call.site.language,
        "extensions": list(EXTENSIONS),
    }


def site_read(_: Call) -> bool:
    """Answer ``site_read``: everybody may read the site."""
    return True


def help_show(declared: Iterable[Action]) -> Action:
    """Give the action that explains all others."""
    every = {one.name: one for one in declared}

    def run(call: Call) -> str:
        if call.given.get("name") is None:
            raise Wrong({"name": ["Missing value"]})
        one = every.get(call.text("name"))
        if one is None:
            raise Refused.missing("Action function not found")
        return one.help()

    made = Action(name="help_show", summary="Explain an action.", run=run, parameters={"name": "the action's name"})
    every[made.name] = made
    return made


ACTIONS: Final = (
    Action(name="status_show", summary="Say what site this is and which CKAN it speaks like.", run=status_show),
    Action(name="site_read", summary="Say that the site may be read.", run=site_read),
)
