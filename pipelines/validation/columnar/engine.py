"""The columnar engine's doors: a report like ``Resource.validate``'s, and every error of a resource one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from frictionless import Checklist, FrictionlessException, helpers

from pipelines.validation.columnar.plan import HandBack
from pipelines.validation.columnar.run import Limits, Run
from pipelines.validation.columnar.sources import copy_of

BLOCK = 4 << 20
HASHES = ("md5", "sha256")
IGNORED_HASH = "hash is ignored; supported algorithms: md5/sha256"


def validate_columnar(
    resource: Any,
    checklist: Any = None,
    *,
    limit_errors: int = 1000,
    limit_rows: int | None = None,
    block: int = BLOCK,
) -> Any:
    """Frictionless's report of a resource (``frictionless.Report``), or HandBack where Frictionless has to do it.

    ``block`` is the number of bytes screened at a time. Works on a copy, so that a resource handed back is as it came.
    What a reader raises hands back as well, with the reason ``raised``: Frictionless raises it itself, unless a limit
    stops it before.
    """
    timer: Any = helpers.Timer()  # type: ignore[no-untyped-call]
    checklist = checklist or Checklist()
    copy = _opened(resource)
    with closing(copy):
        try:
            run = Run(copy, checklist, Limits(limit_errors or 0, limit_rows or 0), block)
            if resource.hash and helpers.parse_resource_hash_v1(resource.hash)[0] not in HASHES:
                run.warnings.append(IGNORED_HASH)
            with run.source:
                return run.report(timer)
        except HandBack:
            raise
        except Exception as error:
            raise HandBack("raised") from error


def errors_columnar(resource: Any, *, block: int = BLOCK) -> Iterator[Any]:
    """Every error of the baseline checks in order, none of them kept; HandBack comes before the first error.

    What a reader raises while errors are given is raised.
    """
    copy = _opened(resource)
    with closing(copy):
        try:
            run = Run(copy, Checklist(), Limits(), block)
            found = run.found()
        except HandBack:
            raise
        except Exception as error:
            raise HandBack("raised") from error
        yield from run.starting
        for row in run.rows(found):
            yield from run.wanted(row)


def _opened(resource: Any) -> Any:
    """An open copy of the resource; raises HandBack."""
    try:
        resource.to_descriptor(validate=True)
        copy = copy_of(resource)
        if resource.has_defined("schema") and resource.schema:
            # A copy is made from a descriptor, which knows Frictionless's fields only: a field of ours goes along.
            fields = zip(resource.schema.fields, copy.schema.fields, strict=True)
            copy.schema.fields = [copied if type(copied) is type(one) else one for one, copied in fields]
        copy.open()
    except FrictionlessException as error:
        raise HandBack("open") from error
    except Exception as error:  # a reader, over the rows that a foreign key refers to
        raise HandBack("raised") from error
    return copy
