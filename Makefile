# Every command installs what it needs: Python >= 3.11 with venv, make and a package index are enough.
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
# Byte code is kept, which saves seconds of each start, but in .venv and not in the folders of the sources.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode
unexport PYTHONDONTWRITEBYTECODE

OWN := client $(wildcard libs/* services/*)

.PHONY: help demo run status token dead-letters replay test coverage chaos chaos-sweeping outages bench lint format lock compose-env asyncapi unit-costs clean

help:
	@echo "make demo   start everything, process the bundled sample, show events and manifest"
	@echo "make run    the same system, left running (DATA=dir PORT=n SEGMENTERS=n MANIFESTS=n CATALOGS=n)"
	@echo "make status   what that system is doing: workers, queues, runs by age, dead letters (DATA=dir)"
	@echo "make token    a token for that system, alone on standard output (USER=alice DAYS=30 or SECONDS=n, DATA=dir)"
	@echo "make dead-letters   messages that could not be handled, and why; make replay LETTER=n repeats one (DATA=dir)"
	@echo "make chaos   kill, freeze and disconnect parts of the whole system, with a control run (MINUTES=10 SEED=n)"
	@echo "make chaos-sweeping   the same with re-runs, cancels and deletes while superseded results are removed"
	@echo "make test   all tests, on real servers started by the tests (ARGS='tests/unit -k word' WORKERS=n)"
	@echo "make coverage   all tests, and which lines no test reaches"
	@echo "make asyncapi   generate docs/asyncapi.yaml again, after a change of events"
	@echo "make unit-costs   measure what a unit of work costs, and compute what 1,000 hours a day need (HOURS=n)"
	@echo "make outages   each server unavailable for a minute, one after another, and the effects (OUTAGE_SECONDS=n)"
	@echo "make bench  how fast it is, as ratios (QUICK=1 for one minute; CASES='hour api' ROUNDS=n)"
	@echo "make lint   ruff, mypy, import-linter"
	@echo "make format   fix what ruff can fix by itself"
	@echo "make compose-env   secrets for compose.yaml, once; then: docker compose up --build --wait"
	@echo "make lock   resolve the locks again, after a change of dependencies"
	@echo "make clean   remove .venv, build and caches"

# If a file that says what to install is newer than the stamp, the installation runs again. Running the system needs half
# of what tests and lint need, which is installed only for them.
DECLARED := pyproject.toml installation/requirements.lock client/pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml)

.venv/installed: requirements.lock $(DECLARED)
	@$(PYTHON) -m installation run
	@touch $@

.venv/installed-dev: requirements-dev.lock requirements.lock $(DECLARED)
	@$(PYTHON) -m installation dev
	@touch .venv/installed $@

# make passes DATA=, PORT=, SEGMENTERS=, ... to the program in its environment: in the command line, a count would put a
# service's name into another process's command line. With CUECUTTER_FOLLOWS a kill -9 of make stops the system, too.
demo run: export CUECUTTER_FOLLOWS := parent

demo: .venv/installed
	@$(PY) -m stack demo

run: .venv/installed
	@$(PY) -m stack run

status: .venv/installed
	@$(PY) -m stack status

# USER is the login name in every environment, so it is used only if it is given to make. All three are passed on under
# other names: SECONDS, for example, is a counter in bash.
ifneq ($(filter command,$(origin USER)),)
token: export TOKEN_USER := $(USER)
endif
token: export TOKEN_DAYS := $(DAYS)
token: export TOKEN_SECONDS := $(SECONDS)
token: .venv/installed
	@$(PY) -m stack token

dead-letters: .venv/installed
	@$(PY) -m stack dead-letters list

replay: .venv/installed
	@$(PY) -m stack dead-letters replay

chaos: .venv/installed-dev
	@$(PY) -m tests.chaos

chaos-sweeping: .venv/installed-dev
	@$(PY) -m tests.chaos.sweeping

# Tests mostly wait, so a full run has several workers, each with its own servers. A part of it (ARGS) has one process,
# which shows output at once and can be debugged; WORKERS=n chooses otherwise.
WORKERS ?= $(if $(ARGS),0,5)

test: .venv/installed-dev
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

# Measures every process that ends by itself; a process that is killed leaves no measurements.
coverage: export COVERAGE_FILE := $(CURDIR)/build/coverage/data
coverage: .venv/installed-dev
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(PY) -m coverage run -m pytest -n $(WORKERS) $(ARGS)
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report

# For people and tools: JSON, which is valid YAML.
asyncapi: .venv/installed-dev
	@$(PY) -m contracts.asyncapi > docs/asyncapi.yaml

# make passes HOURS in the environment. The first command checks it before minutes are spent on measuring.
unit-costs: .venv/installed-dev
	@$(PY) -m benchmarks.capacity > /dev/null
	@$(PY) -m benchmarks.unit_costs benchmarks/unit_costs.json
	@$(PY) -m benchmarks.capacity

# The whole system, with each server killed, frozen or full for a minute: what clients are answered, what waiting costs.
outages: export OUTAGE_SECONDS := $(or $(OUTAGE_SECONDS),60)
outages: .venv/installed-dev
	@$(PY) -m pytest tests/outages --timeout=600 $(ARGS)

# make passes QUICK and ROUNDS in the environment.
bench: .venv/installed-dev
	@$(PY) -m benchmarks $(CASES)

lint: .venv/installed-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'

format: .venv/installed-dev
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

# Resolved for Python 3.11 to 3.14 together, with hashes and without the address of an index. Each service, each
# library and the client then gets the part that it needs, so that it can be installed alone.
UV := build/uv/bin/uv --no-config pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
  --no-emit-package cuecutter $(foreach own,$(OWN),--no-emit-package cuecutter-$(notdir $(own)))
# Whose code reads our exports in tests; a version stays until its line is removed from the file.
TRAINERS := f5-tts coqui-tts piper-tts espnet nemo-toolkit

lock:
	@test -x build/uv/bin/uv || { $(PYTHON) -m venv build/uv && build/uv/bin/pip install --quiet uv; }
	@printf './%s\n' $(OWN) > build/own.txt
	@$(UV) --group stack --group dev pyproject.toml build/own.txt -o requirements-dev.lock
	@$(UV) -c requirements-dev.lock --group stack pyproject.toml build/own.txt -o requirements.lock
	@$(UV) -c requirements-dev.lock --group installer -o installation/requirements.lock
	@for own in $(OWN); do \
	  { echo "./$$own"; sed -n 's|^ *"cuecutter-\([a-z]*\)",|./libs/\1|p' $$own/pyproject.toml; } > build/own.txt; \
	  $(UV) -c requirements-dev.lock build/own.txt -o $$own/requirements.lock || exit 1; \
	done
	@printf './%s\n' libs/contracts libs/runtime libs/bus libs/objects services/catalog > build/own.txt
	@$(UV) -c requirements-dev.lock pyproject.toml build/own.txt -o migrations/requirements.lock
	@for name in $(TRAINERS); do echo "$$name" | $(UV) --no-deps - -o tests/readers/pins/$$name.txt || exit 1; done
	@$(UV) --override tests/readers/pins/absent.in tests/readers/pins/libraries.in -o tests/readers/pins/libraries.txt
	@echo "requirements-dev.lock and the locks of its parts are written; now: make test"

# Random secrets for compose.yaml, once.
compose-env: .venv/installed
	@$(PY) -m stack compose-env

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
