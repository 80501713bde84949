# FLUX: everything a fresh machine with Python 3.11 and make needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
FLUX_ROOT ?= data/demo
export FLUX_ROOT
# Keep what Python compiled, whatever the environment says: each of many processes needs it.
export PYTHONDONTWRITEBYTECODE :=
VENV := .venv
FLUX := $(VENV)/bin/flux
# Python compiles what it imports; most of what is installed never is.
PIP := $(VENV)/bin/pip install --quiet --disable-pip-version-check --no-compile \
	-c .ci/constraints.txt

.PHONY: help demo dev test lint format clean
.DEFAULT_GOAL := help

help: ## Show these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml .ci/constraints.txt | $(VENV)/bin/python
	@echo "Installing FLUX (once; several GB because of PyTorch) ..."
	$(PIP) -e '.[demo]'
	@touch $@

$(VENV)/.dev: pyproject.toml .ci/constraints.txt | $(VENV)/bin/python
	@echo "Installing FLUX with its test tools (once) ..."
	$(PIP) -e '.[demo,notebook,dev]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo ## Build a small archive under data/demo, enrich it and search it
	$(FLUX) --root data/demo demo

dev: $(VENV)/.demo ## Open the Dagster UI with its daemon (FLUX_ROOT=DIR for another archive)
	$(FLUX) dev

test: $(VENV)/.dev ## Run the tests
	$(VENV)/bin/pytest

lint: $(VENV)/.dev ## Check style, types and import rules
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.dev ## Format the code
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

clean: ## Remove the virtual environment and the demo archive
	rm -rf $(VENV) data/demo
