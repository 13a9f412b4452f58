#!/usr/bin/env bash
# Run every test; pytest's closing line comes last. Types are held by one of the tests (tests/test_types.py).
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check .
# What tests need from elsewhere is fetched while the first of them run; who comes too early waits. What cannot be had is told by its tests.
for one in "infra/elasticsearch/es.sh install" "$bin/python -m tests.pipelines.columnar.conformance"; do $one >/dev/null 2>&1 & done
# Two processes for each core: most tests wait for servers and workers. Each takes a gigabyte and has servers of its own.
room=$(awk '/^MemAvailable/ { print int($2 / 2000000) }' /proc/meminfo) many=$((2 * $(nproc)))
many=$((many > room ? room : many)) many=$((many < 2 ? 2 : many > 8 ? 8 : many))
# tests/conftest.py puts the files that take longest first; xdist would put those first that have most tests, which are the quick ones.
exec $bin/python -m pytest -n "${DATAMO_TEST_PROCESSES:-$many}" --dist loadfile --no-loadscope-reorder "$@"
