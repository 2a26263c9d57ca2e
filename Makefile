# What people do with this project, one word each. `make` alone lists them. CI runs `make check`.
# Windows, or no make: each target is one or two commands that can be typed; README.md has the first two.

VENV := .venv
PYTHON := $(VENV)/bin/python
export SEGAUDIT_SHARED ?= $(abspath $(wildcard ../shared))

.DEFAULT_GOAL := help
.PHONY: help setup check test format soak corpus bench reports screenshots translations wheel clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: ## virtual environment with everything that development needs
	@.ci/run setup

check: ## all that must hold before a change lands: ruff, mypy, import contracts, translations, reports, tests
	@.ci/run

test: setup ## the tests alone, sampled, with fixed seeds
	$(PYTHON) -m pytest -q -n 2

format: setup ## ruff format, and the fixes that ruff is sure of
	$(PYTHON) -m ruff check --fix --quiet . ; $(PYTHON) -m ruff format .

soak: setup ## the tests with full counts and fresh seeds (hours)
	SEGAUDIT_SOAK=1 $(PYTHON) -m pytest -q -n 2

corpus: setup ## audit every file of the corpus; per format the share of lines not understood (needs SEGAUDIT_SHARED)
	$(PYTHON) -m tests.corpus

bench: setup ## generated rule lists, two versions of one, estates of up to 200 devices: seconds, megabytes, ratios
	$(PYTHON) -m benchmarks

reports: setup ## render reports/ from examples/; `make check` compares them byte for byte
	$(PYTHON) -m tests.render_reports

screenshots: setup ## pictures of the HTML reports under docs/images/ (needs Chromium)
	$(PYTHON) -m tests.screenshots

translations: setup ## collect the messages of the code into the catalogues and compile these
	$(PYTHON) -m tests.translations

wheel: setup ## dist/: the wheel and the source distribution
	$(PYTHON) -m hatchling build -d dist

clean: ## what the tools leave behind; not the virtual environment
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find segaudit tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
