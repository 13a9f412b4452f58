"""The command line run as a module: ``python -m api.cli``."""

from api.cli import main

main()
