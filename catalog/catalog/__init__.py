"""The use cases of the catalogue: people and agencies, draft, attach, settle, review, publish, withdraw, search."""

from __future__ import annotations

from catalog.catalog.agencies import Agencies
from catalog.catalog.announcing import Announcing
from catalog.catalog.appraising import Appraising
from catalog.catalog.correcting import Correcting
from catalog.catalog.creating import Creating
from catalog.catalog.delivering import Delivering
from catalog.catalog.dumping import Dumping
from catalog.catalog.erasing import Erasing
from catalog.catalog.finding import Finding
from catalog.catalog.harvesting import Harvesting
from catalog.catalog.installing import Installing
from catalog.catalog.keeping import Keeping
from catalog.catalog.maintaining import Maintaining
from catalog.catalog.noticing import Noticing
from catalog.catalog.operation import Operation
from catalog.catalog.overseeing import Overseeing
from catalog.catalog.people import People
from catalog.catalog.purging import Purging
from catalog.catalog.pushing import Pushing
from catalog.catalog.reading import Reading
from catalog.catalog.recipes import Recipes
from catalog.catalog.scheduling import Scheduling
from catalog.catalog.standing import Standings
from catalog.catalog.tabling import Tabling
from catalog.catalog.upkeep import Upkeep
from catalog.catalog.uploads import Uploads
from catalog.catalog.watching import Watching


class Catalog(
    Overseeing, Watching, Announcing, Creating, Delivering, Purging, People, Agencies, Reading, Harvesting, Uploads,
    Erasing, Finding, Installing, Maintaining, Operation, Recipes, Tabling, Upkeep, Keeping, Dumping, Pushing,
    Correcting, Noticing, Scheduling, Appraising, Standings,
):
    """Everything the doors and the pipelines may ask of the catalogue. Every verb takes the Caller first.

    What a caller may not see raises NotFound exactly as if it did not exist; what she may see but not do, NotAllowed.
    Keys of datasets are id or slug, of organisations id, public code or slug, of people id or name. Every write by
    nobody raises NotKnown, whatever it names. Harvesting brings versions, submissions and publishing along.
    """


__all__ = ["Catalog"]
