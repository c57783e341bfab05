# `make quick` while you work. `make` alone: what CI checks, but for `make long`. `make serve` and `make test` set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than there are cores: most tests wait for a server or a browser half of their time.
PARALLEL := --numprocesses=$(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist=worksteal

# Compiled once and not in each of the processes that tests start, also where the environment would have it so.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: all quick serve test long check lint types format simulate bench lock schemas status train pictures rooms house clean

all: lint types check test

# Under a minute on two cores: what a change breaks most often.
quick: lint types
	$(BIN)/pytest $(PARALLEL) -m "not postgres and not slow" tests/content tests/bot tests/flows $(ARGS)

serve: $(VENV)/ready
	$(BIN)/motcua serve

test: $(VENV)/ready-dev
	@scripts/system-packages
	$(BIN)/pytest $(PARALLEL) --ignore=tests/long $(ARGS)

# Crashes, full disks, lost connections, replicas that come and go: minutes, and prints its seed and its counts.
long: $(VENV)/ready-dev
	$(BIN)/pytest -s tests/long $(ARGS)

# Where a snapshot of the national procedure database stands beside the checkout, the content is held against it.
NATIONAL := $(wildcard ../shared/reference/national-procedures)

check: $(VENV)/ready-dev
	$(BIN)/motcua check $(if $(NATIONAL),--against $(NATIONAL))

# Citizens by persona against the emulators, on this machine only: make simulate ARGS="--citizens 20 --channel web"
simulate: $(VENV)/ready-dev
	$(BIN)/python -m tests.simulation $(ARGS)

# How fast it is, each number beside a baseline of the same run: a quarter of an hour. `make bench ARGS="growth latency"` runs
# some alone; `ARGS=--write` puts the table into docs/benchmarks.md.
bench: $(VENV)/ready-bench
	$(BIN)/python -m bench $(ARGS)

lint: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/deptry .

types: $(VENV)/ready-dev
	$(BIN)/mypy

format: $(VENV)/ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The JSON Schemas that editors read beside the content files.
schemas: $(VENV)/ready
	$(BIN)/motcua schema procedure > content/procedure.schema.json
	$(BIN)/motcua schema shared > content/shared.schema.json
	$(BIN)/motcua schema province > content/province.schema.json
	$(BIN)/motcua schema commune > content/commune.schema.json
	$(BIN)/motcua schema talks > content/talks.schema.json
	$(BIN)/motcua schema questions > content/questions.schema.json

# How sure the content is, as a page.
status: $(VENV)/ready
	$(BIN)/motcua status > docs/content-status.md

# What is learnt from the lines that people say: after lines, options or questions were added; a quarter of an hour.
train: $(VENV)/ready-dev
	$(BIN)/python -m tests.listening.part_vectors
	$(BIN)/python -m tests.listening.kinds
	$(BIN)/python -m tests.listening.weights

# The pictures of the handbook.
pictures: $(VENV)/ready-dev
	$(BIN)/python -m tests.browser.pictures

# docs/rooms.svg: which room imports which. Drawn anew after any change of imports between rooms; a test says when.
rooms: $(VENV)/ready-dev
	$(BIN)/python -m bench.rooms

# How far a reader has to walk, in figures. Guides, no gates.
house: $(VENV)/ready-dev
	$(BIN)/python -m bench.house

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml -c requirements-dev.lock -o requirements.lock
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header tests/strangers/requirements.in -o tests/strangers/requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@scripts/make-venv $(PYTHON) $(VENV)

$(VENV)/ready: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@scripts/link-project $(BIN)
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@scripts/link-project $(BIN)
	@touch $@ $(VENV)/ready

$(VENV)/ready-bench: $(wildcard bench/peers/*) scripts/bench-peers | $(VENV)/ready-dev
	@scripts/bench-peers $(PYTHON) $(VENV)/peers
	@touch $@
