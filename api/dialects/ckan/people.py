"""Users and their tokens: each sees herself, an operator everybody; a token is shown once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import md5
from typing import Any, Final

from api.dialects.ckan import persons
from api.dialects.ckan.action import WRITES, Action, Call, Wrong
from catalog.errors import NotAllowed, NotFound
from catalog.model import Person, Token
from catalog.permit import may
from standards.metadata import ckan

UNIT: Final = 1
PUBLIC: Final = "ckan.auth.public_user_details"
LONGEST: Final = 10**9
OTHERS: Final = "an operator; anybody with `ckan.auth.public_user_details`"
HERSELF: Final = "the person herself, or an operator"


def dictionary(one: Person, besides: persons.Kept = persons.NONE) -> dict[str, Any]:
    """Give the dictionary of a person, as she or an operator sees it; ``besides`` is what is kept of her."""
    picture = besides.get("image_url")
    return {
        "id": one.id, "name": one.name, "fullname": one.title or None, "display_name": one.title or one.name,
        "email": one.email or None, "created": ckan.moment(one.created), "last_active": None,
        "about": besides.get("about"),
        "activity_streams_email_notifications": False, "sysadmin": one.role == "operator",
        "state": "deleted" if one.disabled else "active", "image_url": picture, "image_display_url": picture,
        "email_hash": md5(one.email.strip().lower().encode(), usedforsecurity=False).hexdigest(),
        "number_created_packages": 0,
    }


def named(one: Person, besides: persons.Kept = persons.NONE) -> dict[str, Any]:
    """Give the dictionary of a person as others may see it."""
    shown = dictionary(one, besides)
    return {name: value for name, value in shown.items() if name not in ("email", "email_hash", "last_active")}


Shown = Callable[[Person, persons.Kept], dict[str, Any]]


def everybody(call: Call) -> tuple[list[Person], Shown]:
    """Give the people whom the caller may see, and how; raises NotAllowed."""
    catalog = call.site.catalog
    if call.switch(PUBLIC) and not may(call.caller, "see-people"):
        return list(catalog.people(catalog.system())), named
    return list(catalog.people(call.caller)), dictionary


def one_person(call: Call, key: str) -> dict[str, Any]:
    """Give a person as the caller may see her; raises NotFound, NotAllowed."""
    catalog = call.site.catalog
    found = catalog.person(catalog.system() if call.switch(PUBLIC) else call.caller, key)
    whole = may(call.caller, "see-person", person=found.id)
    if found.disabled and not whole:
        raise NotFound
    return (dictionary if whole else named)(found, persons.of(call, found.id))


def user_list(call: Call) -> list[Any]:
    """Answer ``user_list``: for operators; names stay with those who bear them."""
    typed = call.text("q").lower()
    people, shown = everybody(call)
    found = [one for one in people if not one.disabled]
    found = [one for one in found if typed in one.name.lower() or typed in one.title.lower()]
    email = call.text("email")
    if email and not may(call.caller, "see-people"):
        raise NotAllowed
    order = {"fullname": lambda one: (one.title or one.name).lower(), "created": lambda one: one.created}
    found = sorted((one for one in found if not email or one.email == email),
                   key=order.get(call.text("order_by"), lambda one: one.name))
    if not call.flag("all_fields", default=True):
        return [one.name for one in found]
    besides = persons.every(call)
    return [shown(one, besides.get(one.id, persons.NONE)) for one in found]


def user_show(call: Call) -> dict[str, Any]:
    """Answer ``user_show``; without an id the caller herself. No hash is ever shown: that one is asked for is told."""
    if call.caller.person is not None and not call.text("id"):
        own = call.caller.person
        return _with_more(call, dictionary(own, persons.of(call, own.id)))
    if not call.text("id"):
        raise NotFound
    return _with_more(call, one_person(call, call.text("id")))


def _with_more(call: Call, shown: dict[str, Any]) -> dict[str, Any]:
    """Add what is asked for: datasets have no maker here, so that nobody has made any."""
    more: dict[str, Any] = {}
    if call.flag("include_datasets"):
        more["datasets"] = []
    if call.flag("include_num_followers"):
        more["num_followers"] = len(call.site.catalog.marks("follow", subjects=[shown["id"]]))
    if may(call.caller, "see-people"):
        more |= {"password_hash": None} if call.flag("include_password_hash") else {}
        if call.flag("include_plugin_extras"):
            more["plugin_extras"] = persons.of(call, shown["id"]).get("plugin_extras")
    return {**shown, **more}


def user_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Answer ``user_autocomplete``: for operators."""
    people = everybody(call)[0]
    typed = call.typed().lower()
    limit = min(call.number("limit") or call.most("ckan.requests.autocomplete.limit"), 100)
    own = call.caller.person.id if call.caller.person and call.flag("ignore_self") else ""
    found = [
        one for one in people
        if not one.disabled and one.id != own and (typed in one.name.lower() or typed in one.title.lower())
    ]
    return [{"id": one.id, "name": one.name, "fullname": one.title or None} for one in found[:limit]]


