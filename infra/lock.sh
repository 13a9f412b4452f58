#!/usr/bin/env bash
# Lock requirements/*.in with hashes for every supported Python; no index address is written.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
  .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --upgrade "$@"
}
lock requirements/run.in -o requirements/run.txt
lock requirements/test.in -c requirements/run.txt -o requirements/test.txt
lock requirements/uv.in -o requirements/uv.txt
