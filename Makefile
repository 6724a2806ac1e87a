# `make run` and `make test` need no other set-up; each makes .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# The tests run in one process more than there are processors, since some wait for a browser, and in five at most. ARGS
# follows: `-n 0` runs them in one process.
# The database of the tests: sqlite, or postgres://user:password@host:port/name.
DATABASE := sqlite
PROCESSES := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
TEMPLATES = $(shell find templates -name '*.html')

.PHONY: run test test-opensearch quick lint format bench pins

run: $(VENV)/run.stamp
	$(BIN)/python manage.py start $(ARGS)

# The processes of a run, and the next run, read what one has compiled, also where the environment forbids to write it:
# to compile tests and code takes each of them nine seconds.
test quick: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/dev.stamp
	CUTTINGS_TEST_DATABASE='$(DATABASE)' $(BIN)/python -m pytest -n $(PROCESSES) --maxprocesses 5 --dist worksteal $(ARGS)

# The tests of the second search engine, beside a node that is made of libraries. Needs Java and Maven.
test-opensearch: $(VENV)/opensearch.stamp
	$(BIN)/python -m tests.search.engines.opensearch.nodes $(BIN)/python -m pytest -n 2 tests/search/engines/opensearch $(ARGS)

# Most tests, in under 40 seconds: without browser, property and oracle tests.
quick: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n $(PROCESSES) --maxprocesses 5 --dist worksteal -m "not browser and not hypothesis and not slow" $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/oxfmt --check static
	$(BIN)/djade --check $(TEMPLATES)
	$(BIN)/mypy archive search tests
	$(BIN)/python manage.py makemigrations --check --dry-run

# Rewrites Python, JavaScript, CSS and templates as `make lint` wants them. djade formats only the tags of a template.
format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/oxfmt static
	$(BIN)/djade $(TEMPLATES)

bench: $(VENV)/bench.stamp
	$(BIN)/python -m tests.bench $(ARGS)

# Rewrites the pinned requirements from pyproject.toml; requirements-server.txt is that of servers and containers.
pins: $(VENV)/bin/python
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --quiet --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --constraints requirements.txt \
	  --output-file requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml --quiet --extra dev --extra bench --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --constraints requirements-dev.txt --output-file requirements-bench.txt
	$(BIN)/uv pip compile pyproject.toml --quiet --extra dev --extra opensearch --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --constraints requirements-dev.txt --output-file requirements-opensearch.txt
	$(BIN)/uv pip compile pyproject.toml --quiet --extra postgres --extra opensearch --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --constraints requirements-opensearch.txt --output-file requirements-server.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cuttings needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@ $(VENV)/run.stamp

# The client of the second search engine.
$(VENV)/opensearch.stamp: requirements-opensearch.txt $(VENV)/dev.stamp | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-opensearch.txt
	touch $@

# Only the bench needs these: the search engines that it measures beside ours.
$(VENV)/bench.stamp: requirements-bench.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-bench.txt
	touch $@ $(VENV)/dev.stamp $(VENV)/run.stamp
