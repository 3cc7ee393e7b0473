# Every target works alone on a fresh clone with Python 3.11+ and pip, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install playground test lint format bench chaos lock clean
.DEFAULT_GOAL := test

install: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fixdesk needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

playground: install
	$(BIN)/fixdesk playground

# Two workers use both cores of a small machine; more than four only fight for them.
test: lint
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install
	$(BIN)/python -m tests.bench

# docs/chaos.md says what it does.
SEEDS ?= 200
FIRST ?= 1
DATABASE ?= sqlite
PROCESSES ?= 1
chaos: install
	$(BIN)/python -m tests.chaos --seeds $(SEEDS) --first $(FIRST) --database $(DATABASE) --processes $(PROCESSES) $(if $(LIST),--list $(LIST)) $(if $(ONLY),--only '$(ONLY)')

# Needs uv (pip install uv). The files hold versions and hashes, and no address of an index.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
