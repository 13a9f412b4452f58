"""The native API under /api/v1, one file per subject; ``router`` holds its routes, ``operations`` the health pages."""

from fastapi import APIRouter

from api.dialects.v1 import health

router = APIRouter(prefix="/api/v1")
operations = health.router
