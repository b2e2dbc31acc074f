# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8000
DEMO ?= 1

.PHONY: run setup test bench lint

setup: ## prepare .venv and what the operating system must bring
	@$(PYTHON) chargenet/bootstrap.py

run: setup ## everything in one process, with a demo network unless DEMO=0
	@exec .venv/bin/python manage.py run --port $(PORT) $(if $(filter 0,$(DEMO)),--no-demo,)

test: ## both tiers where PostgreSQL and Redis answer, the embedded one otherwise
	@$(PYTHON) chargenet/bootstrap.py --dev
	@.venv/bin/python -m tests.tiers $(ARGS)

bench: ## the figures of docs/performance.md
	@$(PYTHON) chargenet/bootstrap.py --dev
	@.venv/bin/python -m tests.benchmarks $(ARGS)

lint:
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports && .venv/bin/mypy
