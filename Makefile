# What people do with a checkout. Needs python3.11 and make; everything else is fetched on first use.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 python3.13 python3))
APT := $(if $(filter 0,$(shell id -u)),,sudo --non-interactive) apt-get --quiet
DATA ?= ./data/demo
WORKERS ?= 2
# Percents of each file's mutants that `make mutation` tries.
MUTATION_SAMPLE ?= 100

# Where byte code is not kept, each of the hundreds of processes of a test run compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
# The locks name everything, so pip resolves nothing: asked to, an older pip takes `coverage[toml]` for a package that is
# not pinned as soon as a newer one is out. A stamp is younger than the lock that it installed; nothing is done again until a lock changes.
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development

PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal
ON_SQLITE := RAPPORT_TEST_DATABASE=sqlite
ON_POSTGRESQL := RAPPORT_TEST_DATABASE=postgresql

# In the order of `make test`.
PARTS := check test-system check-assets test-sqlite test-coverage test-drills test-postgresql test-browser-sqlite test-browser-postgresql

.PHONY: help run test drill proof mutation fix bench bench-edge bench-lake bench-bots bench-terms lock assets clean $(PARTS)

help: ## Say what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | while IFS='|' read -r name what; do printf '  make %-24s %s\n' "$$name" "$$what"; done

run: $(RUNTIME) ## Start Rapport with the demo program; PORT=8100 and DATA=./data/demo may be given
	@exec $(BIN)/rapport up --demo --data "$(DATA)" $(if $(PORT),--port $(PORT))

test: $(DEVELOPMENT) ## Run every check and every test, on SQLite and on PostgreSQL, in a browser too
	@$(BIN)/python -m tests.support.parts "$(MAKE)" $(PARTS)

drill: test-system ## Run the long tests whole on both databases; `make test` shortens them on PostgreSQL (an hour)
	RAPPORT_TEST_DRILLS=whole $(ON_SQLITE) $(PYTEST) -m drill
	RAPPORT_TEST_DRILLS=whole $(ON_POSTGRESQL) $(PYTEST) -m "drill and database"

mutation: $(DEVELOPMENT) ## Break the rules, the books and payouts in thousands of small ways; the tests must notice 85 % (for the night)
	$(ON_SQLITE) nice $(BIN)/python -m tests.mutation --workers $(WORKERS) --sample $(MUTATION_SAMPLE)

proof: test-system ## Prove the largest claims at full size, one after the other (hours): runs killed, cells damaged, a gigabyte, 550 partners
	RAPPORT_TEST_DRILLS=whole $(ON_SQLITE) nice $(BIN)/pytest -n 0 -s tests/journeys/test_parallel_runs.py
	RAPPORT_TEST_DRILLS=whole $(ON_POSTGRESQL) nice $(BIN)/pytest -n 0 -s tests/flows/test_damage.py
	RAPPORT_TEST_DRILLS=whole RAPPORT_TEST_IMPORT_MB=1000 $(ON_SQLITE) nice $(BIN)/pytest -n 0 -s -m drill tests/apps/imports/reading/test_tables.py
	rm -rf build/proof
	nice $(BIN)/rapport demo --data build/proof --partners 550
	nice $(BIN)/rapport doctor --data build/proof

check: $(DEVELOPMENT) ## Run the checks that need no tests: lint, format, types, imports, templates, migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@mkdir -p build/data
	RAPPORT_DATA=build/data $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint src/rapport
	RAPPORT_DATA=build/data DJANGO_SETTINGS_MODULE=rapport.config.settings $(BIN)/django-admin makemigrations --check --dry-run
	$(BIN)/python -m tests.house.checks.repository

