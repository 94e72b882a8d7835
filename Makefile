# People need two of these: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
SHELL := /bin/sh
# jieba is published as source only: build it the way every pip will.
export PIP_USE_PEP517 := 1

.DEFAULT_GOAL := help
.PHONY: help run test check soak first-run first-run-check lock python bench quality words extract clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: $(VENV)/installed  ## install, index the corpus if that was not done, serve 127.0.0.1:8000
	@exec $(BIN)/search-app up

test: $(VENV)/installed-for-tests  ## install what the tests need and run all of them
	@$(BIN)/python -m pytest

check: $(VENV)/installed-for-tests  ## ruff, mypy --strict, the architecture test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

soak: $(VENV)/installed-for-tests  ## the property tests on many new random examples (minutes)
	@HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -q \
	    tests/text tests/analysis tests/articles tests/query tests/engine tests/faults examples

first-run: $(VENV)/installed-for-tests  ## write docs/first-run.md anew
	@$(BIN)/python docs/first_run.py

first-run-check: $(VENV)/installed-for-tests
	@$(BIN)/python docs/first_run.py --check

bench: $(VENV)/installed-for-tests bench/.work/peers/installed  ## measure against peers on ../shared/data (half an hour)
	@$(BIN)/python bench/run.py $(ARGS)

quality: $(VENV)/installed-for-tests  ## measure the order of results on ../shared/data (a quarter of an hour)
	@$(BIN)/python bench/quality.py $(ARGS)

words: $(VENV)/installed-for-tests  ## measure what match=word leaves out on ../shared/data (three minutes)
	@$(BIN)/python bench/words.py $(ARGS)

extract: $(VENV)/installed-for-tests  ## measure how well pages come apart on ../shared/data (two minutes)
	@$(BIN)/python bench/extract.py $(ARGS)

lock: $(VENV)/installed-for-tests  ## resolve the dependencies anew
	@$(PIP) install uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 --extra build --extra html pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 --extra build --extra html --extra mcp --extra test -c requirements.lock pyproject.toml \
	    -o requirements-test.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 bench/peers.in -o bench/peers.lock

clean:  ## remove the virtual environment and caches, never an index
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || \
	    { echo "no $(PYTHON) found: install Python 3.11 or newer (Debian: apt install python3 python3-venv)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "$(PYTHON) is too old: search-app needs Python 3.11 or newer; name one with make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "$(PYTHON) cannot make virtual environments: install python3-venv (Debian: apt install python3-venv)" >&2; exit 1; }

$(VENV)/installed: requirements.lock pyproject.toml | python
	@echo "installing into $(VENV) ..." >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-for-tests: requirements-test.lock $(VENV)/installed
	@echo "installing what the tests need ..." >&2
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

bench/.work/peers/installed: bench/peers.lock | python
	@echo "installing the peers that are measured ..." >&2
	@rm -rf bench/.work/tantivy-* bench/.work/whoosh-* bench/.work/sqlite-*
	@$(PYTHON) -m venv --clear bench/.work/peers
	@bench/.work/peers/bin/python -m pip --disable-pip-version-check --quiet \
	    install --require-hashes -r bench/peers.lock
	@touch $@
