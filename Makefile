# Makes handouts and runs the tests; both set everything up first. `make` alone lists the targets.
# Sources are in build/ too: no target removes anything there. What is made goes to out/.

.DEFAULT_GOAL := help
.PHONY: help setup handouts test bench pictures clean
BIN := .venv/bin
SETS := $(sort $(patsubst problems/sets/%.toml,%,$(wildcard problems/sets/*.toml)))

help:
	@echo "make handouts   handout, key and rubric of every shipped set, into out/"
	@echo "make test       style, types and tests; ARGS=... goes to pytest"
	@echo "make bench      what a class costs, as a table of ratios; ARGS=\"--students 300\""
	@echo "make setup      only what both do first: LaTeX (apt) and Python packages (.venv)"
	@echo "make pictures   draw the README's pictures again"
	@echo "make clean      remove out/, dist/ and caches"

setup:
	@sh build/setup.sh

handouts: setup
	@for set in $(SETS); do $(BIN)/psetpress build $$set --out out/$$set || exit 1; done
	@echo; echo "To open or print:"; for set in $(SETS); do ls -1 out/$$set/*.pdf; done

test: setup
	@echo "Style: ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@echo "Types: pyright"
	@$(BIN)/pyright --warnings
	@echo "Tests: pytest"
	@$(BIN)/pytest $(ARGS)

bench: setup
	@$(BIN)/python tests/benchmarks/classes.py $(ARGS)

pictures: setup
	@$(BIN)/psetpress build cs182-hw3 --published --out out/pictures
	@$(BIN)/psetpress build cs7150-hw1 --published --documents key --out out/pictures/hw1
	@$(BIN)/psetpress build cs182-hw3 --roster .github/pictures/roster.csv --out out/pictures/class
	@$(BIN)/python .github/pictures/draw.py out/pictures

clean:
	rm -rf out dist .hypothesis .pytest_cache .ruff_cache
	find problems solvers tests -type d -name __pycache__ -prune -exec rm -rf {} +
