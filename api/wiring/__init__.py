"""The only place that chooses adapters and reads settings: a site from its addresses."""

from api.settings import Away, Settings, WrongSetting, read_settings
from api.wiring.engines import database_url, open_folder
from api.wiring.shared import language_of_environment, share_meters, shared_counters
from api.wiring.site import Site, open_site

__all__ = ["Away", "Settings", "Site", "WrongSetting", "database_url", "language_of_environment", "open_folder",
           "open_site", "read_settings", "share_meters", "shared_counters"]
