#!/usr/bin/env bash
# Make .venv from the hash-locked requirements: `infra/install.sh run` or `infra/install.sh test`.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=$1
python=""
for one in python3.11 python3.12 python3.13 python3; do
  if command -v "$one" >/dev/null && "$one" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$one; break; fi
done
[ -n "$python" ] || { echo "Datamo needs Python 3.11 or newer with venv." >&2; exit 3; }
[ -x .venv/bin/python ] || "$python" -m venv .venv
unset PYTHONDONTWRITEBYTECODE
.venv/bin/python -m uv --version >/dev/null 2>&1 || .venv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt
echo "Installing (${kind}) …" >&2
lists=(-r requirements/run.txt)
[ "$kind" = test ] && lists+=(-r requirements/test.txt)
# Bytecode is compiled now: the engine of the jobs imports in 0.9 s with it and in 5 s without.
.venv/bin/python -m uv pip install --quiet --python .venv/bin/python --compile-bytecode --require-hashes "${lists[@]}"
.venv/bin/python -m uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
touch .venv/.run
# Programs that tests start, from Debian: package, then the command it brings. One that cannot be had is told by its tests.
programs=(nginx-light:nginx strace:strace chromium-headless-shell:chromium-headless-shell)
if [ "$kind" = test ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  for one in "${programs[@]}"; do
    command -v "${one#*:}" >/dev/null && continue
    apt-get install -y -qq "${one%:*}" >/dev/null 2>&1 || { apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq "${one%:*}" >/dev/null 2>&1; } \
      || echo "${one%:*} could not be installed; its tests will say so." >&2
  done
fi
if [ "$kind" = test ] && command -v npm >/dev/null; then
  (cd infra/browser && npm ci --omit=dev --no-audit --no-fund --silent >/dev/null 2>&1) || echo "axe-core could not be fetched; its tests will say so." >&2
fi
if [ "$kind" = test ]; then touch .venv/.test; fi
