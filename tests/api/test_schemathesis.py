"""Schemathesis over the OpenAPI document with roles: whatever the document lets be sent is answered as it says, and never by a fault.

A few examples for each operation, always the same; more by hand: ``EXAMPLES=100 python -m pytest tests/api/test_schemathesis.py``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.test_openapi_true import AWAY, Told
from tests.site import URL, make_town

EXAMPLES = int(os.environ.get("EXAMPLES", "2"))
ROLES = ("", "editor", "reviewer", "operator")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
GIVES = settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
                 suppress_health_check=list(HealthCheck))
"""No example is kept from run to run, and none is made smaller: what was sent is told as it was."""


@schemathesis.serializer("application/offset+octet-stream")
def piece(ctx: Any, value: Any) -> Any:
    """A piece of an upload is bytes as they are."""
    return {"data": ctx.transport_kwargs and b"" if value is None else str(value).encode("utf-8", "replace")}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(make_town(tmp_path_factory.mktemp("schemathesis")))


@pytest.fixture(scope="module")
def operations(told: Told) -> list[Any]:
    """Every operation but what empties the site, and what a worker has to make first."""
    schema = schemathesis.openapi.from_dict(told.document)
    return [found for one in schema.get_all_operations() if (found := one.ok()).path not in AWAY]


def sender(told: Told, wrong: list[str]) -> Callable[..., None]:
    """What sends an example as somebody, at ids that there are or at those that were made up, and notes what is wrong with the answer."""
    there = {**told.keys, "name": told.keys["resource"]}

    def send(case: Any, who: str, known: bool) -> None:
        if known:
            case.path_parameters = {name: there.get(name, value) for name, value in (case.path_parameters or {}).items()}
        dict.pop(case.query or {}, "wait", None)  # an answer that may take its time is asked for at once
        sent = case.as_transport_kwargs(base_url=URL)
        sent["headers"] = {**dict(sent.get("headers") or {}), **told.town.head(who)}
        sent.pop("cookies", None)
        answer = told.town.client.request(sent.pop("method"), sent.pop("url"), follow_redirects=False, **sendable(sent))
        answer.request.read()
        try:
            case.validate_response(answer, checks=CHECKS)
        except (FailureGroup, Failure) as fault:
            wrong.append(f"{case.method} {case.formatted_path} as {who or 'nobody'}: {told_of(fault)}")

    return send


def told_of(fault: BaseException) -> str:
    return "; ".join(str(one)[:400] for one in getattr(fault, "exceptions", (fault,)))


def sendable(sent: dict[str, Any]) -> dict[str, Any]:
    """What requests would take, as the client of the tests takes it."""
    if isinstance(sent.get("data"), bytes | str):
        sent["content"] = sent.pop("data")
    return {name: value for name, value in sent.items() if value is not None}


def examples(operations: list[Any], *verbs: str) -> Iterator[Any]:
    return (one for one in operations if one.method in verbs)


@pytest.mark.parametrize("verbs", [("get", "head", "options"), ("post", "put", "patch", "delete")], ids=["reads", "writes"])
def test_whatever_the_document_lets_be_sent_is_answered_as_it_says(told: Told, operations: list[Any], verbs: tuple[str, ...]) -> None:
    wrong: list[str] = []
    send = sender(told, wrong)
    for one in examples(operations, *verbs):
        GIVES(given(case=one.as_strategy(), who=st.sampled_from(ROLES), known=st.booleans())(send))()
    assert not wrong, "\n".join(wrong)
