# `make` alone lists the targets. Needs Python 3.11+ and nothing else that is not in .venv.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types architecture format bench soak soak-worlds mutants mutation docs lock clean

BIN := .venv/bin
# bench/ and tests/ may be absent in an unpacked source archive.
CODE := $(wildcard src tests tools bench)
export FULLCOURT_PYTHON

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## Build .venv from the lock file (only when something changed)
	@tools/setup.sh

demo: setup ## Play the built-in league for two weeks and show tonight's grid
	@$(BIN)/fullcourt demo

test: setup lint types ## Lint, types, architecture and the test suite
	$(BIN)/python -m pytest -n 2

lint: setup ## Style and format, changing nothing
	$(BIN)/ruff check $(CODE) $(wildcard examples)
	$(BIN)/ruff format --check $(CODE) $(wildcard examples)

types: setup ## mypy --strict
	$(BIN)/mypy $(CODE)

architecture: setup ## Import contracts and the rules of the house alone
	$(BIN)/python -m pytest tests/architecture

format: setup ## Format and fix what can be fixed safely
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: setup ## Measure the promised speeds and print them
	$(BIN)/python bench/run.py

soak: setup ## The long tests (marker: soak), the generated mutants, and 1,000 nights of the worlds
	$(BIN)/python -m pytest -n 2 -m soak --timeout 3600
	$(BIN)/python -m tools.mutation
	@$(MAKE) --no-print-directory soak-worlds

soak-worlds: setup ## 1,000 nights with a report in build/soak (part of soak; SOAK="--seed 2 --nights 50")
	$(BIN)/python -m tools.soak_worlds $(SOAK)

mutation: setup ## Generated mutants of judge, plan and expect (part of soak; about 5 minutes)
	$(BIN)/python -m tools.mutation

docs: setup ## Regenerate docs/datasets.md and docs/cli.md from the code
	$(BIN)/python tools/generate_docs.py

mutants: setup ## Play the law mutants' campaigns and write their tables into docs/reliability.md
	$(BIN)/python tools/mutants_table.py

lock: ## Write the lock files anew from pyproject.toml (needs uv; UPGRADE=1 for newer versions)
	@tools/lock.sh

clean: ## Remove .venv, caches and build output
	rm -rf .venv build dist mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
