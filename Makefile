# Every command of the project; `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PORT ?= 8000
SERVE ?= 1
N ?= 2000
SEED ?= 1
VENV := .venv
PY := $(VENV)/bin/python
# Lines that other tools set would make imports slow and installs wander; ours stand here.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help

.PHONY: help
help:  ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

$(VENV)/.run: requirements/run.txt pyproject.toml infra/install.sh
	@infra/install.sh run
$(VENV)/.test: requirements/run.txt requirements/test.txt pyproject.toml infra/install.sh
	@infra/install.sh test

.PHONY: install
install: $(VENV)/.run  ## Create .venv with everything the platform needs to run

.PHONY: demo
demo: $(VENV)/.run  ## Publish real datasets into var/demo and serve them (PORT=8123, SERVE=0)
	@$(PY) -m infra.demo.run --port $(PORT) --serve $(SERVE)

.PHONY: cluster
cluster: $(VENV)/.test  ## A whole site on real engines: nginx, 2 web, 2 workers, PostgreSQL, S3, Elasticsearch (PORT=8123)
	@$(PY) -m infra.cluster --port $(PORT)

.PHONY: test
test: $(VENV)/.test  ## Run every test, on real servers started and stopped here
	@infra/test.sh

.PHONY: faults
faults: $(VENV)/.test  ## Kill processes and spoil system calls thousands of times while files are published (N=2000, SEED=1)
	@DATAMO_KILLS=$(N) DATAMO_FAULT_POINTS=$(N) DATAMO_RUNS=$(N) DATAMO_FAULT_SEED=$(SEED) $(PY) -m pytest -q tests/faults/test_siege.py \
		tests/faults/test_each_call.py tests/faults/test_erasure.py tests/faults/test_power_cut.py tests/faults/test_any_order_on_disk.py

.PHONY: lint
lint: $(VENV)/.test  ## Style, types and the contracts between the floors
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

.PHONY: bench
bench: $(VENV)/.test  ## Run the benchmarks; each prints one line with ours, peer and ratio
	@for name in validate conformance publish throughput search http pages; do $(PY) -m tests.bench $$name --json; done

.PHONY: docs
docs: $(VENV)/.test  ## Print the generated pages of docs/ again from the code
	@$(PY) -m infra.docs

.PHONY: accessibility
accessibility: $(VENV)/.test  ## Every page in both languages, both contrasts, with and without scripts, by axe-core
	@DATAMO_AXE=all $(PY) -m pytest -q tests/browser/test_accessibility.py

.PHONY: lighthouse
lighthouse: $(VENV)/.test  ## Lighthouse's marks of the pages that people meet first (needs Node and Chromium)
	@cd infra/browser && npm ci --no-audit --no-fund --silent
	@$(PY) -m tests.bench lighthouse

.PHONY: pictures
pictures: $(VENV)/.run  ## Take the pictures of docs/pictures from the demo site, with Debian's Chromium (PORT=8123)
	@$(PY) -m infra.pictures --port $(PORT)

.PHONY: lock
lock: $(VENV)/.test  ## Lock the requirements again, with hashes and without addresses
	@infra/lock.sh

.PHONY: clean
clean:  ## Remove what was installed, built and published here
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
