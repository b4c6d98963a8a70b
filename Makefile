# pip only; everything lives in .venv. A second run installs nothing.
PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/.runtime-$(shell cksum requirements.txt pyproject.toml | cksum | cut -d' ' -f1)
DEVELOP := .venv/.develop-$(shell cksum requirements-dev.txt pyproject.toml | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help demo test check bench simulate lock screenshots

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNTIME)  ## Run the product with sample data on http://127.0.0.1:8000
	@$(BIN)/survey-app demo

test: $(DEVELOP)  ## Run all tests: SQLite, PostgreSQL, browser
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(DEVELOP)  ## Lint, types, import contracts, catalogues, questionnaires
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.translations.extract --check
	$(BIN)/survey-app questionnaires check

bench: $(DEVELOP)  ## Measure speed and size, printed as ratios
	@$(BIN)/python -m benchmarks

simulate: $(DEVELOP)  ## Coverage of the intervals over 1,000 seeds
	@$(BIN)/python -m benchmarks.simulate_coverage --seeds 1000

lock:  ## Write the hashed locks anew (needs uv, which only maintainers need)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra postgres pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --all-extras pyproject.toml -c requirements.txt -o requirements-dev.txt

.venv/bin/pip:
	@echo "Setting up .venv (about two minutes, once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed. Try: make demo PYTHON=python3.11")'
	@$(PYTHON) -m venv .venv

$(RUNTIME): | .venv/bin/pip
	@test -e $(DEVELOP) || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(DEVELOP): | .venv/bin/pip
	@echo "Installing the development tools ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@
