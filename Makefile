# The only verbs. Each sets up what it needs, in .venv; README, CONTRIBUTING and .ci/run call these.
.PHONY: demo test lint bench docs clean
PYTHON ?= python3
BIN := .venv/bin

demo: .venv/demo
	$(BIN)/python examples/digits.py $(ARGS)

test: .venv/test
	$(BIN)/python -m pytest $(ARGS)

lint: .venv/lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/basedpyright src

bench: .venv/bench .bench/incumbent
	$(BIN)/python benches/run.py $(ARGS)

docs: .venv/docs
	$(BIN)/zensical build --strict --clean

clean:
	rm -rf .venv .bench site dist .hypothesis .pytest_cache .mypy_cache .ruff_cache

# One environment; a verb adds its dependency group when pyproject.toml is newer than its mark.
.venv/demo .venv/test .venv/lint .venv/bench .venv/docs: pyproject.toml | .venv/pip
	$(BIN)/pip install --quiet --editable . --group $(notdir $@)
	@touch $@

.venv/pip:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1'  # the first that knows dependency groups
	@touch $@

# The published package of the same name, by other authors, in an environment of its own.
.bench/incumbent:
	$(PYTHON) -m venv .bench/incumbent.new
	.bench/incumbent.new/bin/pip install --quiet hyperparameter==0.6.0 pyperf
	mv .bench/incumbent.new $@
