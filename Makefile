# Every target is one line over the command `commonhold`; the rest of this file makes the environment.
RECIPE ?= recipes/riverbend-helpdesk.yaml
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COMMONHOLD := $(BIN)/commonhold
VERIFIER := deploy/verifier/verify_commonhold.py
export DO_NOT_TRACK = true

.PHONY: train check plan curate serve ui verify verifier test test-fast test-numbers lint format lock clean help

train: $(VENV)/ready ## curate, train, evaluate and publish RECIPE
	@$(COMMONHOLD) train $(RECIPE)

check: $(VENV)/ready ## find what is wrong with RECIPE, its data and its tasks
	@$(COMMONHOLD) check $(RECIPE)

plan: $(VENV)/ready ## say what a run would do and cost
	@$(COMMONHOLD) plan $(RECIPE)

curate: $(VENV)/ready ## clean the data and report on it, without training
	@$(COMMONHOLD) curate $(RECIPE)

serve: $(VENV)/ready ## serve the promoted model, or the candidate, on 127.0.0.1
	@$(COMMONHOLD) serve $(RECIPE)

ui: $(VENV)/ready ## compare runs in the MLflow UI on 127.0.0.1
	@$(COMMONHOLD) ui

verify: $(VENV)/ready ## check every published file against its digest
	@$(COMMONHOLD) verify $(RECIPE)

test: test-fast test-numbers ## the whole test suite
	@$(BIN)/python -m pytest -m slow --numprocesses 2 --dist loadfile

test-fast: $(VENV)/ready ## the tests that do not need the real model, on every core
	@$(BIN)/python -m pytest -m "not slow" --numprocesses auto --dist loadfile

test-numbers: $(VENV)/ready ## those of them that compute, in the precision that this processor would not choose
	@env $$($(BIN)/python -m tests.computing) $(BIN)/python -m pytest -m "not slow" --numprocesses auto --dist loadfile tests/models tests/train tests/stages

lint: verifier ## format, lint and types, and whether the verifier in one file is up to date
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

verifier: $(VENV)/ready ## build the verifier in one file and compare it with the one in deploy/verifier
	@built=$$(mktemp) && trap 'rm -f "$$built"' EXIT && $(COMMONHOLD) verify --standalone-to "$$built" >/dev/null && { diff -u $(VERIFIER) "$$built" || { echo "$(VERIFIER) is not what the code makes. Run: commonhold verify --standalone-to $(VERIFIER)" >&2; exit 1; }; }

format: $(VENV)/ready ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: $(VENV)/ready ## resolve the pinned dependencies again
	@$(BIN)/uv pip compile -q pyproject.toml --extra dev --extra embedded-base --universal --python-version 3.11 --generate-hashes --no-emit-package torch --no-annotate -o requirements.lock

clean: $(VENV)/ready ## remove what runs made (base models and the workspace's key stay)
	@$(COMMONHOLD) clean --remove

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# torch comes through plain pip: its CPU build where one is laid on disk, its CUDA build elsewhere. Everything else is
# pinned with hashes and installed without looking for further dependencies.
$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "commonhold needs Python 3.11, 3.12 or 3.13. Run: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@echo "  making $(VENV) (once; a few minutes)"
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed. On Debian and Ubuntu: apt install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
