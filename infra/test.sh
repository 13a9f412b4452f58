#!/usr/bin/env bash
# Run every test; pytest's closing line comes last.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check .
$bin/mypy
# The engines of the tests are fetched before the clock of any test runs; one that cannot be is told by its tests.
infra/elasticsearch/es.sh install || true
# Files of tests share three processes: most wait for servers and workers, not for a core. Each process has servers of its own.
# tests/conftest.py puts the files that take longest first; xdist would put those first that have most tests, which are the quick ones.
exec $bin/python -m pytest -n "${DATAMO_TEST_PROCESSES:-3}" --dist loadfile --no-loadscope-reorder "$@"
