# make run   opens the window        make test   runs the tests
# Each sets up .venv by itself; the system's Python is only asked to make it.

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# The first Python of 3.11 to 3.15 that answers; say which with make PYTHON=...
PYTHON ?= $(shell for p in python3 python3.15 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 15))' >/dev/null 2>&1 && { echo $$p; break; }; done)

.PHONY: run test coverage test-pythons lint clean

run: $(VENV)/.run
	$(BIN)/digitpad

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadfile

# Line and branch coverage of core and gui by all tests, which takes longer than make test; or by some of them:
# make coverage TESTS=tests/core/nn
coverage: $(VENV)/.dev
	mkdir -p build
	$(BIN)/python -m pytest -n auto --dist loadfile --timeout 900 -p tests.qt_threads --cov --cov-report=json:build/coverage.json $(TESTS); \
	  code=$$?; $(BIN)/python tests/coverage_figures.py build/coverage.json && exit $$code

# The tests on Python 3.14 and 3.15 too, in a Debian sid that is built in build/ once; as root.
test-pythons:
	tests/pythons.sh

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/python tests/lint/messages.py core gui

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "digitpad needs Python 3.11 to 3.15; none was found" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache

.PHONY: model pictures

# The model that ships, and the one by which its settings were chosen: it has not seen writers 25 to 30. Needs
# DIGITPAD_DATA, with mnist/, pen/ and omniglot/. Both at once, one core each: first by the recipe, then two epochs with
# thinned and soft digits among the others, which are core.training.recipes.REFINED.
CHOSEN := benchmarks/writers-1-24.safetensors
PEN := pen:pen/pen-train.unipen
OMNIGLOT := omniglot:omniglot/strokes_background_small1.zip@Balinese,Korean
OTHERS := synthetic:10000+nondigits:40000+6*$(OMNIGLOT)
FIRST = 3*mnist+14*$(1)+$(OTHERS)
THEN = 3*mnist+8*$(1)+6*thinned*$(1)+3*soft*mnist+3*soft*$(1)+$(OTHERS)+soft*nondigits:4000+2*soft*$(OMNIGLOT)
TRAIN := $(BIN)/digitpad-lab train --recipe shipped --test mnist --float16 --threads 1
# The name of its files in build/, and the pen digits that it learns from.
TRAINED = $(TRAIN) --data "$(call FIRST,$(2))" --out build/$(1)-first.safetensors && \
  $(TRAIN) --from build/$(1)-first.safetensors --data "$(call THEN,$(2))" --epochs 2 --learning-rate 0.001 \
  --deformation 0.5 --out build/$(1).safetensors

model: $(VENV)/.run
	mkdir -p build
	($(call TRAINED,chosen,$(PEN)@1-24)) & ($(call TRAINED,shipped,$(PEN))) && wait $$!
	$(BIN)/digitpad-lab model calibrate build/chosen.safetensors --on $(PEN)@25-30 --out $(CHOSEN)
	$(BIN)/digitpad-lab model calibrate build/shipped.safetensors --like $(CHOSEN) --out assets/model.safetensors

# The pages' pictures, without a screen; on MNIST where DIGITPAD_DATA has it, on synthetic digits otherwise. Each shows how
# long its run took: nothing else should keep the computer busy.
pictures: $(VENV)/.run
	$(BIN)/python benchmarks/sample_page.py docs
	$(BIN)/digitpad --screenshot docs/number-light.png --state number
	$(BIN)/digitpad --screenshot docs/training-dark.png --state training --dark
	for state in overlaid network answers; do \
	  $(BIN)/digitpad --screenshot docs/$$state-light.png --state $$state || exit 1; \
	done
	$(BIN)/digitpad --screenshot docs/digitpad.webp --state animated

.PHONY: report

# The report's experiments anew, on MNIST with five seeds: half an hour on two cores, and where it is interrupted it goes
# on the next time.
report: $(VENV)/.dev
	$(BIN)/digitpad-lab compare report --seeds 5 --data mnist --out build/report
	mkdir -p docs/report
	cp build/report/report.md build/report/comparison.csv build/report/comparison.json build/report/figure-* docs/report/

.PHONY: torture

# The long forms of the tests that attack the program, in about 45 minutes on two cores; or in about as many as are said:
# make torture MINUTES=5. The report goes to docs/torture.txt.
MINUTES ?= 45

torture: $(VENV)/.dev
	$(BIN)/python benchmarks/torture.py --minutes $(MINUTES)
