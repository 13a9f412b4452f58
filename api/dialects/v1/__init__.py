"""The native API under /api/v1, one file per subject; ``router`` holds its routes, ``operations`` the health pages."""

from fastapi import APIRouter

from api.dialects.v1 import (
    datasets,
    feed,
    files,
    health,
    organisations,
    people,
    reference,
    registries,
    rows,
    sites,
    submissions,
    upload,
    versions,
)

SUBJECTS = (datasets, versions, files, rows, upload, submissions, organisations, people, registries, feed, sites)

router = APIRouter(prefix="/api/v1")
for subject in SUBJECTS:
    router.include_router(subject.router)
operations = APIRouter()
operations.include_router(health.router)
operations.include_router(reference.router)
