# The two commands: make run, make test. Each makes the virtual environment first where it is missing.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2

BIN := .venv/bin
EASYOCR_BIN := .venv-easyocr/bin
TEST_DATA := $(CURDIR)/data/test
CHECK_PYTHON := import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit(\
  "Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is another: make PYTHON=python3.12")

.PHONY: run test test-easyocr bench lint venv browser broker
.DEFAULT_GOAL := run

run: .venv/installed
	@exec $(BIN)/python manage.py up --demo --host $(HOST) --port $(PORT)

# What a change must pass. The EasyOCR engine brings several GB with it and stays apart: make test-easyocr.
test: export ALPR_DATA := $(TEST_DATA)
test: .venv/installed browser broker lint
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)
	@echo "The tests of the EasyOCR engine are apart, since it brings several GB: make test-easyocr"

lint: export ALPR_DATA := $(TEST_DATA)
lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

test-easyocr: export ALPR_DATA := $(TEST_DATA)
test-easyocr: .venv-easyocr/installed
	$(EASYOCR_BIN)/python -m pytest tests_easyocr $(PYTEST_ARGS)

bench: .venv/installed
	$(BIN)/python -m benchmarks

venv: .venv/installed

.venv/installed: pyproject.toml
	@$(PYTHON) -c '$(CHECK_PYTHON)'
	@$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@

# PyTorch first, and in this version: EasyOCR itself takes whichever is newest.
.venv-easyocr/installed: pyproject.toml
	@$(PYTHON) -c '$(CHECK_PYTHON)'
	@$(PYTHON) -m venv .venv-easyocr
	$(EASYOCR_BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(EASYOCR_BIN)/pip install --quiet --disable-pip-version-check --editable ".[dev,easyocr]"
	@touch $@

# The browser tests walk the pages in Debian's chromium; they fail, and say so, where it is missing.
browser:
	@if ! command -v chromium >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Debian's chromium for the browser tests."; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -qq -y --no-install-recommends chromium >/dev/null; } \
	      || echo "It could not be installed: the browser tests will fail."; \
	  else \
	    echo "chromium is not installed, and only root may install it (apt-get install chromium):" \
	      "the browser tests will fail."; \
	  fi; \
	fi

# The tests of the bridge from Frigate start Debian's mosquitto themselves; they fail, and say so, without it.
# RUNLEVEL=1 keeps the package from starting a broker of its own.
broker:
	@if ! [ -x /usr/sbin/mosquitto ] && ! command -v mosquitto >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Debian's mosquitto for the tests of the bridge."; \
	    { apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
	      apt-get install -qq -y --no-install-recommends mosquitto >/dev/null; } \
	      || echo "It could not be installed: the tests of the bridge will fail."; \
	  else \
	    echo "mosquitto is not installed, and only root may install it (apt-get install mosquitto):" \
	      "the tests of the bridge will fail."; \
	  fi; \
	fi
