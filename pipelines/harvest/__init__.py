"""Harvesting: catalogues elsewhere are fetched by the worker (``walk``) and read in the sandbox, one file per kind."""
