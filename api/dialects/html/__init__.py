"""The pages, for people with a browser; ``router`` holds their routes."""

from fastapi import APIRouter

router = APIRouter()
