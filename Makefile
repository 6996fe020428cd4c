# Two commands do all the set-up: `make demo` and `make test`. Everything else is for maintainers.
PYTHON ?= python3
SHARED ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

unexport PYTHONDONTWRITEBYTECODE  # the tests start the program many times: compiled once is enough

.PHONY: demo test drill playground fix model measure bench curve lock wheel clean

demo: .venv/.run            ## ask Signpost in this terminal
	@$(BIN)/signpost demo $(ARGS)

test: .venv/.dev            ## everything CI checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest

drill: .venv/.dev           ## the crash drills at full size, and docs/drills.md from their figures
	$(BIN)/python -m pytest -n 0 -m drill tests/drills
	$(BIN)/python -m tests.drills.figures

playground: .venv/.dev      ## play in Microsoft's local Teams client; needs npm, chromium and pngquant
	$(BIN)/python -m tests.rendering.teams_playground $(TO)

fix: .venv/.dev             ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

model: .venv/.dev           ## weigh the phrases again after topics, lexicon or examples changed
	$(BIN)/python -m knowledge.training

measure: .venv/.dev         ## grade the answers and the import: make measure SHARED=../shared
	@test -n "$(SHARED)" || { echo "say where the questions are: make measure SHARED=../shared"; exit 2; }
	@mkdir -p build
	$(BIN)/signpost ask --jsonl $(SHARED)/eval/dev.jsonl > build/answers.jsonl
	$(BIN)/python $(SHARED)/eval/grade.py $(SHARED)/eval/dev.jsonl build/answers.jsonl --misses $(or $(MISSES),0)
	$(BIN)/python -m tests.measure
	$(BIN)/python -m tests.measure_importing $(SHARED)

bench: .venv/.dev           ## speed and memory beside the usual alternatives
	$(PIP) install --require-hashes -r requirements-bench.lock
	$(BIN)/python -m tests.benchmarks.answers
	$(BIN)/python -m tests.benchmarks.reports

curve: .venv/.dev           ## the learning curve on the unseen set
	$(BIN)/python -m tests.benchmarks.learning

wheel: .venv/.dev
	$(BIN)/python -m hatchling build -t wheel

lock:                       ## pin again; needs uv
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) -c requirements.lock --group build -o requirements-build.lock
	$(COMPILE) -c requirements.lock --group dev --group build pyproject.toml -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock --group bench pyproject.toml -o requirements-bench.lock

clean:
	rm -rf .venv build dist

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.run: requirements.lock requirements-build.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --require-hashes -r requirements-build.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@
