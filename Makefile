# The two commands of the project are `make run` and `make test`; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run check test test-all coverage format clean

PORT ?= 8501
BIN := .venv/bin
PINS := pyproject.toml constraints.txt
# One process more than there are cores: a browser's test waits for the browser most of the time.
TESTS := .ci/with-browser.sh $(BIN)/pytest -n $(shell n=$$(nproc); echo $$((n < 4 ? n + 1 : 4))) --dist loadfile

# A virtual environment that was copied or moved still points at its old folder: build it again.
ifneq ($(shell cat .venv/folder 2>/dev/null || pwd),$(CURDIR))
.PHONY: .venv/run.stamp .venv/dev.stamp
endif

help:
	@echo 'make run      install what is missing, check it, and open the dashboard on http://127.0.0.1:$(PORT)'
	@echo '              (another port: make run PORT=8600)'
	@echo 'make test     install what is missing, a Chromium included, and run the checks and every test that is not slow'
	@echo 'make test-all the same with the slow tests: all looks, released models recomputed, long searches'
	@echo 'make coverage the tests once more, with the lines and branches they reach'
	@echo 'make format   let ruff tidy the code'
	@echo 'make clean    remove the virtual environment, the caches and the unpacked Chromium'

run: .venv/run.stamp
	@$(BIN)/qlinical doctor --port $(PORT)
	@exec $(BIN)/streamlit run dashboard/app.py --server.headless true \
		--server.address 127.0.0.1 --server.port $(PORT)

test: check
	$(TESTS) -m 'not slow'

test-all: check
	$(TESTS)

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy qcore dashboard assets/examples/python
	$(BIN)/lint-imports

# Apart from the tests, because it makes them take two fifths longer.
coverage: .venv/dev.stamp
	$(TESTS) --cov=qcore --cov=dashboard --cov-report=term

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .cache .coverage htmlcov .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	rm -rf .hypothesis build dist *.egg-info
	find qcore dashboard tests -name __pycache__ -prune -exec rm -rf {} +

.venv/run.stamp: $(PINS)
	@.ci/install.sh run

.venv/dev.stamp: $(PINS)
	@.ci/install.sh dev
