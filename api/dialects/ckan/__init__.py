"""CKAN's Action API v3 under /api/3/action and /api/action: one file per family, ``ACTIONS`` lists all."""

from __future__ import annotations

from api.dialects.ckan import addresses, dumping
from api.dialects.ckan.actions import ACTIONS
from api.dialects.ckan.ahead import made_ahead
from api.dialects.ckan.door import Straight, faulted, is_ours, refused, router
from api.dialects.ckan.kept import doubt

router.routes.extend([*dumping.router.routes, *addresses.router.routes])

__all__ = ["ACTIONS", "Straight", "doubt", "faulted", "is_ours", "made_ahead", "refused", "router"]