fix: $(DEVELOPMENT) ## Let the tools put right what they can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(DEVELOPMENT) ## Run the measurements; each prints its figures
	@for measurement in $(filter-out bench/bots.py bench/terms.py,$(wildcard bench/*.py)); do echo "== $$measurement"; $(BIN)/python -m "bench.$$(basename "$$measurement" .py)"; done

bench-edge: $(DEVELOPMENT) ## Compare the edge with nginx and with the disk, on an idle machine (installs nginx and wrk, Debian)
	@command -v nginx >/dev/null && command -v wrk >/dev/null || { $(APT) update && $(APT) install --yes --no-install-recommends nginx-light wrk; }
	$(BIN)/python -m bench.edge

test-system: $(DEVELOPMENT) ## Install PostgreSQL, Chromium, Dovecot, PHP, Node, a C compiler and others for the tests where they are missing (Debian)
	@$(BIN)/python -m tests.support.system

check-assets: test-system ## Build style sheets and scripts again and compare them with the committed ones
	@cd frontend && npm ci --silent --no-audit --no-fund && npm run --silent check

test-sqlite: $(DEVELOPMENT) ## Run the tests on SQLite, without drills and browser, and count what they covered
	@rm -rf build/coverage && mkdir -p build/coverage
	$(ON_SQLITE) $(PYTEST) -m "not browser and not drill" --cov --cov-report=json

test-coverage: $(DEVELOPMENT) ## Judge what the last run on SQLite covered
	@$(BIN)/python -m tests.house.coverage_gate

test-drills: $(DEVELOPMENT) ## Run the long tests on SQLite; coverage would make them half as long again
	$(ON_SQLITE) $(PYTEST) -m "drill and not browser"

test-postgresql: test-system ## Run the tests that use tables, long ones too, on a private PostgreSQL
	$(ON_POSTGRESQL) $(PYTEST) -m "database and not browser"

test-browser-sqlite: test-system ## Drive Chromium against Rapport on SQLite
	$(ON_SQLITE) $(PYTEST) -m browser

test-browser-postgresql: test-system ## Drive Chromium against Rapport on PostgreSQL, where pages need tables
	$(ON_POSTGRESQL) $(PYTEST) -m "browser and database"

assets: ## Build the style sheets and scripts that are committed (needs Node)
	cd frontend && npm ci && npm run build

bench-lake: $(DEVELOPMENT) ## Measure the lake over a year of invented clicks; CLICKS=100_000_000 is the whole of it (an hour, 5 GB)
	nice $(BIN)/python -m bench.lake --clicks $(or $(CLICKS),5_000_000)

bench-terms: $(DEVELOPMENT) ## Measure how many orders a second are judged, and how long a replay of millions takes, on an idle machine
	$(BIN)/python -m bench.terms

bench-bots: $(DEVELOPMENT) ## Measure how many robots are found and how many people are taken for one, on collections of other packages
	@rm -rf build/bots && mkdir -p build/bots
	@# Read as files and never installed, so that nothing of theirs runs here.
	@$(PIP) download --no-deps --dest build/bots device-detector==6.5.1 fake-useragent==2.2.0
	@for wheel in build/bots/*.whl; do $(BIN)/python -m zipfile -e "$$wheel" build/bots; done
	$(BIN)/python -m bench.bots build/bots

lock: $(DEVELOPMENT) ## Resolve requirements/*.in again and pin what was found
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip --quiet install uv
	@cd requirements && for lock in "base base.in build.in" "dev dev.in"; do set -- $$lock; name=$$1; shift; \
	  ../build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url "$$@" --output-file "$$name.lock"; done

clean: ## Remove what commands made; the data folder stays
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(VENV)

$(BIN)/python:
	@# Debian keeps the standard library's venv in a package of its own.
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(APT) update && $(APT) install --yes python3-venv; }
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements/base.lock pyproject.toml hatch_build.py | $(BIN)/python
	@echo "Installing Rapport into $(VENV)"
	@$(PIP) install --require-hashes --no-deps -r requirements/base.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements/dev.lock $(RUNTIME)
	@echo "Installing what the checks and tests need into $(VENV)"
	@$(PIP) install --require-hashes --no-deps -r requirements/dev.lock
	@touch $@
