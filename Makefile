# `make` alone lists the targets. PYTHON may be any Python from 3.11 on: make test PYTHON=python3.13
PYTHON ?= python3
VENV   ?= .venv
PYTEST ?=
# One process for each processor, four at most: each needs about a gigabyte. PYTEST='-n 0' is a single process.
# A file stays in one process, for its fits. Files come as collected: those that take longest, in folders, first.
SPREAD := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
BUNDLE := $(wildcard glm_magic/traits.json js/src/*.* js/src/*/*.* js/src/*/*/*.* js/*.mjs js/translate/*.py js/package-lock.json js/tsconfig.json glm_magic/engines/instant/*.py glm_magic/engines/instant/distributions/*.py)
# Whatever is started finds this environment first: its node for npm, its python for the kernel.
export PATH := $(abspath $(BIN)):$(PATH)
export JUPYTER_PREFER_ENV_PATH := 1

MAKEFLAGS += --no-print-directory
.PHONY: help demo lab example test front lint types vitest docs pytest hosts photographs build bench clean
.SILENT:

help: ## list the targets
	sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: build/pymc_401.html ## run the first example and write its interactive page
	echo
	echo "The interactive page:  $(CURDIR)/build/pymc_401.html"
	echo "In JupyterLab:         make lab"

lab: $(VENV)/lab.stamp ## open the first example in JupyterLab
	$(BIN)/python -m jupyterlab examples/pymc_401.ipynb

# The documentation is one process, and so are lint, types and vitest on two processors: beside each other.
test: $(VENV)/dev.stamp $(VENV)/book.stamp ## everything: lint, types, vitest, the documentation, pytest and the browser tests
	$(MAKE) --jobs 2 front docs
	$(MAKE) pytest

# One after the other: types and vitest both see to the bundle.
front:
	$(MAKE) lint
	$(MAKE) types
	$(MAKE) vitest

lint: $(VENV)/dev.stamp ## ruff: rules and layout
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet || { $(BIN)/ruff format --check; exit 1; }
	echo "ruff: all is well"

types: $(VENV)/dev.stamp ## mypy strict and tsc strict
	$(BIN)/mypy
	$(BIN)/python hatch_build.py
	cd js && npm run --silent typecheck
	echo "tsc: all is well"

vitest: $(VENV)/dev.stamp ## the front end's tests
	$(BIN)/python hatch_build.py
	cd js && npm run --silent test

docs: build/site.stamp ## the documentation, in build/site; its examples are executed
	echo "The documentation:  $(CURDIR)/build/site/index.html"

pytest: $(VENV)/dev.stamp $(VENV)/book.stamp ## the Python and browser tests; make pytest PYTEST='-m "not slow"' is quick
	$(BIN)/python hatch_build.py
	$(BIN)/python -m pytest -q $(SPREAD) $(PYTEST)

hosts: $(VENV)/dev.stamp $(VENV)/book.stamp ## try every host of notebooks, and write the README's table of them
	GLM_MAGIC_RECORD_HOSTS=1 $(BIN)/python -m pytest -q tests/browser/hosts $(PYTEST)
	$(BIN)/python tests/browser/hosts/table.py

photographs: $(VENV)/dev.stamp ## every tab of five kinds of model, light, dark and narrow, in build/photographs
	$(BIN)/python -m pytest -q tests/browser/photographs.py $(PYTEST)

example: $(VENV)/lab.stamp ## execute the first example where it is, before it is committed
	$(BIN)/python examples/execute.py examples/pymc_401.ipynb examples/pymc_401.ipynb

build: $(VENV)/dev.stamp ## the sdist and the wheel, in dist/
	$(BIN)/python -m build --outdir dist .

bench: $(VENV)/dev.stamp ## speed, as ratios measured in one run
	$(BIN)/python -m pytest -q -s tests/benchmarks $(PYTEST)

clean: ## remove all that make made (compiled models stay in their caches)
	rm -rf $(VENV) build dist glm_magic/static js/node_modules

# The executed notebook, then its page. A first run on a machine compiles, hence the time it may take.
build/pymc_401.html: $(VENV)/lab.stamp examples/pymc_401.ipynb examples/execute.py examples/build_page.py $(wildcard glm_magic/*.py glm_magic/*/*.py glm_magic/*/*/*.py)
	mkdir -p build
	echo "Executing examples/pymc_401.ipynb (the first time takes a few minutes: models are compiled)"
	$(BIN)/python examples/execute.py examples/pymc_401.ipynb build/pymc_401.ipynb
	$(BIN)/python examples/build_page.py build/pymc_401.ipynb $@

# Sphinx leaves pages behind that were taken out, hence a new folder.
build/site.stamp: $(VENV)/dev.stamp $(wildcard docs/*.* docs/*/*.* *.md glm_magic/*.py glm_magic/*/*.py glm_magic/*/*/*.py)
	rm -rf build/site
	echo "Building the documentation (the first time takes a few minutes: models are compiled)"
	$(BIN)/python -m sphinx -q -E -W --keep-going -b html -d build/doctrees docs build/site
	touch $@

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The bundle is part of the installation: a newer source installs again, which takes seconds.
$(VENV)/lab.stamp: pyproject.toml hatch_build.py $(BUNDLE) | $(BIN)/python
	echo "Installing glm-magic and JupyterLab in $(VENV)"
	$(PIP) --editable '.[lab]'
	touch $@

$(VENV)/dev.stamp: pyproject.toml hatch_build.py $(BUNDLE) | $(BIN)/python
	echo "Installing glm-magic and its test tools in $(VENV)"
	$(PIP) --editable '.[dev]'
	touch $(VENV)/lab.stamp $@

# Jupyter Book 1 wants an old Sphinx, so it has an environment of its own; 2 is another program. It runs our kernel.
$(VENV)/book.stamp: | $(BIN)/python
	echo "Installing Jupyter Book 1 in $(VENV)/book"
	$(PYTHON) -m venv $(VENV)/book
	$(VENV)/book/bin/python -m pip install --quiet --disable-pip-version-check 'jupyter-book>=1,<2'
	touch $@
