# Plenary's commands. You need Python 3.11 or later and make; see README.md.
.DEFAULT_GOAL := help
.PHONY: help run dev test bench lock test-stack test-faults fuzz audit

PORT ?= 8000
PY := .venv/bin/python

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

run: ## Install, start a database, load the whole record and serve (PORT=8000)
	@sh scripts/bootstrap run
	@$(PY) manage.py serve --port "$(PORT)"

dev: ## The same for development: reload code and templates on save
	@sh scripts/bootstrap dev
	@$(PY) manage.py serve --reload --port "$(PORT)"

# Keep compiled files, whatever the shell says: otherwise each worker and each program that a test starts compiles everything.
test: export PYTHONDONTWRITEBYTECODE =
test: ## Run format, lint, types, import contracts, migrations and all tests
	@sh scripts/bootstrap dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command as main; main()'
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest -n auto --dist worksteal $(ARGS)

test-stack: ## Test a whole site end to end, with proxy, replica and Redis
	@sh scripts/bootstrap dev
	$(PY) -m pytest tests/stack -m stack -n 0 $(ARGS)

test-faults: ## Break a whole site in every way and check that nothing is lost
	@sh scripts/bootstrap dev
	$(PY) -m pytest tests/faults -m faults -n 0 $(ARGS)

fuzz: ## Send thousands of hostile addresses to this installation (FUZZ=5000)
	@sh scripts/bootstrap dev
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@$(PY) -m scripts.fuzz $(FUZZ)

audit: ## Check the locked packages for known vulnerabilities (AUDIT=required: fail if offline)
	@sh scripts/bootstrap dev
	@$(PY) -m scripts.audit

bench: ## Benchmark pages against an empty view, imports and exports against COPY
	@sh scripts/bootstrap dev
	@$(PY) -m benchmarks $(ARGS)

lock: ## Update the locked dependencies, exact and hashed
	@sh scripts/bootstrap dev
	$(PY) -m uv pip compile pyproject.toml $(LOCK) -o requirements.txt
	$(PY) -m uv pip compile pyproject.toml --group dev $(LOCK) -c requirements.txt -o requirements-dev.txt

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
