# The commands of Plenary. A bare machine needs Python 3.11 or later and make; see README.md.
.DEFAULT_GOAL := help
.PHONY: help run dev test bench lock test-stack test-faults fuzz audit

PORT ?= 8000
PY := .venv/bin/python

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

run: ## Install, start the database, load the reference facts and serve (PORT=8000)
	@sh scripts/bootstrap run
	@$(PY) manage.py serve --port "$(PORT)"

dev: ## Serve for development: as run, with code and templates reloaded as they are edited
	@sh scripts/bootstrap dev
	@$(PY) manage.py serve --reload --port "$(PORT)"

# Compiled files are kept, whatever the shell says: each worker and each program that a test starts would compile all.
test: export PYTHONDONTWRITEBYTECODE =
test: ## Install what it needs, then lint, types, import contract, migrations and all tests
	@sh scripts/bootstrap dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command as main; main()'
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest -n auto --maxprocesses 4 $(ARGS)

test-stack: ## Start a whole site on loopback, with proxy, replica and Redis, and test it end to end
	@sh scripts/bootstrap dev
	$(PY) -m pytest tests/stack -m stack -n 0 $(ARGS)

test-faults: ## Break a whole site on loopback in every way, and look whether anything is lost
	@sh scripts/bootstrap dev
	$(PY) -m pytest tests/faults -m faults -n 0 $(ARGS)

fuzz: ## Ask thousands of hostile addresses of the record of this installation (FUZZ=5000)
	@sh scripts/bootstrap dev
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@$(PY) -m scripts.fuzz $(FUZZ)

audit: ## Look the locked packages up among the known vulnerabilities (AUDIT=required fails where that cannot be done)
	@sh scripts/bootstrap dev
	@$(PY) -m scripts.audit

bench: ## Measure the pages against an empty view, imports and exports against COPY
	@sh scripts/bootstrap dev
	@$(PY) -m benchmarks $(ARGS)

lock: ## Lock the dependencies of pyproject.toml anew, exact and hashed
	@sh scripts/bootstrap dev
	$(PY) -m uv pip compile pyproject.toml $(LOCK) -o requirements.txt
	$(PY) -m uv pip compile pyproject.toml --group dev $(LOCK) -c requirements.txt -o requirements-dev.txt

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
