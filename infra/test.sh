#!/usr/bin/env bash
# Run every test; pytest's closing line comes last.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check .
$bin/mypy
exec $bin/python -m pytest "$@"
