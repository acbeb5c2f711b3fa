# Needs Python 3.11 or newer with venv, and make. Everything else is brought by the targets.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/demo
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint types check parts bench schemas train-smoke serve clean

demo: $(VENV)/.base  ## run the main job on examples/ with the embedded model and show the records
	$(BIN)/colophon run examples/*.txt examples/*.html examples/*.jsonl --out $(OUT) || test $$? -eq 3
	$(BIN)/colophon show $(OUT)

test: lint types check  ## everything that CI runs

lint: $(VENV)/.full
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.full
	$(BIN)/mypy

check: $(VENV)/.full parts
	$(BIN)/coverage run -m pytest -q
	$(BIN)/coverage report --skip-covered

parts:  ## PostgreSQL and Chromium for the tests that use them: Debian packages, for root; others install them
	@if command -v chromium >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    postgresql chromium >/dev/null; \
	else echo "no PostgreSQL or no Chromium here: the tests that need them are skipped"; fi

bench: $(VENV)/.full  ## figures of benchmarks/RESULTS.md
	$(BIN)/python benchmarks/throughput.py

schemas: $(VENV)/.full  ## write schemas/ from the records
	$(BIN)/python schemas/export.py

train-smoke: $(VENV)/.full  ## show that the training program works; two minutes, needs ../shared
	$(BIN)/python -m training.smoke

serve: $(VENV)/.full  ## Prefect server, work pool, deployments and worker on this machine
	$(BIN)/python flows/serve.py

$(VENV)/.base: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

$(VENV)/.full: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -U "pip>=25.1"
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[torch,prefect,fetch,archive,parquet,sql,prov,ray]" --group dev
	touch $@ $(VENV)/.base

clean:
	rm -rf $(VENV) out build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
