"""The native API under /api/v1, one file per subject; ``GROUPS`` hold its routes."""

from api.dialects.v1 import (
    contract,
    counts,
    crosswalks,
    datasets,
    differences,
    dumps,
    erasures,
    feed,
    files,
    harvest,
    health,
    made,
    notices,
    operating,
    organisations,
    people,
    recipes,
    reference,
    registries,
    rows,
    sites,
    sql,
    standing,
    stewards,
    submissions,
    suggestions,
    upload,
    uploads,
    versions,
    voices,
    webhooks,
)
from api.dialects.v1.shelf import doubt

SUBJECTS = (
    datasets, files, rows, sql, versions, differences, crosswalks, upload, uploads, submissions, made, recipes,
    organisations, people, registries, feed, stewards, erasures, voices, sites,
    webhooks, contract, suggestions, dumps, notices, harvest,
    standing, operating, counts,
)
"""In the order in which addresses are compared: what is read most comes first."""

GROUPS = (*SUBJECTS, health, reference)

__all__ = ["GROUPS", "SUBJECTS", "doubt"]