def api_token_create(call: Call) -> dict[str, Any]:
    """Answer ``api_token_create``."""
    if not call.given.get("user_id"):
        call.all_needed("user", "name")
    user, name = call.needed("user", "user_id"), call.needed("name")
    seconds = (call.number("expires_in", 0) or 0) * (call.number("unit", UNIT) or UNIT)
    if seconds > LONGEST:
        raise Wrong({"expires_in": ["Invalid integer"]})
    expires = timedelta(seconds=seconds) if seconds else None
    made = call.site.catalog.add_token(call.caller, user, name=name, expires=expires)
    return {"token": made.secret, "id": made.id}


def api_token_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``api_token_list``."""
    if call.caller.person is None:
        raise NotAllowed
    return [_token(one) for one in call.site.catalog.tokens(call.caller, call.needed("user_id", "user"))]


def _token(one: Token) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "user_id": one.person, "created_at": ckan.moment(one.created),
            "last_access": ckan.moment(one.last_used), "expires_at": ckan.moment(one.expires)}


def api_token_revoke(call: Call) -> None:
    """Answer ``api_token_revoke``: by the token itself, or by its id."""
    secret = call.text("token")
    if not secret:
        call.site.catalog.drop_token(call.caller, call.needed("jti", "token"))
        return
    if call.caller.person is None:
        raise NotAllowed
    owner = call.site.catalog.caller_of_token(secret)
    if owner.person is None or not may(call.caller, "tokens", person=owner.person.id):
        raise NotAllowed
    call.site.catalog.drop_token(call.caller, owner.token)


ACTIONS: Final = (
    Action(name="user_list", summary="Give the people of the site.", run=user_list, permission=OTHERS,
           parameters={"q": "what a name holds", "email": "only with this address",
                       "order_by": "name, fullname or created",
                       "all_fields": "false for names alone", "include_site_user": "taken and left"}),
    Action(name="user_show", summary="Give a person.", run=user_show, permission=HERSELF,
           parameters={"id": "her id or name; without it the caller",
                       "include_datasets": "an empty list: datasets have no maker here",
                       "include_num_followers": "with how many follow her", "include_password_hash": "always null",
                       "include_plugin_extras": "an operator: with what programs noted"}),
    Action(name="user_autocomplete", summary="Give people whose names hold what was typed.", run=user_autocomplete,
           permission=OTHERS, parameters={"q": "what was typed", "limit": "so many",
                                          "ignore_self": "without the caller"}),
    Action(name="api_token_create", summary="Make a token, which is shown once.", run=api_token_create, verbs=WRITES,
           permission=HERSELF, parameters={"user": "whose", "name": "what it is for", "expires_in": "how many units",
                                           "unit": "seconds in a unit, 1 unless said"}),
    Action(name="api_token_list", summary="Give somebody's tokens, never themselves.", run=api_token_list,
           permission=HERSELF, parameters={"user_id": "whose", "user": "the same, as of old"}),
    Action(name="api_token_revoke", summary="Revoke a token.", run=api_token_revoke, verbs=WRITES, permission=HERSELF,
           parameters={"token": "the token itself", "jti": "or its id"}),
)
